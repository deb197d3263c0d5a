/* CURVE for a zsock: our own certificate and, to connect, the server's public key, both czmq ZPL
 * certificate files. */

#ifndef LEX_CURVE_H
#define LEX_CURVE_H

#include <czmq.h>

typedef struct lex_curve lex_curve_t;

/* Keys of the server that may be named: two while one takes the place of the other, and some in reserve. */
#define LEX_CURVE_SERVER_KEYS_MAX 8

/* `certificate`: our secret certificate file, or NULL for a fresh key pair that lives only in
 * memory (clients). `server`: the gateway's public certificate file, or its public key as 40
 * characters of Z85, or several of them with commas between; a file may itself list several keys.
 * NULL and one logged line when any cannot be used. */
lex_curve_t *lex_curve_new(const char *certificate, const char *server);
/* The same for a server, which needs nobody's key but its own. */
lex_curve_t *lex_curve_new_server(const char *certificate);
void lex_curve_destroy(lex_curve_t **self_p);

/* Before connect or bind. `self` NULL means plaintext and does nothing. */
void lex_curve_apply(const lex_curve_t *self, zsock_t *socket);

/* The same to connect to a server with its key number `index` (modulo how many there are). Which of several is the right one only
 * trying tells, each with a socket of its own: libzmq takes no second connection to one endpoint. */
void lex_curve_apply_key(const lex_curve_t *self, zsock_t *socket, unsigned index);
/* How many keys of the server there are; 0 for a server, or with NULL. */
unsigned lex_curve_server_keys(const lex_curve_t *self);

/* Our public key, 40 characters of Z85. */
const char *lex_curve_public_key(const lex_curve_t *self);

/* The tree of a certificate file of at most 64 KiB, or NULL; nothing is logged. Caller owns return value and must destroy it when
 * done. */
zconfig_t *lex_curve_load(const char *certificate);

/* Reads the public key of a certificate file, 40 characters of Z85 and a NUL; the first, when there are several. 0, or -1 and one
 * logged line. */
#define LEX_CURVE_KEY_SIZE 41
int lex_curve_read_public(const char *certificate, char key[LEX_CURVE_KEY_SIZE]);

/* Adds the public keys of a certificate file to those that are there, each once. 0, or -1 and one logged line: no key, one that
 * is no key, or more than there is room for. */
typedef struct {
    size_t count;
    char list[LEX_CURVE_SERVER_KEYS_MAX][LEX_CURVE_KEY_SIZE];
} lex_curve_keys_t;
int lex_curve_read_keys(const char *certificate, lex_curve_keys_t *keys);
bool lex_curve_has_key(const lex_curve_keys_t *keys, const char *key);

/* The next value of `public-key` in a certificate's tree after `last`, NULL for the first. NULL: there is no more. */
zconfig_t *lex_curve_next_key(zconfig_t *root, zconfig_t *last);

#endif
