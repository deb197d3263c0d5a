/* An index file as structures in memory, after index_check has found every number in it to be in
 * bounds. Everything points into the file's bytes; nothing here allocates or can fail. */

#ifndef INDEX_VIEW_H
#define INDEX_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_format.h"

/* A string table (index_format.h). */
typedef struct {
    uint32_t count;
    uint32_t mask; /* slots - 1 */
    const index_string_t *strings;
    const char *bytes;
    const index_slot_t *slots;
    const uint8_t *shared; /* NULL for folds */
} index_table_t;

typedef struct {
    const index_header_t *header;
    const char *texts;
    const unsigned char *headwords;
    const index_entry_t *entries;
    index_table_t keys;  /* their postings are entries */
    index_table_t folds; /* their postings are items of fold_keys */
    const uint32_t *fold_keys;
} index_view_t;

/* One entry. Strings are not terminated and live as long as the file is mapped. */
typedef struct {
    const char *headword;
    size_t headword_size;
    const char *text;
    size_t text_size;
} index_article_t;

/* String number `item`. */
static inline const char *index_table_string(const index_table_t *self, uint32_t item, size_t *size)
{
    *size = self->strings[item + 1].offset - self->strings[item].offset;
    return self->bytes + self->strings[item].offset;
}

/* The number of a string: true and *item when it is there. */
bool index_table_find(const index_table_t *self, const char *string, size_t size, uint32_t *item);

/* The strings that begin with `prefix`: numbers *first to *end - 1. All of them when it is empty.
 */
void index_table_prefix(const index_table_t *self, const char *prefix, size_t size, uint32_t *first,
                        uint32_t *end);

index_article_t index_view_article(const index_view_t *self, uint32_t entry);

/* How the dictionary spells key number `key`: the headword of its first entry. */
const char *index_view_spelling(const index_view_t *self, uint32_t key, size_t *size);

#endif
