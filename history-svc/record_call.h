/* A history.record request as the committer takes it (docs/protocol.md section 7): checked, its tokens verified. */

#ifndef RECORD_CALL_H
#define RECORD_CALL_H

#include "common/body.h"
#include "common/token.h"
#include "history-svc/commit.h"

#define RECORD_CALL_WORDS_MAX 2000
#define RECORD_CALL_LATE_MS                                                                        \
    (5 * 60 * 1000) /* how long after its token's expiry a look-up may have been */

typedef struct {
    commit_call_t commit; /* first: what `done` gets is the whole */
    void *owner;          /* the caller's */
    commit_record_t records[];
} record_call_t;

/* How far the caller's clock, as the call has it, may be from ours: what a call takes at most, and some more. Beyond it the
 * records are not dated. */
#define RECORD_CALL_AHEAD_MS  2000
#define RECORD_CALL_BEHIND_MS 15000

/* Records point into the body, which must stay. A record whose token does not do is marked as refused.
 * NULL when the body is malformed; *why is then a sentence. */
record_call_t *record_call_new(const lex_body_t *body, lex_verifier_t *verifier, const char **why);
void record_call_destroy(record_call_t **self_p);

#endif
