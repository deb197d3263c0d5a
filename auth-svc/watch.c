#include "auth-svc/watch.h"

void watch_inspect(void *arg, lex_inspection_t *inspection)
{
    const watch_t *self = arg;
    lex_metrics_t *page = lex_inspection_metrics(inspection);
    bool is_away = housekeeper_is_database_away(self->housekeeper);
    if (is_away)
        lex_inspection_not_ready(inspection, "database is away");
    if (!page)
        return;
    lex_metrics_histogram(page, "lexmq_password_hash_duration_seconds",
                          "Argon2id, checks and new hashes.");
    lex_metrics_put_histogram(page, passwords_durations(self->passwords));
    lex_metrics_gauge(page, "lexmq_password_hashes_running", "Argon2id hashes at work.");
    lex_metrics_put(page, passwords_running(self->passwords));
    lex_metrics_gauge(page, "lexmq_database_away",
                      "1 while the database did not do what was last asked of it.");
    lex_metrics_put(page, is_away);
}
