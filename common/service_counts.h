/* What a worker counts of one service: plain numbers of the loop's, so that a look-up pays for an addition and no lock. */

#ifndef LEX_SERVICE_COUNTS_H
#define LEX_SERVICE_COUNTS_H

#include <stdint.h>

#include "common/codes.h"
#include "common/metrics.h"
#include "common/worker.h"

typedef struct lex_service_counts lex_service_counts_t;

/* `service` and `ops` must outlive it. Never NULL. */
lex_service_counts_t *lex_service_counts_new(const char *service, const lex_op_t *ops);
void lex_service_counts_destroy(lex_service_counts_t **self_p);

void lex_service_counts_received(lex_service_counts_t *self);
/* `op` is NULL where none could be read. */
void lex_service_counts_answered(lex_service_counts_t *self, const lex_op_t *op, lex_code_t code,
                                 uint64_t us);

/* The samples of one family each, which the caller has begun. Ops and codes that never came are left out, so that a page holds
 * what there is and not every pair that there may be. */
void lex_service_counts_put_requests(const lex_service_counts_t *self, lex_metrics_t *page);
void lex_service_counts_put_durations(const lex_service_counts_t *self, lex_metrics_t *page);
void lex_service_counts_put_open(const lex_service_counts_t *self, lex_metrics_t *page);

#endif
