/* What this process has asked of its database, over all connections. From any thread. */

#ifndef LEX_DB_COUNTS_H
#define LEX_DB_COUNTS_H

#include <stdint.h>

#include "common/db.h"
#include "common/metrics.h"

typedef struct {
    uint64_t statements; /* sent, those that failed among them */
    uint64_t connects;   /* connections made */
    uint64_t lost;       /* LEX_DB_LOST: attempts to connect that failed, and connections lost */
    uint64_t conflicts;  /* LEX_DB_CONFLICT */
    uint64_t errors;     /* LEX_DB_ERROR */
} lex_db_counts_t;

lex_db_counts_t lex_db_counts(void);
void lex_db_counts_put(lex_metrics_t *page);

/* ---- for the files of db.h ---- */

void lex_db_count_statement(void);
void lex_db_count_connect(void);
/* A key that is taken is an answer, and not counted. */
void lex_db_count_failure(lex_db_status_t status);

#endif
