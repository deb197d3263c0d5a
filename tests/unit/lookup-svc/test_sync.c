/* The catalogue in step with a real database: first start, new versions while reading, the database away and back. */

#include "fixture.h"

#include <poll.h>
#include <signal.h>

#include "lookup-svc/database_source.h"
#include "lookup-svc/sync.h"
#include "tests/unit/database.h"
#include "tests/unit/patience.h"

#define POLL_MS 20
#define WAIT_MS (30000 * TEST_PATIENCE)

static database_t s_database;

typedef struct {
    folder_t *folder;
    catalogue_t *catalogue;
    database_source_t *database;
    source_t source;
    sync_t *sync;
} s_worker_t;

static void s_start(s_worker_t *self, void **state)
{
    lex_db_options_t options = database_options(&s_database, "lexmq_dict");
    options.timeout_ms = 2000;
    self->folder = folder_new(*state);
    self->catalogue = catalogue_new();
    self->database = database_source_new(&options);
    self->source = database_source(self->database);
    self->sync = sync_new(self->catalogue, self->folder, &self->source, POLL_MS);
}

static void s_end(s_worker_t *self)
{
    sync_destroy(&self->sync);
    database_source_destroy(&self->database);
    catalogue_destroy(&self->catalogue);
    folder_destroy(&self->folder);
}

/* "name version first-text;" in order; "?" before the first snapshot. Caller frees. */
static char *s_served(s_worker_t *self)
{
    snapshot_t *snapshot = catalogue_acquire(self->catalogue);
    char *served = lex_strdup(snapshot ? "" : "?");
    for (size_t i = 0; snapshot && i < snapshot->count; i++) {
        const dictionary_t *dictionary = snapshot->dictionaries + i;
        index_article_t article = {.text = ""};
        if (dictionary->entries > 0)
            article = index_view_article(index_view(dictionary->index), 0, 0);
        char *more = lex_format("%s%s %u %.*s;", served, dictionary->name, dictionary->version,
                                (int)article.text_size, article.text);
        free(served);
        served = more;
    }
    snapshot_destroy(&snapshot);
    return served;
}

static void s_wait(s_worker_t *self, const char *expected)
{
    int64_t deadline = lex_monotonic_ms() + WAIT_MS;
    char *served = s_served(self);
    while (strcmp(served, expected) != 0 && lex_monotonic_ms() < deadline) {
        free(served);
        poll(NULL, 0, 5);
        served = s_served(self);
    }
    assert_string_equal(served, expected);
    free(served);
}

/* ---- what an import does ---- */

static lex_db_t *s_connect(void)
{
    lex_db_options_t options = database_options(&s_database, "lexmq_dict");
    return lex_db_new(&options);
}

static void s_fill(lex_db_t *db, uint32_t version, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++) {
        char word[32], text[64];
        int word_size = snprintf(word, sizeof word, "word %u é", i);
        int text_size = snprintf(text, sizeof text, "v%u", version);
        assert_int_equal(
            lex_db_exec(
                db, "INSERT INTO entries (version_id, ordinal, headword, text) VALUES (?, ?, ?, ?)",
                LEX_UINT(version), LEX_UINT(i), LEX_TEXT(word, (size_t)word_size),
                LEX_TEXT(text, (size_t)text_size)),
            LEX_DB_OK);
    }
}

static void s_add_version(lex_db_t *db, uint32_t dictionary, uint32_t version, uint32_t rows)
{
    assert_int_equal(lex_db_exec(db,
                                 "INSERT INTO versions (id, dictionary_id, state, entries, "
                                 "text_bytes, source, format, created_at) "
                                 "VALUES (?, ?, 'loading', ?, ?, 's', 'f', 0)",
                                 LEX_UINT(version), LEX_UINT(dictionary), LEX_UINT(rows),
                                 LEX_UINT(rows * 2)),
                     LEX_DB_OK);
    s_fill(db, version, rows);
}

static lex_db_status_t s_activate(lex_db_t *db, void *arg)
{
    const uint32_t *ids = arg; /* dictionary, version */
    lex_db_status_t status =
        lex_db_exec(db, "UPDATE versions SET state = 'retired' WHERE dictionary_id = ? AND id <> ?",
                    LEX_UINT(ids[0]), LEX_UINT(ids[1]));
    if (status == LEX_DB_OK)
        status =
            lex_db_exec(db, "UPDATE versions SET state = 'active' WHERE id = ?", LEX_UINT(ids[1]));
    if (status == LEX_DB_OK)
        status = lex_db_exec(db, "UPDATE dictionaries SET version = ? WHERE id = ?",
                             LEX_UINT(ids[1]), LEX_UINT(ids[0]));
    return status;
}

static void s_switch(lex_db_t *db, uint32_t dictionary, uint32_t version)
{
    uint32_t ids[] = {dictionary, version};
    assert_int_equal(lex_db_transaction(db, s_activate, ids, 5), LEX_DB_OK);
}

