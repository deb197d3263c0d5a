/* What was revoked, by session and by user: a table of 16-byte keys. Not safe for threads by
 * itself. Part of token.h; not for others. Its size has no bound but the number of revocations that
 * have not expired: to forget one of them would be to accept a token that must not be. */

#ifndef LEX_REVOKED_H
#define LEX_REVOKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEX_REVOKED_KEY 16

typedef struct lex_revoked lex_revoked_t;

lex_revoked_t *lex_revoked_new(void);
void lex_revoked_destroy(lex_revoked_t **self_p);

/* Tokens of this key issued before `before` are refused. Adding again keeps the later of the two
 * times. When the table is full, what expired before `now` goes first. All UTC ms. */
void lex_revoked_add(lex_revoked_t *self, const unsigned char key[LEX_REVOKED_KEY], int64_t before,
                     int64_t expires, int64_t now);

/* True when a token of this key that was issued then is refused. */
bool lex_revoked_has(const lex_revoked_t *self, const unsigned char key[LEX_REVOKED_KEY],
                     int64_t issued);

/* Keys in the table. */
size_t lex_revoked_count(const lex_revoked_t *self);

#endif
