#include "lookup-svc/postings_memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/buffer.h"
#include "lookup-svc/index_format.h"
#include "lookup-svc/varint.h"

#define SLOTS_START 1024u
#define CHUNK_SIZES 6u /* 8 bytes to 256 */
#define CHUNK_HEAD  4u /* bytes: where the next chunk of the list is */
#define NO_CHUNK    UINT32_MAX
#define CHUNK_LEAST 8u

typedef struct {
    uint32_t term; /* where it is in the terms */
    uint32_t number;
    uint32_t times;  /* of the last number, which goes into the chunks when a greater one comes */
    uint32_t before; /* one more than the number before it, 0 for none */
    uint32_t count;
    uint32_t bytes; /* in the chunks */
    uint32_t first_chunk, last_chunk;
    uint8_t term_size;
    uint8_t chunk_size; /* of the last one: CHUNK_LEAST << this */
    uint16_t room;      /* bytes that are left in it */
} s_list_t;

typedef struct {
    uint32_t tag; /* lower half of the hash */
    uint32_t list;
} s_slot_t;

struct postings_memory {
    bool with_times;
    buffer_t lists; /* s_list_t */
    buffer_t terms;
    buffer_t chunks;
    s_slot_t *slots;
    size_t capacity; /* a power of two */
};

postings_memory_t *postings_memory_new(bool with_times)
{
    postings_memory_t *self = lex_calloc(1, sizeof *self);
    self->with_times = with_times;
    return self;
}

void postings_memory_destroy(postings_memory_t **self_p)
{
    postings_memory_t *self = *self_p;
    if (!self)
        return;
    buffer_close(&self->lists);
    buffer_close(&self->terms);
    buffer_close(&self->chunks);
    free(self->slots);
    free(self);
    *self_p = NULL;
}

size_t postings_memory_bytes(const postings_memory_t *self)
{
    /* The order of the lists is four bytes each when they are drained. */
    return self->lists.size + self->lists.size / sizeof(s_list_t) * sizeof(uint32_t) +
           self->terms.size + self->chunks.size + self->capacity * sizeof *self->slots;
}

static s_list_t *s_lists(const postings_memory_t *self)
{
    return (s_list_t *)(void *)self->lists.data;
}

/* ---- terms ---- */

static int s_grow(postings_memory_t *self)
{
    size_t capacity = self->capacity ? self->capacity * 2 : SLOTS_START;
    s_slot_t *slots = malloc(capacity * sizeof *slots);
    if (!slots)
        return -1;
    memset(slots, 0xFF, capacity * sizeof *slots); /* INDEX_EMPTY everywhere */
    for (size_t i = 0; i < self->capacity; i++) {
        if (self->slots[i].list == INDEX_EMPTY)
            continue;
        size_t slot = self->slots[i].tag & (capacity - 1);
        while (slots[slot].list != INDEX_EMPTY)
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = self->slots[i];
    }
    free(self->slots);
    self->slots = slots;
    self->capacity = capacity;
    return 0;
}

/* The slot of a term, or the free one where it belongs. */
static s_slot_t *s_find(postings_memory_t *self, const char *term, size_t size, uint32_t tag)
{
    size_t slot = tag & (self->capacity - 1);
    for (; self->slots[slot].list != INDEX_EMPTY; slot = (slot + 1) & (self->capacity - 1)) {
        const s_list_t *list = s_lists(self) + self->slots[slot].list;
        if (self->slots[slot].tag == tag && list->term_size == size &&
            memcmp(self->terms.data + list->term, term, size) == 0)
            break;
    }
    return self->slots + slot;
}

/* ---- lists ---- */

static int s_add_chunk(postings_memory_t *self, s_list_t *list)
{
    static const unsigned char empty[CHUNK_HEAD + (CHUNK_LEAST << (CHUNK_SIZES - 1))];
    uint32_t offset = (uint32_t)self->chunks.size, none = NO_CHUNK;
    if (list->first_chunk != NO_CHUNK && list->chunk_size + 1u < CHUNK_SIZES)
        list->chunk_size++;
    size_t size = CHUNK_LEAST << list->chunk_size;
    if (buffer_add(&self->chunks, &none, CHUNK_HEAD) == -1 ||
        buffer_add(&self->chunks, empty, size) == -1)
        return -1;
    if (list->first_chunk == NO_CHUNK)
        list->first_chunk = offset;
    else
        memcpy(self->chunks.data + list->last_chunk, &offset, sizeof offset);
    list->last_chunk = offset;
    list->room = (uint16_t)size;
    return 0;
}

static int s_put_bytes(postings_memory_t *self, s_list_t *list, const unsigned char *bytes,
                       size_t size)
{
    while (size > 0) {
        if (list->room == 0 && s_add_chunk(self, list) == -1)
            return -1;
        size_t part = size < list->room ? size : list->room;
        size_t used = (CHUNK_LEAST << list->chunk_size) - list->room;
        memcpy(self->chunks.data + list->last_chunk + CHUNK_HEAD + used, bytes, part);
        list->room = (uint16_t)(list->room - part);
        list->bytes += (uint32_t)part;
        bytes += part;
        size -= part;
    }
    return 0;
}

