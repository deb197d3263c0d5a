#include "history-svc/watch.h"

static void s_put_counts(committer_t *committer, lex_metrics_t *page)
{
    committer_counts_t counts = committer_counts(committer);
    lex_metrics_counter(page, "lexmq_commits_total", "Transactions committed.");
    lex_metrics_put(page, counts.batches);
    lex_metrics_counter(page, "lexmq_committed_records_total", "Records committed.");
    lex_metrics_put(page, counts.records);
    lex_metrics_counter(page, "lexmq_refused_records_total", "Records refused for good.");
    lex_metrics_put(page, counts.refused);
    lex_metrics_gauge(page, "lexmq_commit_queue_records",
                      "Records that wait for the next transaction.");
    lex_metrics_put(page, counts.queued);
}

static void s_put_transactions(const committer_t *committer, lex_metrics_t *page)
{
    lex_metrics_histogram(page, "lexmq_commit_records", "Records in a transaction.");
    lex_metrics_put_histogram(page, committer_sizes(committer));
    lex_metrics_histogram(page, "lexmq_commit_duration_seconds",
                          "A transaction, with all its tries.");
    lex_metrics_put_histogram(page, committer_durations(committer));
}

void watch_inspect(void *arg, lex_inspection_t *inspection)
{
    const watch_t *self = arg;
    lex_metrics_t *page = lex_inspection_metrics(inspection);
    bool is_refusing = committer_is_refusing(self->committer);
    if (is_refusing)
        lex_inspection_not_ready(inspection, "database is away");
    if (!page)
        return;
    s_put_counts(self->committer, page);
    s_put_transactions(self->committer, page);
    lex_metrics_gauge(page, "lexmq_database_away", "1 while records are not taken.");
    lex_metrics_put(page, is_refusing);
    lex_revocation_put(self->revocation, page);
}
