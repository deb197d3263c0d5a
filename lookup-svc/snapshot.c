#include "lookup-svc/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define SNAPSHOT_START 8u

static const char *const s_kinds[DICTIONARY_KINDS] = {
    [DICTIONARY_WORDS] = "words", [DICTIONARY_LEMMAS] = "lemmas"};

const char *dictionary_kind_name(dictionary_kind_t kind)
{
    return s_kinds[kind];
}

int dictionary_kind_parse(const char *name, dictionary_kind_t *kind)
{
    for (int i = 0; i < DICTIONARY_KINDS; i++)
        if (strcmp(name, s_kinds[i]) == 0) {
            *kind = (dictionary_kind_t)i;
            return 0;
        }
    return -1;
}

/* What snapshot_new makes; users see its first member. */
typedef struct {
    snapshot_t shown;
    size_t capacity;
    atomic_uint owners;
} s_snapshot_t;

snapshot_t *snapshot_new(void)
{
    s_snapshot_t *self = lex_calloc(1, sizeof *self);
    atomic_init(&self->owners, 1);
    return &self->shown;
}

snapshot_t *snapshot_link(snapshot_t *self)
{
    atomic_fetch_add_explicit(&((s_snapshot_t *)self)->owners, 1, memory_order_relaxed);
    return self;
}

void snapshot_destroy(snapshot_t **self_p)
{
    s_snapshot_t *self = (s_snapshot_t *)*self_p;
    *self_p = NULL;
    if (!self || atomic_fetch_sub_explicit(&self->owners, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < self->shown.count; i++) {
        free(self->shown.dictionaries[i].name);
        free(self->shown.dictionaries[i].title);
        index_destroy(&self->shown.dictionaries[i].index);
    }
    free(self->shown.dictionaries);
    free(self);
}

int snapshot_add(snapshot_t *self, const dictionary_t *dictionary)
{
    s_snapshot_t *whole = (s_snapshot_t *)self;
    if (self->count == SNAPSHOT_MAX)
        return -1;
    if (self->count == whole->capacity) {
        whole->capacity = whole->capacity ? whole->capacity * 2 : SNAPSHOT_START;
        self->dictionaries =
            lex_realloc(self->dictionaries, whole->capacity * sizeof *self->dictionaries);
    }
    size_t place = dictionary->kind == DICTIONARY_WORDS ? self->words++ : self->count;
    dictionary_t *copy = self->dictionaries + place;
    memmove(copy + 1, copy, (self->count++ - place) * sizeof *copy);
    *copy = *dictionary;
    copy->name = lex_strdup(dictionary->name);
    copy->title = lex_strdup(dictionary->title);
    if (copy->index)
        index_link(copy->index);
    return 0;
}

static int s_compare(const void *a, const void *b)
{
    const dictionary_t *left = a, *right = b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->position != right->position)
        return left->position < right->position ? -1 : 1;
    return strcmp(left->name, right->name);
}

void snapshot_sort(snapshot_t *self)
{
    if (self->count > 1)
        qsort(self->dictionaries, self->count, sizeof *self->dictionaries, s_compare);
}

const dictionary_t *snapshot_find(const snapshot_t *self, const char *name, size_t size)
{
    for (size_t i = 0; i < self->count; i++)
        if (strlen(self->dictionaries[i].name) == size &&
            memcmp(self->dictionaries[i].name, name, size) == 0)
            return self->dictionaries + i;
    return NULL;
}

const dictionary_t *snapshot_find_id(const snapshot_t *self, uint32_t id)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->dictionaries[i].id == id)
            return self->dictionaries + i;
    return NULL;
}

bool dictionary_is_same_version(const dictionary_t *a, const dictionary_t *b)
{
    return a->id == b->id && a->version == b->version && a->entries == b->entries &&
           a->text_bytes == b->text_bytes && a->kind == b->kind;
}

bool snapshot_is_same(const snapshot_t *a, const snapshot_t *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const dictionary_t *left = a->dictionaries + i, *right = b->dictionaries + i;
        if (!dictionary_is_same_version(left, right) || left->position != right->position ||
            strcmp(left->name, right->name) != 0 || strcmp(left->title, right->title) != 0)
            return false;
    }
    return true;
}
