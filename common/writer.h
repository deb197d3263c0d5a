/* Writing msgpack bodies into a buffer that is kept and reused. A body may hold a password, so what the buffer grows out of and what
 * it is closed with are wiped, also in programs that have no free of their own (common/heap/free.c). */

#ifndef LEX_WRITER_H
#define LEX_WRITER_H

#include <msgpack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/codes.h"

typedef struct {
    msgpack_sbuffer buffer; /* .data, .size: what was written so far */
    msgpack_packer packer;
} lex_writer_t;

void lex_writer_init(lex_writer_t *self);
void lex_writer_clear(lex_writer_t *self); /* empties, keeps the memory */
void lex_writer_close(lex_writer_t *self); /* frees the memory */

/* The number of pairs or items follows must be written right after. */
void lex_write_map(lex_writer_t *self, size_t pairs);
void lex_write_array(lex_writer_t *self, size_t items);
void lex_write_str(lex_writer_t *self, const char *text, size_t size);
void lex_write_text(lex_writer_t *self, const char *text); /* NUL-terminated */
void lex_write_bin(lex_writer_t *self, const void *data, size_t size);
void lex_write_uint(lex_writer_t *self, uint64_t value);
void lex_write_bool(lex_writer_t *self, bool value);

/* Key and value in one. */
void lex_put_str(lex_writer_t *self, const char *key, const char *text, size_t size);
void lex_put_text(lex_writer_t *self, const char *key, const char *text);
void lex_put_bin(lex_writer_t *self, const char *key, const void *data, size_t size);
void lex_put_uint(lex_writer_t *self, const char *key, uint64_t value);
void lex_put_bool(lex_writer_t *self, const char *key, bool value);

/* Starts a request: the map header for 3 (or 4 with a token) + `arguments` pairs, then v, id, op and tok.
 * `token` may be NULL. The caller writes `arguments` pairs. Clears the writer first. */
void lex_write_request(lex_writer_t *self, const unsigned char id[16], const char *op,
                       const void *token, size_t token_size, size_t arguments);

/* Starts a good reply: the map header for 2 + `results` pairs, id and ok. Clears the writer first. */
void lex_write_ok(lex_writer_t *self, const unsigned char id[16], size_t results);

/* A whole error reply. `id` may be NULL (unknown), retry_ms 0 leaves it out. Clears the writer first. */
void lex_write_error(lex_writer_t *self, const unsigned char *id, lex_code_t code,
                     const char *message, uint64_t retry_ms);

#endif
