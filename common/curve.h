/* CURVE for a connecting zsock: our own certificate and the server's public key, both czmq ZPL certificate files. */

#ifndef LEX_CURVE_H
#define LEX_CURVE_H

#include <czmq.h>

typedef struct lex_curve lex_curve_t;

/* `certificate`: our secret certificate file, or NULL for a fresh key pair that lives only in memory (clients).
 * `server`: the gateway's public certificate file, or its public key as 40 characters of Z85.
 * NULL and one logged line when either cannot be used. */
lex_curve_t *lex_curve_new(const char *certificate, const char *server);
void lex_curve_destroy(lex_curve_t **self_p);

/* Before connect. `self` NULL means plaintext and does nothing. */
void lex_curve_apply(const lex_curve_t *self, zsock_t *socket);

#endif
