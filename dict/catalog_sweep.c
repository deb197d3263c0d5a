/* Deleting versions that are out of sight, in chunks: no transaction is long, and whoever is killed
 * in the middle leaves rows that nobody sees for the next one to delete. */

#include "common/log.h"
#include "dict/catalog.h"

#define SWEEP_TRIES    5
#define SWEEP_VERSIONS 64 /* looked up at a time */

typedef struct {
    uint32_t version;
    uint64_t first; /* ordinal */
} s_chunk_t;

static int s_take_number(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static lex_db_status_t s_delete_chunk(lex_db_t *db, void *arg)
{
    const s_chunk_t *chunk = arg;
    return lex_db_exec(db, "DELETE FROM entries WHERE version_id = ? AND ordinal BETWEEN ? AND ?",
                       LEX_UINT(chunk->version), LEX_UINT(chunk->first),
                       LEX_UINT(chunk->first + CATALOG_CHUNK_ROWS - 1));
}

/* From here on the fence of whoever still loads the version holds. One that is shown stays as it is. */
static lex_db_status_t s_retire(lex_db_t *db, void *arg)
{
    return lex_db_exec(
        db,
        "UPDATE versions SET state = 'retired' WHERE id = ? AND state <> 'retired' AND "
        "NOT EXISTS (SELECT 1 FROM dictionaries d WHERE d.id = versions.dictionary_id "
        "AND d.version = versions.id)",
        LEX_UINT(*(uint32_t *)arg));
}

lex_db_status_t catalog_discard(lex_db_t *db, uint32_t version)
{
    uint64_t retired = 0;
    uint64_t end = 0; /* behind the last ordinal */
    lex_db_status_t status = lex_db_transaction(db, s_retire, &version, SWEEP_TRIES);
    if (status == LEX_DB_OK)
        status = lex_db_query(db, s_take_number, &retired,
                              "SELECT COUNT(*) FROM versions WHERE id = ? AND state = 'retired'",
                              LEX_UINT(version));
    if (status != LEX_DB_OK || retired == 0)
        return status;
    status = lex_db_query(db, s_take_number, &end,
                          "SELECT COALESCE(MAX(ordinal) + 1, 0) FROM entries WHERE version_id = ?",
                          LEX_UINT(version));
    s_chunk_t chunk = {.version = version};
    for (; status == LEX_DB_OK && chunk.first < end; chunk.first += CATALOG_CHUNK_ROWS)
        status = lex_db_transaction(db, s_delete_chunk, &chunk, SWEEP_TRIES);
    if (status == LEX_DB_OK)
        status = lex_db_exec(db, "DELETE FROM versions WHERE id = ? AND state = 'retired'",
                             LEX_UINT(version));
    return status;
}

typedef struct {
    uint32_t versions[SWEEP_VERSIONS];
    size_t count;
} s_list_t;

static int s_take_version(void *arg, const lex_row_t *row)
{
    s_list_t *list = arg;
    list->versions[list->count++] = (uint32_t)lex_row_uint(row, 0);
    return list->count == SWEEP_VERSIONS;
}

lex_db_status_t catalog_sweep(lex_db_t *db, uint32_t dictionary)
{
    s_list_t list;
    do {
        list.count = 0;
        lex_db_status_t status = lex_db_query(
            db, s_take_version, &list,
            "SELECT v.id FROM versions v LEFT JOIN dictionaries d ON d.id = v.dictionary_id "
            "WHERE d.id IS NULL OR (d.id = ? AND v.state <> 'active')",
            LEX_UINT(dictionary));
        for (size_t i = 0; i < list.count && status == LEX_DB_OK; i++)
            status = catalog_discard(db, list.versions[i]);
        if (status != LEX_DB_OK)
            return status;
        if (list.count > 0)
            lex_debug("sweep: %zu versions out of sight were deleted", list.count);
    } while (list.count == SWEEP_VERSIONS);
    return LEX_DB_OK;
}
