/* CURVE for a zsock: our own certificate and, to connect, the server's public key, both czmq ZPL
 * certificate files. */

#ifndef LEX_CURVE_H
#define LEX_CURVE_H

#include <czmq.h>

typedef struct lex_curve lex_curve_t;

/* `certificate`: our secret certificate file, or NULL for a fresh key pair that lives only in
 * memory (clients). `server`: the gateway's public certificate file, or its public key as 40
 * characters of Z85. NULL and one logged line when either cannot be used. */
lex_curve_t *lex_curve_new(const char *certificate, const char *server);
/* The same for a server, which needs nobody's key but its own. */
lex_curve_t *lex_curve_new_server(const char *certificate);
void lex_curve_destroy(lex_curve_t **self_p);

/* Before connect or bind. `self` NULL means plaintext and does nothing. */
void lex_curve_apply(const lex_curve_t *self, zsock_t *socket);

/* Our public key, 40 characters of Z85. */
const char *lex_curve_public_key(const lex_curve_t *self);

/* The tree of a certificate file of at most 64 KiB, or NULL; nothing is logged. Caller owns return value and must destroy it when
 * done. */
zconfig_t *lex_curve_load(const char *certificate);

/* Reads the public key of a certificate file, 40 characters of Z85 and a NUL. 0, or -1 and one
 * logged line. */
#define LEX_CURVE_KEY_SIZE 41
int lex_curve_read_public(const char *certificate, char key[LEX_CURVE_KEY_SIZE]);

#endif
