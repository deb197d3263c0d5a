#include "common/db_counts.h"

#include <stdatomic.h>

/* One place for all connections, whoever has them: what a page shows is the process. */
static struct {
    _Atomic uint64_t statements, connects, lost, conflicts, errors;
} s_counts;

static void s_add(_Atomic uint64_t *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

static uint64_t s_read(_Atomic uint64_t *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

void lex_db_count_statement(void)
{
    s_add(&s_counts.statements);
}

void lex_db_count_connect(void)
{
    s_add(&s_counts.connects);
}

void lex_db_count_failure(lex_db_status_t status)
{
    switch (status) {
    case LEX_DB_LOST:
        s_add(&s_counts.lost);
        break;
    case LEX_DB_CONFLICT:
        s_add(&s_counts.conflicts);
        break;
    case LEX_DB_ERROR:
        s_add(&s_counts.errors);
        break;
    case LEX_DB_OK:
    case LEX_DB_DUPLICATE:
        break;
    }
}

lex_db_counts_t lex_db_counts(void)
{
    return (lex_db_counts_t){.statements = s_read(&s_counts.statements),
                             .connects = s_read(&s_counts.connects),
                             .lost = s_read(&s_counts.lost),
                             .conflicts = s_read(&s_counts.conflicts),
                             .errors = s_read(&s_counts.errors)};
}

void lex_db_counts_put(lex_metrics_t *page)
{
    lex_db_counts_t counts = lex_db_counts();
    lex_metrics_counter(page, "lexmq_db_statements_total", "Statements sent to the database.");
    lex_metrics_put(page, counts.statements);
    lex_metrics_counter(page, "lexmq_db_connects_total", "Connections made to the database.");
    lex_metrics_put(page, counts.connects);
    lex_metrics_counter(page, "lexmq_db_errors_total",
                        "What went wrong with the database: lost connections and attempts to "
                        "connect, conflicts between transactions, other errors.");
    lex_metrics_put(page, counts.lost, {"kind", "lost"});
    lex_metrics_put(page, counts.conflicts, {"kind", "conflict"});
    lex_metrics_put(page, counts.errors, {"kind", "error"});
}
