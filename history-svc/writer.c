#include "history-svc/writer.h"

#include <stdlib.h>

#include "common/body.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/random.h"
#include "history-svc/cleared.h"
#include "history-svc/erased.h"
#include "history-svc/inserter.h"

#define TRIES 4 /* of a transaction; the pauses between them come to 70 ms at most */
/* A record this old may be of a look-up that was answered: a worker waits 250 ms with the answer. */
#define LATE_MS 100

struct writer {
    lex_db_t *db;
    erased_t *erased;
    cleared_t *cleared;
    inserter_t *inserter;
};

writer_t *writer_new(const lex_db_options_t *options)
{
    writer_t *self = lex_calloc(1, sizeof *self);
    self->db = lex_db_new(options);
    self->erased = erased_new();
    self->cleared = cleared_new();
    self->inserter = inserter_new();
    return self;
}

void writer_destroy(writer_t **self_p)
{
    writer_t *self = *self_p;
    if (!self)
        return;
    lex_db_destroy(&self->db);
    erased_destroy(&self->erased);
    cleared_destroy(&self->cleared);
    inserter_destroy(&self->inserter);
    free(self);
    *self_p = NULL;
}

bool writer_connect(writer_t *self)
{
    return lex_db_connect(self->db) == LEX_DB_OK;
}

typedef struct {
    writer_t *writer;
    commit_record_t *const *records;
    size_t count;
} batch_t;

static bool s_is_late(const commit_record_t *record, int64_t now)
{
    return record->is_dated && now - record->time > LATE_MS;
}

static lex_db_status_t s_refuse_erased(batch_t *batch, lex_db_t *db)
{
    erased_t *erased = batch->writer->erased;
    lex_db_status_t status = erased_refresh(erased, db);
    for (size_t i = 0; status == LEX_DB_OK && i < batch->count; i++)
        if (erased_has(erased, batch->records[i]->user))
            batch->records[i]->refused = true;
    return status;
}

/* What comes late and was made before a clear of its user. */
static lex_db_status_t s_refuse_cleared(batch_t *batch, lex_db_t *db)
{
    cleared_t *cleared = batch->writer->cleared;
    int64_t now = lex_utc_ms(), since = now;
    for (size_t i = 0; i < batch->count; i++)
        if (s_is_late(batch->records[i], now) && batch->records[i]->time < since)
            since = batch->records[i]->time;
    if (since == now)
        return LEX_DB_OK;
    lex_db_status_t status = cleared_refresh(cleared, db, since, now);
    for (size_t i = 0; status == LEX_DB_OK && i < batch->count; i++)
        if (s_is_late(batch->records[i], now) &&
            cleared_has(cleared, batch->records[i]->user, batch->records[i]->time))
            batch->records[i]->refused = true;
    return status;
}

static lex_db_status_t s_batch_body(lex_db_t *db, void *arg)
{
    batch_t *batch = arg;
    lex_db_status_t status = s_refuse_erased(batch, db);
    if (status == LEX_DB_OK)
        status = s_refuse_cleared(batch, db);
    if (status == LEX_DB_OK)
        status = inserter_insert(batch->writer->inserter, db, batch->records, batch->count);
    return status;
}

/* The way of a single word when nothing else waits; anything unusual is left to the long way. */
static bool s_commit_one(writer_t *self, const commit_record_t *record)
{
    bool inserted = false;
    if (record->refused || record->count != 1 || s_is_late(record, lex_utc_ms()) ||
        erased_count(self->erased) < 0 || erased_has(self->erased, record->user))
        return false;
    inserter_insert_one(self->db, record, erased_count(self->erased), &inserted);
    return inserted;
}

static lex_db_status_t s_commit(writer_t *self, commit_record_t *const *records, size_t count)
{
    if (count == 1 && s_commit_one(self, records[0]))
        return LEX_DB_OK;
    batch_t batch = {.writer = self, .records = records, .count = count};
    return lex_db_transaction(self->db, s_batch_body, &batch, TRIES);
}

/* A record that nothing can be wrong with, rolled back. */
static lex_db_status_t s_trial_body(lex_db_t *db, void *arg)
{
    unsigned char id[LEX_ID_SIZE];
    lex_random_bytes(id, sizeof id);
    commit_word_t word = {.text = "trial", .size = 5, .found = true};
    commit_record_t record = {.id = id, .time = lex_utc_ms(), .words = &word, .count = 1};
    commit_record_t *records[] = {&record};
    batch_t *batch = arg;
    lex_db_status_t status = inserter_insert(batch->writer->inserter, db, records, 1);
    batch->count = status == LEX_DB_OK;
    return LEX_DB_ERROR;
}

static bool s_takes_records(writer_t *self)
{
    batch_t batch = {.writer = self};
    lex_db_transaction(self->db, s_trial_body, &batch, 1);
    return batch.count > 0;
}

static lex_db_status_t s_refuse(writer_t *self, commit_record_t *record)
{
    if (!s_takes_records(self))
        return LEX_DB_ERROR;
    lex_log_request(LEX_LOG_ERROR, record->id, "history refuses a record of user %llu: %s",
                    (unsigned long long)record->user, lex_db_error(self->db));
    record->refused = true;
    return LEX_DB_OK;
}

lex_db_status_t writer_commit(writer_t *self, commit_record_t *const *records, size_t count)
{
    lex_db_status_t status = s_commit(self, records, count);
    if (status != LEX_DB_ERROR && status != LEX_DB_DUPLICATE)
        return status;
    if (count == 0)
        return LEX_DB_ERROR;
    if (count == 1)
        return s_refuse(self, records[0]);
    status = writer_commit(self, records, count / 2);
    if (status == LEX_DB_OK)
        status = writer_commit(self, records + count / 2, count - count / 2);
    return status;
}
