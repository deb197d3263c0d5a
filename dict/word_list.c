#include "dict/word_list.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

typedef struct {
    const word_list_t *list;
    word_order_fn *order;
} s_sort_t;

void word_list_add(word_list_t *self, const char *word, size_t size, uint32_t number)
{
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 1024;
        self->items = lex_realloc(self->items, self->capacity * sizeof(*self->items));
    }
    self->items[self->count++] =
        (word_item_t){.offset = self->bytes.size, .size = (uint32_t)size, .number = number};
    text_buffer_add(&self->bytes, word, size);
}

static lex_span_t s_word(const word_list_t *self, const word_item_t *item)
{
    return (lex_span_t){self->bytes.data + item->offset, item->size};
}

static int s_compare(const void *one_p, const void *other_p, void *arg)
{
    const word_item_t *one = one_p;
    const word_item_t *other = other_p;
    const s_sort_t *sort = arg;
    int rc = sort->order(s_word(sort->list, one), s_word(sort->list, other));
    if (rc == 0)
        rc = one->number < other->number ? -1 : one->number > other->number;
    return rc;
}

void word_list_sort(word_list_t *self, word_order_fn *order)
{
    s_sort_t sort = {self, order};
    if (self->count > 0)
        qsort_r(self->items, self->count, sizeof(*self->items), s_compare, &sort);
}

lex_span_t word_list_word(const word_list_t *self, size_t item)
{
    return s_word(self, &self->items[item]);
}

void word_list_free(word_list_t *self)
{
    text_buffer_free(&self->bytes);
    free(self->items);
    *self = (word_list_t){0};
}

int word_order_bytes(lex_span_t one, lex_span_t other)
{
    size_t size = one.size < other.size ? one.size : other.size;
    int rc = size > 0 ? memcmp(one.data, other.data, size) : 0;
    return rc != 0 ? rc : one.size < other.size ? -1 : one.size > other.size;
}

static int s_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int word_order_stardict(lex_span_t one, lex_span_t other)
{
    size_t size = one.size < other.size ? one.size : other.size;
    for (size_t i = 0; i < size; i++) {
        int difference = s_lower(one.data[i]) - s_lower(other.data[i]);
        if (difference != 0)
            return difference;
    }
    if (one.size != other.size)
        return one.size < other.size ? -1 : 1;
    return word_order_bytes(one, other);
}
