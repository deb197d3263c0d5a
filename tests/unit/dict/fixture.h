/* A private MariaDB with the dictionary tables, and readers that fail or wait where a test wants them to. */

#ifndef LEXMQ_TESTS_DICT_FIXTURE_H
#define LEXMQ_TESTS_DICT_FIXTURE_H

#include "tests/unit/database.h"
#include "tests/unit/dict/scratch.h"

#include <poll.h>

#include "dict/catalog.h"
#include "dict/import.h"
#include "tests/unit/patience.h"

#define FIXTURE_WAIT_MS (30000 * TEST_PATIENCE)

typedef struct {
    database_t database;
    scratch_t scratch;
    lex_db_t *db; /* the test's own connection */
} fixture_t;

static inline int fixture_open(fixture_t *self)
{
    scratch_open(&self->scratch);
    /* A server that starts deletes the temporary tables of any other in the same folder. */
    setenv("TMPDIR", self->scratch.folder, 1);
    if (database_start(&self->database) != 0 ||
        database_apply(&self->database, "lexmq_dict", "sql/dict") != 0)
        return -1;
    lex_db_options_t options = database_options(&self->database, "lexmq_dict");
    self->db = lex_db_new(&options);
    return 0;
}

static inline int fixture_close(fixture_t *self)
{
    lex_db_destroy(&self->db);
    database_stop(&self->database);
    scratch_close(&self->scratch);
    return 0;
}

static inline int fixture_take_number(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

/* The number that a query without parameters gives. */
static inline uint64_t fixture_number(fixture_t *self, const char *sql)
{
    uint64_t number = 0;
    assert_int_equal(lex_db_run(self->db, sql, NULL, 0, fixture_take_number, &number), LEX_DB_OK);
    return number;
}

/* Waits until a query gives at least `least`. */
static inline void fixture_wait(fixture_t *self, const char *sql, uint64_t least)
{
    int64_t deadline = lex_monotonic_ms() + FIXTURE_WAIT_MS;
    while (fixture_number(self, sql) < least) {
        assert_true(lex_monotonic_ms() < deadline);
        poll(NULL, 0, 5);
    }
}

static inline int fixture_take_text(void *arg, const lex_row_t *row)
{
    char *out = arg;
    size_t size = strlen(out);
    snprintf(out + size, 1024 - size, "%s%s=%s", size ? "|" : "", lex_row_bytes(row, 0, NULL),
             lex_row_bytes(row, 1, NULL));
    return 0;
}

/* "a=b|c=d" of the first two columns of what a reader of `name` would see. */
static inline const char *fixture_entries(fixture_t *self, const char *name, char out[1024])
{
    out[0] = '\0';
    assert_int_equal(lex_db_query(self->db, fixture_take_text, out,
                                  "SELECT e.headword, e.text FROM active a JOIN entries e ON "
                                  "e.version_id = a.version WHERE a.name = ? ORDER BY e.ordinal",
                                  LEX_TEXT(name, strlen(name))),
                     LEX_DB_OK);
    return out;
}

/* Nothing is there but what is shown. */
static inline void fixture_assert_tidy(fixture_t *self)
{
    assert_int_equal(fixture_number(self, "SELECT COUNT(*) FROM versions WHERE state <> 'active'"),
                     0);
    assert_int_equal(fixture_number(self, "SELECT COUNT(*) FROM versions"),
                     fixture_number(self, "SELECT COUNT(*) FROM active"));
    assert_int_equal(fixture_number(self, "SELECT COUNT(*) FROM dictionaries"),
                     fixture_number(self, "SELECT COUNT(*) FROM active"));
    assert_int_equal(fixture_number(self, "SELECT COUNT(*) FROM entries"),
                     fixture_number(self, "SELECT COALESCE(SUM(entries), 0) FROM active"));
}

/* Imports on a connection of its own; 0 or -1. `result` may be NULL. */
static inline int fixture_import_request(fixture_t *self, const import_request_t *request,
                                         import_result_t *result)
{
    import_result_t unused;
    lex_db_options_t options = database_options(&self->database, "lexmq_dict");
    lex_db_t *db = lex_db_new(&options);
    progress_t *progress = progress_new(stderr, request->name);
    report_t *report = report_new(request->path, NULL, progress);
    int rc = import_run(db, request, progress, report, result ? result : &unused);
    report_destroy(&report);
    progress_destroy(&progress);
    lex_db_destroy(&db);
    return rc;
}

static inline int fixture_import(fixture_t *self, const char *name, const format_t *format,
                                 const char *path)
{
    import_request_t request = {.path = path, .name = name, .format = format, .position = -1};
    return fixture_import_request(self, &request, NULL);
}

/* Imports a word book of this text. */
static inline int fixture_import_text(fixture_t *self, const char *name, const char *text)
{
    return fixture_import(self, name, &format_wordbook,
                          scratch_write(&self->scratch, "book.txt", text, strlen(text)));
}

/* ---- a reader of `rows` made-up entries that then calls `event` once, and goes on by what that returns ---- */

typedef struct {
    uint64_t rows;
    uint64_t given;
    int (*event)(
        void *arg); /* as a format's next: 1 goes on with as many rows again, 0 ends, -1 fails */
    void *arg;
    char headword[32];
} made_up_t;

/* The path of a made-up file is the address of its made_up_t in hexadecimal. */
static inline int made_up_open(reader_t *reader, const char *path)
{
    reader->impl = (void *)(uintptr_t)strtoull(path, NULL, 16);
    return 0;
}

static inline int made_up_next(reader_t *reader, lex_entry_t *entry)
{
    made_up_t *self = reader->impl;
    if (self->given == self->rows) {
        int rc = self->event ? self->event(self->arg) : 0;
        if (rc < 0)
            return reader_fail(reader, "the made-up file breaks off");
        if (rc == 0)
            return 0;
    }
    if (self->given == 2 * self->rows)
        return 0;
    int size = snprintf(self->headword, sizeof self->headword, "word %" PRIu64, self->given++);
    *entry = lex_entry_plain(self->headword, (size_t)size, "made up", 7);
    return 1;
}

static inline void made_up_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    (void)reader;
    *done = *total = 0;
}

static inline void made_up_close(reader_t *reader)
{
    (void)reader;
}

static const format_t format_made_up = {.name = "made-up",
                                        .open = made_up_open,
                                        .next = made_up_next,
                                        .position = made_up_position,
                                        .close = made_up_close};

static inline int fixture_import_made_up(fixture_t *self, const char *name, made_up_t *made_up)
{
    char path[32];
    snprintf(path, sizeof path, "%" PRIxPTR, (uintptr_t)made_up);
    return fixture_import(self, name, &format_made_up, path);
}

#endif
