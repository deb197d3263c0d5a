#include "dict/catalog.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"

#define CATALOG_TRIES     3
#define CATALOG_ASK_TRIES 20 /* some seconds, with the pauses between them */

/* Locks belong to the server, not to a schema, and their names are short: hence a digest of both
 * names. */
#define LOCK_NAME   "CONCAT('lexmq:', SHA1(CONCAT(DATABASE(), '.', ?)))"
#define LOCK_WAIT_S "2" /* the server may take a moment to notice that an importer was killed */

bool catalog_name_is_good(const char *name)
{
    size_t size = strlen(name);
    return size >= 1 && size <= CATALOG_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == size;
}

static int s_take_number(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

lex_db_status_t catalog_lock(lex_db_t *db, const char *name, bool *got)
{
    uint64_t value = 0;
    lex_db_status_t status =
        lex_db_query(db, s_take_number, &value, "SELECT GET_LOCK(" LOCK_NAME ", " LOCK_WAIT_S ")",
                     LEX_TEXT(name, strlen(name)));
    *got = status == LEX_DB_OK && value == 1;
    return status;
}

void catalog_unlock(lex_db_t *db, const char *name)
{
    uint64_t value = 0;
    if (lex_db_is_connected(db))
        lex_db_query(db, s_take_number, &value, "SELECT RELEASE_LOCK(" LOCK_NAME ")",
                     LEX_TEXT(name, strlen(name)));
}

static int s_take_dictionary(void *arg, const lex_row_t *row)
{
    catalog_dictionary_t *out = arg;
    out->id = (uint32_t)lex_row_uint(row, 0);
    out->version = (uint32_t)lex_row_uint(row, 1);
    return 0;
}

lex_db_status_t catalog_find(lex_db_t *db, const char *name, catalog_dictionary_t *out)
{
    *out = (catalog_dictionary_t){0};
    return lex_db_query(db, s_take_dictionary, out,
                        "SELECT id, version FROM dictionaries WHERE name = ?",
                        LEX_TEXT(name, strlen(name)));
}

lex_db_status_t catalog_require(lex_db_t *db, const char *name, catalog_dictionary_t *out)
{
    lex_db_status_t status = catalog_find(db, name, out);
    if (status != LEX_DB_OK || out->id != 0)
        return status;
    uint64_t last = 0;
    status = lex_db_run(db, "SELECT COALESCE(MAX(position), 0) FROM dictionaries", NULL, 0,
                        s_take_number, &last);
    if (status != LEX_DB_OK)
        return status;
    status = lex_db_exec(db,
                         "INSERT INTO dictionaries (name, title, position, version, created_at) "
                         "VALUES (?, ?, ?, NULL, ?)",
                         LEX_TEXT(name, strlen(name)), LEX_TEXT(name, strlen(name)),
                         LEX_UINT(last < CATALOG_POSITION_MAX ? last + 1 : last),
                         LEX_UINT(lex_utc_ms()));
    if (status == LEX_DB_OK || status == LEX_DB_DUPLICATE)
        status = catalog_find(db, name, out);
    return status;
}

void catalog_forget_empty(lex_db_t *db, uint32_t dictionary)
{
    lex_db_exec(db, "DELETE FROM dictionaries WHERE id = ? AND version IS NULL",
                LEX_UINT(dictionary));
}

lex_db_status_t catalog_begin(lex_db_t *db, uint32_t dictionary, const char *source,
                              const char *format, const char *kind, uint32_t *version)
{
    lex_db_status_t status = lex_db_exec(
        db,
        "INSERT INTO versions (dictionary_id, state, entries, text_bytes, source, format, "
        "kind, created_at) VALUES (?, 'loading', 0, 0, ?, ?, ?, ?)",
        LEX_UINT(dictionary), LEX_TEXT(source, strlen(source)), LEX_TEXT(format, strlen(format)),
        LEX_TEXT(kind, strlen(kind)), LEX_UINT(lex_utc_ms()));
    *version = (uint32_t)lex_db_insert_id(db);
    return status;
}

lex_db_status_t catalog_fence(lex_db_t *db, uint32_t version)
{
    uint64_t found = 0;
    lex_db_status_t status = lex_db_query(
        db, s_take_number, &found,
        "SELECT id FROM versions WHERE id = ? AND state = 'loading' FOR UPDATE", LEX_UINT(version));
    if (status == LEX_DB_OK && found == 0) {
        lex_error("import: another import has taken over");
        return LEX_DB_ERROR;
    }
    return status;
}

static lex_db_status_t s_activate(lex_db_t *db, void *arg)
{
    const catalog_activation_t *self = arg;
    lex_db_status_t status = catalog_fence(db, self->version);
    if (status == LEX_DB_OK)
        status = lex_db_exec(
            db,
            "UPDATE versions SET state = 'retired' WHERE dictionary_id = ? AND state = 'active'",
            LEX_UINT(self->dictionary));
    if (status == LEX_DB_OK)
        status = lex_db_exec(
            db, "UPDATE versions SET state = 'active', entries = ?, text_bytes = ? WHERE id = ?",
            LEX_UINT(self->entries), LEX_UINT(self->text_bytes), LEX_UINT(self->version));
    if (status == LEX_DB_OK)
        status = lex_db_exec(db,
                             "UPDATE dictionaries SET version = ?, title = COALESCE(?, title), "
                             "position = COALESCE(?, position) WHERE id = ?",
                             LEX_UINT(self->version),
                             self->title ? LEX_TEXT(self->title, strlen(self->title)) : LEX_NULL,
                             self->position >= 0 ? LEX_UINT(self->position) : LEX_NULL,
                             LEX_UINT(self->dictionary));
    if (status == LEX_DB_OK && lex_db_affected(db) == 0) {
        lex_error("import: the dictionary was removed meanwhile");
        return LEX_DB_ERROR;
    }
    return status;
}

typedef struct {
    uint32_t version;
    uint64_t active; /* its id again, or 0 */
} s_question_t;

static lex_db_status_t s_ask_active(lex_db_t *db, void *arg)
{
    s_question_t *question = arg;
    return lex_db_query(db, s_take_number, &question->active,
                        "SELECT id FROM versions WHERE id = ? AND state = 'active'",
                        LEX_UINT(question->version));
}

lex_db_status_t catalog_activate(lex_db_t *db, const catalog_activation_t *activation)
{
    lex_db_status_t status = LEX_DB_CONFLICT;
    for (int tries = 0; status == LEX_DB_CONFLICT && tries < CATALOG_TRIES; tries++)
        status = lex_db_transaction(db, s_activate, (void *)activation, 1);
    if (status != LEX_DB_LOST)
        return status;
    /* The commit may have taken place before the connection went: the version itself says. */
    s_question_t question = {.version = activation->version};
    status = lex_db_transaction(db, s_ask_active, &question, CATALOG_ASK_TRIES);
    return status == LEX_DB_OK && question.active != 0 ? LEX_DB_OK : LEX_DB_LOST;
}

static lex_db_status_t s_remove(lex_db_t *db, void *arg)
{
    uint32_t dictionary = *(uint32_t *)arg;
    lex_db_status_t status = lex_db_exec(
        db, "UPDATE versions SET state = 'retired' WHERE dictionary_id = ?", LEX_UINT(dictionary));
    if (status == LEX_DB_OK)
        status = lex_db_exec(db, "DELETE FROM dictionaries WHERE id = ?", LEX_UINT(dictionary));
    return status;
}

lex_db_status_t catalog_remove(lex_db_t *db, uint32_t dictionary)
{
    return lex_db_transaction(db, s_remove, &dictionary, CATALOG_TRIES);
}
