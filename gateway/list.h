/* Intrusive circular lists: a node lives inside the thing it links, so that joining and leaving
 * cost no memory. A list is a node that stands for no thing. A node that is in no list points at
 * itself. */

#ifndef GATEWAY_LIST_H
#define GATEWAY_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct list {
    struct list *prev;
    struct list *next;
} list_t;

/* The thing around a node: list_item(node, request_t, place). */
#define list_item(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))

static inline void list_init(list_t *self)
{
    self->prev = self;
    self->next = self;
}

static inline bool list_is_empty(const list_t *self)
{
    return self->next == self;
}

static inline void list_insert_after(list_t *node, list_t *place)
{
    node->prev = place;
    node->next = place->next;
    place->next->prev = node;
    place->next = node;
}

static inline void list_append(list_t *self, list_t *node)
{
    list_insert_after(node, self->prev);
}

static inline void list_prepend(list_t *self, list_t *node)
{
    list_insert_after(node, self);
}

/* Leaves whatever list the node is in; harmless when it is in none. */
static inline void list_remove(list_t *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

#endif
