/* An index file as structures in memory, after index_check has found every number in it to be in
 * bounds, except inside of inverted lists, whose reader (postings.h) checks as it goes. Everything
 * points into the file's bytes; nothing here allocates or can fail. */

#ifndef INDEX_VIEW_H
#define INDEX_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/entry.h"
#include "lookup-svc/index_format.h"

/* A string table (index_format.h). */
typedef struct {
    uint32_t count;
    const index_string_t *strings;
    const char *bytes;
    const uint32_t *slots; /* NULL for terms */
    const uint8_t *shared; /* NULL for all but keys */
} index_table_t;

/* Strings that lead to keys: folds, forms, readings. */
typedef struct {
    index_table_t table;
    const uint32_t *keys; /* numbers of keys; a string's items are keys[strings[i].first] to before
                             keys[strings[i + 1].first] */
} index_alternates_t;

/* An inverted list, or nothing. */
typedef struct {
    const unsigned char *data;
    size_t size;
} index_list_t;

typedef struct {
    const index_header_t *header;
    const char *texts;
    const unsigned char *headwords;
    const index_entry_t *entries;
    const uint32_t *field_offsets; /* NULL: no entry has fields */
    const unsigned char *fields;
    uint64_t fields_size;
    index_table_t keys; /* their postings are entries */
    const uint32_t *reversed;
    const uint16_t *soundex;
    const uint32_t *ranks;  /* NULL: no key is ranked */
    const uint32_t *strips; /* slots */
    index_alternates_t folds;
    index_alternates_t forms;
    index_alternates_t readings;
    const index_gram_t *grams; /* header->grams of them, and a sentinel */
    const unsigned char *gram_lists;
    index_table_t terms;
    const unsigned char *term_lists;
} index_view_t;

/* One entry. Strings are not terminated and live as long as the file is mapped. */
typedef struct {
    const char *headword; /* of an alias: that of the entry it stands for */
    size_t headword_size;
    const char *text;
    size_t text_size;
    bool alias;
} index_article_t;

/* String number `item`. */
static inline const char *index_table_string(const index_table_t *self, uint32_t item, size_t *size)
{
    *size = self->strings[item + 1].offset - self->strings[item].offset;
    return self->bytes + self->strings[item].offset;
}

/* The number of a string: true and *item when it is there. By slots where the table has them, else by
 * halving. */
bool index_table_find(const index_table_t *self, const char *string, size_t size, uint32_t *item);

/* The strings that begin with `prefix`: numbers *first to *end - 1. All of them when it is empty.
 */
void index_table_prefix(const index_table_t *self, const char *prefix, size_t size, uint32_t *first,
                        uint32_t *end);

/* The keys that end with `suffix`: reversed[*first] to reversed[*end - 1], whose numbers are in no
 * order. All of them when it is empty. */
void index_view_suffix(const index_view_t *self, const char *suffix, size_t size, uint32_t *first,
                       uint32_t *end);

/* The numbers of keys whose strip (lex_text_strip) is `strip` and neither the key itself nor its fold: at most `max`, in no order. Returns
 * how many were written. */
size_t index_view_strips(const index_view_t *self, const char *strip, size_t size, uint32_t *out,
                         size_t max);

/* An entry of key number `key`. */
index_article_t index_view_article(const index_view_t *self, uint32_t key, uint32_t entry);

/* Its fields; all empty when it has none. */
void index_view_fields(const index_view_t *self, uint32_t entry, lex_fields_t *out);

/* The key that an entry belongs to. */
uint32_t index_view_key_of(const index_view_t *self, uint32_t entry);

/* How the dictionary spells key number `key`: the headword of its first entry that is no alias; the key itself when
 * all are aliases. */
const char *index_view_spelling(const index_view_t *self, uint32_t key, size_t *size);

/* The list of blocks (INDEX_BLOCK keys each) that have a gram. Empty when none has. */
index_list_t index_view_gram(const index_view_t *self, uint32_t gram);
/* The lists of grams that begin with two bytes: directory items *first to *end - 1. */
void index_view_grams(const index_view_t *self, unsigned char one, unsigned char two,
                      uint32_t *first, uint32_t *end);
index_list_t index_view_gram_at(const index_view_t *self, uint32_t item);

/* The list of entries whose texts have a term (terms.h). Empty when none has. */
index_list_t index_view_term(const index_view_t *self, const char *term, size_t size);

#endif