static void s_add_dictionary(lex_db_t *db, uint32_t id, const char *name, uint32_t position)
{
    assert_int_equal(lex_db_exec(db, "INSERT INTO dictionaries VALUES (?, ?, 'Title', ?, NULL, 0)",
                                 LEX_UINT(id), LEX_TEXT(name, strlen(name)), LEX_UINT(position)),
                     LEX_DB_OK);
}

static int s_group_setup(void **state)
{
    (void)state;
    return database_start(&s_database);
}

static int s_group_teardown(void **state)
{
    (void)state;
    database_stop(&s_database);
    return 0;
}

static int s_setup(void **state)
{
    lex_db_options_t options = database_options(&s_database, NULL);
    lex_db_t *db = lex_db_new(&options);
    static const char drop[] = "DROP DATABASE IF EXISTS lexmq_dict";
    int rc = lex_db_script(db, drop, sizeof drop - 1) == LEX_DB_OK ? 0 : -1;
    lex_db_destroy(&db);
    if (rc == 0)
        rc = database_apply(&s_database, "lexmq_dict", "sql/dict");
    return rc == 0 ? fixture_setup(state) : rc;
}

/* ---- tests ---- */

static void test_follows_the_database(void **state)
{
    lex_db_t *db = s_connect();
    s_worker_t worker;
    s_start(&worker, state);
    s_wait(&worker, ""); /* known: there is none */
    s_add_dictionary(db, 1, "zoo", 1);
    s_add_dictionary(db, 2, "abc", 2);
    s_add_version(db, 1, 10, 5);
    s_add_version(db, 2, 20, 3);
    s_switch(db, 1, 10);
    s_wait(&worker, "zoo 10 v10;");
    s_switch(db, 2, 20);
    s_wait(&worker, "zoo 10 v10;abc 20 v20;");
    s_add_version(db, 1, 11, 4);
    s_switch(db, 1, 11);
    lex_db_exec(db, "DELETE FROM entries WHERE version_id = ?", LEX_UINT(10));
    s_wait(&worker, "zoo 11 v11;abc 20 v20;");
    lex_db_exec(db, "UPDATE dictionaries SET position = ? WHERE id = 1", LEX_UINT(9));
    s_wait(&worker, "abc 20 v20;zoo 11 v11;");
    lex_db_exec(db, "DELETE FROM dictionaries WHERE id = ?", LEX_UINT(1));
    s_wait(&worker, "abc 20 v20;");
    s_end(&worker);
    lex_db_destroy(&db);
}

/* Rows that go while a version is read, or went before: the count does not fit, and what is active then is read. */
static void test_version_that_vanishes(void **state)
{
    lex_db_t *db = s_connect();
    s_worker_t worker;
    s_add_dictionary(db, 1, "zoo", 1);
    s_add_version(db, 1, 10, 50);
    lex_db_exec(db, "DELETE FROM entries WHERE version_id = ? AND ordinal >= 20", LEX_UINT(10));
    s_switch(db, 1, 10);
    s_start(&worker, state);
    poll(NULL, 0, 5 * POLL_MS); /* gives the wrong answer time to appear */
    char *served = s_served(&worker);
    assert_string_equal(served, "?");
    free(served);
    s_add_version(db, 1, 11, 30);
    s_switch(db, 1, 11);
    s_wait(&worker, "zoo 11 v11;");
    s_end(&worker);
    lex_db_destroy(&db);
}

static void test_database_goes_and_comes_back(void **state)
{
    lex_db_t *db = s_connect();
    s_worker_t worker, second;
    s_add_dictionary(db, 1, "zoo", 1);
    s_add_version(db, 1, 10, 5);
    s_switch(db, 1, 10);
    s_start(&worker, state);
    s_wait(&worker, "zoo 10 v10;");
    database_end(&s_database, SIGKILL);
    s_start(&second, state); /* from the manifest and the file alone */
    s_wait(&second, "zoo 10 v10;");
    assert_int_equal(database_resume(&s_database), 0);
    s_add_version(db, 1, 11, 6);
    s_switch(db, 1, 11);
    s_wait(&worker, "zoo 11 v11;");
    s_wait(&second, "zoo 11 v11;");
    s_end(&second);
    s_end(&worker);
    lex_db_destroy(&db);
}

/* Versions follow one another faster than they are built; in the end the last one is served, by both. */
static void test_many_versions(void **state)
{
    lex_db_t *db = s_connect();
    s_worker_t worker, second;
    s_add_dictionary(db, 1, "zoo", 1);
    s_start(&worker, state);
    s_start(&second, state);
    for (uint32_t version = 1; version <= 40; version++) {
        s_add_version(db, 1, version, 20 + version);
        s_switch(db, 1, version);
        lex_db_exec(db, "DELETE FROM entries WHERE version_id < ?", LEX_UINT(version));
    }
    s_wait(&worker, "zoo 40 v40;");
    s_wait(&second, "zoo 40 v40;");
    s_end(&worker);
    s_end(&second);
    lex_db_destroy(&db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_follows_the_database),
        TEST(test_version_that_vanishes),
        TEST(test_many_versions),
        TEST(test_database_goes_and_comes_back),
    };
    return cmocka_run_group_tests(tests, s_group_setup, s_group_teardown);
}
