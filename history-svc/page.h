/* A page of records in memory, and how it is written into a reply (docs/protocol.md section 7). */

#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/writer.h"

#define PAGE_RECORDS_MAX 1000

typedef struct {
    uint64_t n;
    uint64_t time; /* UTC ms */
    bool found;
    size_t word; /* offset into the page's text */
    size_t size;
} page_record_t;

typedef struct {
    page_record_t *records; /* PAGE_RECORDS_MAX places */
    size_t count;
    char *text;
    size_t text_size;
    size_t text_capacity;
    uint64_t cursor; /* where the next page begins, 0: this was the last */
} page_t;

page_t *page_new(void);
void page_destroy(page_t **self_p);

void page_clear(page_t *self);
/* The word is copied. Adding to a page of PAGE_RECORDS_MAX records is our bug. */
void page_add(page_t *self, uint64_t n, uint64_t time, bool found, const char *word, size_t size);

/* The pair `records`. */
void page_write(const page_t *self, lex_writer_t *writer);

#endif
