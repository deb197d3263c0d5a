/* A set of dictionaries in search order. Once it is published nothing in it changes any more, so
 * threads read it without a lock for as long as they own a share of it. */

#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index.h"

/* Bound on the dictionaries of a catalogue; a table with more is cut there, and a warning logged.
 */
#define SNAPSHOT_MAX 1000u

/* What a dictionary is for. */
typedef enum {
    DICTIONARY_WORDS, /* it is searched */
    DICTIONARY_LEMMAS, /* inflected forms, which lead to words of the others; never searched itself */
    DICTIONARY_KINDS
} dictionary_kind_t;

/* The name of a kind, "words" or "lemmas", and back: 0, or -1 for any other name. */
const char *dictionary_kind_name(dictionary_kind_t kind);
int dictionary_kind_parse(const char *name, dictionary_kind_t *kind);

/* One dictionary: what MySQL says of its active version, and that version's index. */
typedef struct {
    uint32_t id;
    uint32_t version;
    uint32_t position;
    uint32_t entries;
    uint64_t text_bytes;
    dictionary_kind_t kind;
    char *name;     /* unique; what `dict` of a request names */
    char *title;    /* for people */
    index_t *index; /* NULL while the dictionary is only known */
} dictionary_t;

typedef struct {
    size_t count;
    size_t words; /* so many of kind DICTIONARY_WORDS, which come before all others */
    dictionary_t *dictionaries;
} snapshot_t;

/* An empty one, with one owner. Never NULL. */
snapshot_t *snapshot_new(void);
/* One more owner. Safe from any thread. Returns `self`. */
snapshot_t *snapshot_link(snapshot_t *self);
/* One owner less; the last one frees it. Safe from any thread. */
void snapshot_destroy(snapshot_t **self_p);

/* Before it is published: adds a copy of `dictionary`, with a share of its index. -1 when it is
 * full. */
int snapshot_add(snapshot_t *self, const dictionary_t *dictionary);
/* Puts them in search order: those of words first, by position, then by name. */
void snapshot_sort(snapshot_t *self);

/* NULL when there is none of that name, or of that id. */
const dictionary_t *snapshot_find(const snapshot_t *self, const char *name, size_t size);
const dictionary_t *snapshot_find_id(const snapshot_t *self, uint32_t id);

/* True when both are the same version of the same dictionary. */
bool dictionary_is_same_version(const dictionary_t *a, const dictionary_t *b);
/* True when both list the same versions under the same names, titles and positions. */
bool snapshot_is_same(const snapshot_t *a, const snapshot_t *b);

#endif
