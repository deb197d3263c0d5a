/* The strict reader of message bodies: one msgpack map with str keys, from anybody.
 *
 * lex_body_parse checks everything before it builds anything: counts against the bytes that are left, depth at most 8,
 * no ext and no float, every str valid UTF-8, no key twice in a map, keys are str, no trailing bytes. What it accepts
 * can be walked with msgpack_object without further fear. Strings are not terminated and point into the caller's data. */

#ifndef LEX_BODY_H
#define LEX_BODY_H

#include <msgpack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/codes.h"

#define LEX_BODY_DEPTH_MAX 8
#define LEX_ID_SIZE        16

typedef struct lex_body lex_body_t;

/* A reader may be used for many bodies, one after another; its memory is kept between them. */
lex_body_t *lex_body_new(void);
void lex_body_destroy(lex_body_t **self_p);

/* Parses. 0, or -1 when the bytes are not acceptable; lex_body_error then says why. `data` must stay until the last use. */
int lex_body_parse(lex_body_t *self, const void *data, size_t size);
const char *lex_body_error(const lex_body_t *self);

/* The map itself. */
const msgpack_object *lex_body_root(const lex_body_t *self);

/* Typed fields of a map object. Each returns false when the key is missing or has another type; `out` is then untouched. */
const msgpack_object *lex_map_find(const msgpack_object *map, const char *key);
bool lex_map_str(const msgpack_object *map, const char *key, const char **text, size_t *size);
bool lex_map_bin(const msgpack_object *map, const char *key, const unsigned char **data,
                 size_t *size);
bool lex_map_uint(const msgpack_object *map, const char *key, uint64_t *out);
bool lex_map_bool(const msgpack_object *map, const char *key, bool *out);

/* The same on the root map of a body, for the commonest use. */
#define lex_body_find(self, key)            lex_map_find(lex_body_root(self), key)
#define lex_body_str(self, key, text, size) lex_map_str(lex_body_root(self), key, text, size)
#define lex_body_bin(self, key, data, size) lex_map_bin(lex_body_root(self), key, data, size)
#define lex_body_uint(self, key, out)       lex_map_uint(lex_body_root(self), key, out)
#define lex_body_bool(self, key, out)       lex_map_bool(lex_body_root(self), key, out)

/* The 16-byte `id`, or NULL. */
const unsigned char *lex_body_id(const lex_body_t *self);

/* For a reply: LEX_OK when ok is true; else the code of `err`, with its message and retry_ms (either may be NULL).
 * A reply that has neither is LEX_INTERNAL. */
lex_code_t lex_body_outcome(const lex_body_t *self, const char **message, size_t *message_size,
                            uint64_t *retry_ms);

/* Only the `id` of a body that may be anything: walks the top-level map without building it, for the gateway's own
 * error replies. Returns a pointer into `data`, or NULL. */
const unsigned char *lex_body_peek_id(const void *data, size_t size);

#endif
