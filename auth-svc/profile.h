/* The profile a user gives at registration: a few short texts under short keys. */

#ifndef AUTH_PROFILE_H
#define AUTH_PROFILE_H

#include <msgpack.h>

#include "common/db.h"
#include "common/writer.h"

#define PROFILE_PAIRS_MAX        16
#define PROFILE_KEY_MAX          32 /* of a-z 0-9 _ - */
#define PROFILE_VALUE_CHARACTERS 256
#define PROFILE_VALUE_MAX        1024 /* bytes: 4 a character */

/* Pairs that point into memory of somebody else. */
typedef struct {
    size_t count;
    struct {
        const char *key, *value;
        size_t key_size, value_size;
    } pairs[PROFILE_PAIRS_MAX];
} profile_t;

/* Takes the pairs of a msgpack map; NULL is the empty profile. Returns what is wrong with it, or
 * NULL. */
const char *profile_parse(profile_t *self, const msgpack_object *map);

lex_db_status_t profile_insert(const profile_t *self, lex_db_t *db, uint64_t user);

/* Reads a user's profile and writes it, in the order of its keys, as a whole msgpack map. The map
 * is only valid with LEX_DB_OK. */
lex_db_status_t profile_write(lex_db_t *db, uint64_t user, lex_writer_t *writer);

#endif
