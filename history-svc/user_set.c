#include "history-svc/user_set.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define CAPACITY_FIRST 64 /* a power of two, as every capacity */

/* Open addressing, at most half full. 0 marks a free place, so user 0 is kept apart. */
struct user_set {
    uint64_t *places;
    size_t capacity;
    size_t size;
    bool has_zero;
};

user_set_t *user_set_new(void)
{
    user_set_t *self = lex_calloc(1, sizeof *self);
    self->capacity = CAPACITY_FIRST;
    self->places = lex_calloc(self->capacity, sizeof *self->places);
    return self;
}

void user_set_destroy(user_set_t **self_p)
{
    if (!*self_p)
        return;
    free((*self_p)->places);
    free(*self_p);
    *self_p = NULL;
}

/* Where the user is, or the free place where it would be. */
static uint64_t *s_place(const user_set_t *self, uint64_t user)
{
    size_t index = (size_t)(user * 0x9e3779b97f4a7c15u >> 32) & (self->capacity - 1);
    while (self->places[index] && self->places[index] != user)
        index = (index + 1) & (self->capacity - 1);
    return &self->places[index];
}

static void s_grow(user_set_t *self)
{
    user_set_t before = *self;
    self->capacity *= 2;
    self->places = lex_calloc(self->capacity, sizeof *self->places);
    for (size_t i = 0; i < before.capacity; i++)
        if (before.places[i])
            *s_place(self, before.places[i]) = before.places[i];
    free(before.places);
}

void user_set_add(user_set_t *self, uint64_t user)
{
    if (user_set_has(self, user))
        return;
    self->size++;
    if (user == 0) {
        self->has_zero = true;
        return;
    }
    if (self->size * 2 > self->capacity)
        s_grow(self);
    *s_place(self, user) = user;
}

bool user_set_has(const user_set_t *self, uint64_t user)
{
    return user == 0 ? self->has_zero : *s_place(self, user) == user;
}

void user_set_clear(user_set_t *self)
{
    memset(self->places, 0, self->capacity * sizeof *self->places);
    self->size = 0;
    self->has_zero = false;
}

size_t user_set_size(const user_set_t *self)
{
    return self->size;
}
