/* Keeps a verifier's revocations fresh: a thread with a database connection of its own reads the view
 * lexmq_auth.revoked once a second. While the database is away the verifier goes on with what it knows. */

#ifndef LEX_REVOCATION_H
#define LEX_REVOCATION_H

#include "common/db.h"
#include "common/metrics.h"
#include "common/token.h"

typedef struct lex_revocation lex_revocation_t;

/* `verifier` must outlive it. The account in `options` needs SELECT on the view and nothing else. Never NULL. */
lex_revocation_t *lex_revocation_new(const lex_db_options_t *options, lex_verifier_t *verifier,
                                     int interval_ms);
void lex_revocation_destroy(lex_revocation_t **self_p);

/* When the view was last read, UTC ms; 0: not yet. From any thread. */
int64_t lex_revocation_read_at(const lex_revocation_t *self);
void lex_revocation_put(const lex_revocation_t *self, lex_metrics_t *page);

#endif