/* Moves the last number into the chunks. */
static int s_put_item(postings_memory_t *self, s_list_t *list)
{
    unsigned char item[2 * VARINT_MAX];
    uint32_t step = list->number + 1 - list->before;
    size_t size = varint_put(item, step << 1 | (list->times > 1));
    if (list->times > 1)
        size += varint_put(item + size, list->times - 2);
    list->before = list->number + 1;
    list->count++;
    return s_put_bytes(self, list, item, size);
}

static int s_add_list(postings_memory_t *self, s_slot_t *slot, uint32_t tag, const char *term,
                      size_t size, uint32_t number)
{
    s_list_t list = {.term = (uint32_t)self->terms.size,
                     .term_size = (uint8_t)size,
                     .number = number,
                     .times = 1,
                     .first_chunk = NO_CHUNK};
    *slot = (s_slot_t){.tag = tag, .list = (uint32_t)(self->lists.size / sizeof list)};
    if (buffer_add(&self->terms, term, size) == -1)
        return -1;
    return buffer_add(&self->lists, &list, sizeof list);
}

int postings_memory_add(postings_memory_t *self, const char *term, size_t size, uint32_t number)
{
    assert(size > 0 && size <= POSTINGS_TERM_MAX);
    if (self->lists.size / sizeof(s_list_t) >= self->capacity / 2 && s_grow(self) == -1)
        return -1;
    uint32_t tag = (uint32_t)index_hash(term, size);
    s_slot_t *slot = s_find(self, term, size, tag);
    if (slot->list == INDEX_EMPTY)
        return s_add_list(self, slot, tag, term, size, number);
    s_list_t *list = s_lists(self) + slot->list;
    if (list->number == number) {
        list->times += self->with_times;
        return 0;
    }
    if (s_put_item(self, list) == -1)
        return -1;
    list->number = number;
    list->times = 1;
    return 0;
}

/* ---- giving them away ---- */

int postings_head_compare(const postings_head_t *a, const postings_head_t *b)
{
    int rc = memcmp(a->term, b->term, a->term_size < b->term_size ? a->term_size : b->term_size);
    return rc ? rc : (a->term_size > b->term_size) - (a->term_size < b->term_size);
}

static int s_compare(const void *a, const void *b, void *memory)
{
    const postings_memory_t *self = memory;
    const s_list_t *left = s_lists(self) + *(const uint32_t *)a;
    const s_list_t *right = s_lists(self) + *(const uint32_t *)b;
    int rc = memcmp(self->terms.data + left->term, self->terms.data + right->term,
                    left->term_size < right->term_size ? left->term_size : right->term_size);
    return rc ? rc : (int)left->term_size - (int)right->term_size;
}

/* The bytes of a list in one piece. */
static int s_gather(const postings_memory_t *self, const s_list_t *list, buffer_t *items)
{
    size_t left = list->bytes;
    items->size = 0;
    uint32_t chunk = list->first_chunk;
    for (size_t kind = 0; left > 0; kind += kind + 1 < CHUNK_SIZES) {
        size_t size = CHUNK_LEAST << kind;
        if (size > left)
            size = left;
        if (buffer_add(items, self->chunks.data + chunk + CHUNK_HEAD, size) == -1)
            return -1;
        memcpy(&chunk, self->chunks.data + chunk, sizeof chunk);
        left -= size;
    }
    return 0;
}

static int s_give(postings_memory_t *self, s_list_t *list, buffer_t *items, postings_items_fn *take,
                  void *arg)
{
    if (s_put_item(self, list) == -1 || s_gather(self, list, items) == -1) {
        lex_error("index has no memory for an inverted list");
        return -1;
    }
    postings_head_t head = {.count = list->count,
                            .last = list->number,
                            .size = list->bytes,
                            .term_size = list->term_size};
    memcpy(head.term, self->terms.data + list->term, list->term_size);
    return take(arg, &head, items->data);
}

static void s_forget(postings_memory_t *self)
{
    self->lists.size = 0;
    self->terms.size = 0;
    self->chunks.size = 0;
    free(self->slots);
    self->slots = NULL;
    self->capacity = 0;
}

int postings_memory_drain(postings_memory_t *self, postings_items_fn *take, void *arg)
{
    uint32_t count = (uint32_t)(self->lists.size / sizeof(s_list_t));
    uint32_t *order = lex_malloc(count * sizeof *order);
    buffer_t items = {0};
    int rc = 0;
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, s_compare, self);
    for (uint32_t i = 0; i < count && rc == 0; i++)
        rc = s_give(self, s_lists(self) + order[i], &items, take, arg);
    buffer_close(&items);
    free(order);
    s_forget(self);
    return rc;
}
