/* Session tokens (docs/protocol.md section 8): signed by auth-svc, verified by everybody else without asking it. */

#ifndef LEX_TOKEN_H
#define LEX_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "common/codes.h"

#define LEX_TOKEN_NAME_MAX 128
#define LEX_TOKEN_MAX      (50 + LEX_TOKEN_NAME_MAX + 64)
#define LEX_SESSION_SIZE   16

typedef struct {
    unsigned char session[LEX_SESSION_SIZE];
    uint64_t user;
    int64_t issued;  /* UTC ms */
    int64_t expires; /* UTC ms */
    char name[LEX_TOKEN_NAME_MAX + 1];
} lex_claims_t;

/* The signing half. Its key lives in locked memory and is wiped on destroy.
 * `path`: a file of mode 0600 or stricter with the 64-byte Ed25519 secret key in hex, as lexmq-keygen writes it.
 * NULL and a logged error when it cannot be used. */
typedef struct lex_signer lex_signer_t;
lex_signer_t *lex_signer_new(const char *path);
void lex_signer_destroy(lex_signer_t **self_p);

/* Writes the token, at most LEX_TOKEN_MAX bytes; returns its size. The same claims give the same bytes. */
size_t lex_signer_sign(const lex_signer_t *self, const lex_claims_t *claims, unsigned char *out);

/* The verifying half, safe to use from several threads. Keeps verified tokens (bounded) so that
 * the signature is computed once a token, and the revocations it was told of. */
typedef struct lex_verifier lex_verifier_t;

/* `path`: public keys in hex, one a line, `#` comments; several allow a change of keys. NULL and a logged error. The file is looked
 * at again once a second while tokens come, and at once for a token of an unknown key: what it lists then counts. */
lex_verifier_t *lex_verifier_new(const char *path);
void lex_verifier_destroy(lex_verifier_t **self_p);

/* LEX_OK and the claims for a genuine token that is unexpired at `now` (UTC ms) and not revoked; else LEX_UNAUTHORIZED. */
lex_code_t lex_verifier_check(lex_verifier_t *self, const void *token, size_t size, int64_t now,
                              lex_claims_t *claims);

/* As above, but only that we signed it: expiry and revocation are the caller's to judge. For records that arrive late. */
lex_code_t lex_verifier_check_genuine(lex_verifier_t *self, const void *token, size_t size,
                                      lex_claims_t *claims);

/* Adds a revocation; adding it again changes nothing. `expires`: when it may be forgotten. */
void lex_verifier_revoke_session(lex_verifier_t *self,
                                 const unsigned char session[LEX_SESSION_SIZE], int64_t expires);
void lex_verifier_revoke_user(lex_verifier_t *self, uint64_t user, int64_t issued_before,
                              int64_t expires);

#endif
