/* The inverted lists that a builder (postings_build.h) has in memory: a hash table from terms to
 * lists, which grow as chains of chunks that double in size. */

#ifndef POSTINGS_MEMORY_H
#define POSTINGS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/postings_build.h"

typedef struct postings_memory postings_memory_t;

/* Never NULL. */
postings_memory_t *postings_memory_new(bool with_times);
void postings_memory_destroy(postings_memory_t **self_p);

/* Bytes in use. */
size_t postings_memory_bytes(const postings_memory_t *self);

/* As postings_builder_add; -1, without a word, when there is no memory. */
int postings_memory_add(postings_memory_t *self, const char *term, size_t size, uint32_t number);

/* What is said of a list. */
typedef struct {
    uint32_t count; /* items */
    uint32_t last;  /* number of the last one */
    uint32_t size;  /* bytes of the items */
    uint32_t term_size;
    char term[POSTINGS_TERM_MAX];
} postings_head_t;

/* Takes a list: its items as in postings.h, without the count before them. */
typedef int(postings_items_fn)(void *arg, const postings_head_t *head, const void *items);

/* Compares the terms. */
int postings_head_compare(const postings_head_t *a, const postings_head_t *b);

/* Gives all lists in byte order of the terms and forgets them. 0, or -1. */
int postings_memory_drain(postings_memory_t *self, postings_items_fn *take, void *arg);

#endif
