/* The way into the journal: while the records of one job are synced the next gather, as with
 * commits. */

#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/recorder_private.h"

#define LOG_INTERVAL_MS 5000

static void s_done(void *arg)
{
    recorder_t *self = arg;
    append_t *append = &self->append;
    append->under_way = false;
    self->counts.journaled += append->kept;
    if (self->journal)
        self->journal_bytes = append->bytes;
    self->counts.lost += append->lost;
    if (append->lost && lex_log_due(&self->lost_logged, LOG_INTERVAL_MS))
        lex_error("recorder lost %zu records, %llu so far: %s", append->lost,
                  (unsigned long long)self->counts.lost,
                  append->status == JOURNAL_FULL ? "the journal is full"
                                                 : "they could not be written");
    if (append->kept)
        recorder_delivery_expect(self, lex_monotonic_ms());
    lex_worker_release(self->worker);
}

/* The first `kept` of the list are in the journal, the others nowhere. */
static void s_answer_all(append_t *append)
{
    held_t *held;
    for (size_t i = 0; (held = held_take(&append->list)); i++) {
        lex_follow(held->record.id, "recorder: %s", i < append->kept ? "journaled" : "lost");
        held_answer(held, false);
    }
}

/* On the journal's thread. Nobody is answered before what could be kept is on disk. */
static void s_append(void *arg)
{
    recorder_t *self = arg;
    append_t *append = &self->append;
    size_t count = append->list.count, i = 0;
    const record_t **records = lex_malloc(count * sizeof *records);
    for (held_t *held = append->list.first; held; held = held->next)
        records[i++] = &held->record;
    append->status = journal_append(self->journal, records, count, &append->kept);
    append->lost = count - append->kept;
    append->bytes = journal_counts(self->journal).bytes;
    free(records);
    s_answer_all(append);
    lex_worker_post(self->worker, s_done, self);
}

void recorder_spill_start(recorder_t *self)
{
    append_t *append = &self->append;
    if (!self->spill.count || append->under_way)
        return;
    append->under_way = true;
    held_move(&append->list, &self->spill);
    append->count = append->list.count;
    lex_worker_hold(self->worker);
    if (self->thread && lex_pool_run(self->thread, s_append, self) == 0)
        return;
    append->status = JOURNAL_FAULT;
    append->kept = 0;
    append->lost = append->list.count;
    append->bytes = self->journal_bytes;
    s_answer_all(append);
    s_done(self);
}
