/* Words with a number each, to be sorted: the index of a dictionary that is being written. */

#ifndef DICT_WORD_LIST_H
#define DICT_WORD_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "common/entry.h"
#include "dict/text_buffer.h"

typedef struct {
    uint64_t offset; /* in `bytes` */
    uint32_t size;
    uint32_t number;
} word_item_t;

/* Starts zeroed. */
typedef struct {
    text_buffer_t bytes;
    word_item_t *items;
    size_t count;
    size_t capacity;
} word_list_t;

/* Negative, 0 or positive, as memcmp. */
typedef int(word_order_fn)(lex_span_t one, lex_span_t other);

void word_list_add(word_list_t *self, const char *word, size_t size, uint32_t number);
/* By the order, then by number. */
void word_list_sort(word_list_t *self, word_order_fn *order);
/* Item i's word; valid until the next word_list_add. */
lex_span_t word_list_word(const word_list_t *self, size_t item);
void word_list_free(word_list_t *self);

/* Byte by byte, a shorter word before a longer one that begins like it. */
int word_order_bytes(lex_span_t one, lex_span_t other);
/* StarDict's: ASCII letters of either case alike, those that are then the same byte by byte. */
int word_order_stardict(lex_span_t one, lex_span_t other);

#endif
