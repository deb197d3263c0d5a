#include "lookup-svc/watch.h"

static void s_put_records(const recorder_t *recorder, lex_metrics_t *page)
{
    recorder_counts_t counts = recorder_counts(recorder);
    lex_metrics_counter(page, "lexmq_records_total",
                        "Look-ups to be recorded: recorded in time, journaled, delivered later "
                        "from the journal, refused by history, lost.");
    lex_metrics_put(page, counts.recorded, {"outcome", "recorded"});
    lex_metrics_put(page, counts.journaled, {"outcome", "journaled"});
    lex_metrics_put(page, counts.delivered, {"outcome", "delivered"});
    lex_metrics_put(page, counts.refused, {"outcome", "refused"});
    lex_metrics_put(page, counts.lost, {"outcome", "lost"});
}

static void s_put_recorder(recorder_t *recorder, lex_metrics_t *page)
{
    recorder_state_t state = recorder_state(recorder);
    lex_metrics_gauge(page, "lexmq_records_pending", "Replies that are held for history.");
    lex_metrics_put(page, state.pending);
    lex_metrics_gauge(page, "lexmq_history_away", "1 while records go to the journal.");
    lex_metrics_put(page, state.away);
    lex_metrics_gauge(page, "lexmq_journal_bytes", "Bytes of this worker's journal on disk.");
    lex_metrics_put(page, state.journal_bytes);
    lex_metrics_gauge(page, "lexmq_journal_limit_bytes", "Most bytes that the journal may have.");
    lex_metrics_put(page, state.journal_limit);
}

static void s_put_indexes(const snapshot_t *snapshot, lex_metrics_t *page)
{
    size_t count = snapshot ? snapshot->count : 0;
    lex_metrics_gauge(page, "lexmq_index_version", "Version of the dictionary that is served.");
    for (size_t i = 0; i < count; i++)
        lex_metrics_put(page, snapshot->dictionaries[i].version,
                        {"dictionary", snapshot->dictionaries[i].name});
    lex_metrics_gauge(page, "lexmq_index_entries", "Entries of the dictionary that is served.");
    for (size_t i = 0; i < count; i++)
        lex_metrics_put(page, snapshot->dictionaries[i].entries,
                        {"dictionary", snapshot->dictionaries[i].name});
    lex_metrics_gauge(page, "lexmq_index_loaded_timestamp_seconds",
                      "Since when that version is loaded, in seconds since 1970-01-01 UTC.");
    for (size_t i = 0; i < count; i++)
        lex_metrics_put_real(page, (double)index_opened_at(snapshot->dictionaries[i].index) / 1e3,
                             {"dictionary", snapshot->dictionaries[i].name});
}

static void s_put_checked(const sync_t *sync, lex_metrics_t *page)
{
    lex_metrics_gauge(page, "lexmq_index_checked_timestamp_seconds",
                      "When the database was last asked for new versions, in seconds since "
                      "1970-01-01 UTC; 0: not yet.");
    lex_metrics_put_real(page, (double)sync_checked_at(sync) / 1e3);
}

void watch_inspect(void *arg, lex_inspection_t *inspection)
{
    const watch_t *self = arg;
    lex_metrics_t *page = lex_inspection_metrics(inspection);
    snapshot_t *snapshot = catalogue_acquire(self->catalogue);
    if (!snapshot)
        lex_inspection_not_ready(inspection, "dictionaries are not loaded");
    if (page) {
        s_put_records(self->recorder, page);
        s_put_recorder(self->recorder, page);
        s_put_indexes(snapshot, page);
        s_put_checked(self->sync, page);
        lex_revocation_put(self->revocation, page);
    }
    snapshot_destroy(&snapshot);
}
