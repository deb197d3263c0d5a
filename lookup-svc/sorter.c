#include "lookup-svc/sorter.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/buffer.h"
#include "lookup-svc/spool.h"

/* A record in memory. */
typedef struct {
    uint64_t order;  /* its first eight bytes, big-endian: most comparisons end here, without
                        touching the record */
    uint32_t offset; /* in the records */
    uint16_t size;
} s_item_t;

/* Where a run stands in the spool. */
typedef struct {
    uint64_t offset, end;
} s_run_t;

/* A run that is being read, and its record. */
typedef struct {
    spool_reader_t reader;
    bool ended;
    uint16_t size;
    unsigned char record[SORTER_RECORD_MAX];
} s_cursor_t;

struct sorter {
    char *beside;
    size_t budget;
    buffer_t records;
    buffer_t items; /* s_item_t */
    size_t next;    /* item that is read next, when all stayed in memory */
    spool_t *spool;
    size_t runs;
    s_run_t run[SORTER_RUNS];
    s_cursor_t *cursors; /* one a run while they are merged */
    s_cursor_t *given;   /* whose record was given last */
};

sorter_t *sorter_new(const char *beside, size_t budget)
{
    assert(budget < INT32_MAX);
    sorter_t *self = lex_calloc(1, sizeof *self);
    self->beside = lex_strdup(beside);
    self->budget = budget;
    return self;
}

static void s_close_cursors(sorter_t *self)
{
    for (size_t i = 0; self->cursors && i < self->runs; i++)
        spool_reader_close(&self->cursors[i].reader);
    free(self->cursors);
    self->cursors = NULL;
    self->given = NULL;
}

void sorter_destroy(sorter_t **self_p)
{
    sorter_t *self = *self_p;
    if (!self)
        return;
    s_close_cursors(self);
    spool_destroy(&self->spool);
    buffer_close(&self->records);
    buffer_close(&self->items);
    free(self->beside);
    free(self);
    *self_p = NULL;
}

static int s_compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
    int rc = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return rc ? rc : (a_size > b_size) - (a_size < b_size);
}

static int s_compare_items(const void *a, const void *b, void *records)
{
    const s_item_t *left = a, *right = b;
    if (left->order != right->order)
        return left->order < right->order ? -1 : 1;
    return s_compare_bytes((char *)records + left->offset, left->size,
                           (char *)records + right->offset, right->size);
}

static void s_sort_items(sorter_t *self)
{
    size_t count = self->items.size / sizeof(s_item_t);
    if (count > 0)
        qsort_r(self->items.data, count, sizeof(s_item_t), s_compare_items, self->records.data);
}

/* ---- runs ---- */

static int s_put_record(spool_t *spool, const void *record, uint16_t size)
{
    return spool_put(spool, &size, sizeof size) == -1 ? -1 : spool_put(spool, record, size);
}

/* Reads the next record of a run. */
static int s_advance(s_cursor_t *cursor)
{
    cursor->ended = spool_reader_left(&cursor->reader) == 0;
    if (cursor->ended)
        return 0;
    if (spool_reader_read(&cursor->reader, &cursor->size, sizeof cursor->size) == -1 ||
        cursor->size > SORTER_RECORD_MAX)
        return -1;
    return spool_reader_read(&cursor->reader, cursor->record, cursor->size);
}

static int s_open_cursors(sorter_t *self)
{
    self->cursors = lex_calloc(self->runs, sizeof *self->cursors);
    int rc = 0;
    for (size_t i = 0; i < self->runs; i++) {
        s_cursor_t *cursor = self->cursors + i;
        spool_reader_open(&cursor->reader, self->spool, self->run[i].offset, self->run[i].end);
        if (s_advance(cursor) == -1)
            rc = -1;
    }
    return rc;
}

/* Goes to the smallest record of all runs. */
static int s_merge_next(sorter_t *self, const void **record, size_t *size)
{
    if (self->given && s_advance(self->given) == -1)
        return -1;
    self->given = NULL;
    for (s_cursor_t *cursor = self->cursors; cursor < self->cursors + self->runs; cursor++)
        if (!cursor->ended &&
            (!self->given || s_compare_bytes(cursor->record, cursor->size, self->given->record,
                                             self->given->size) < 0))
            self->given = cursor;
    if (!self->given)
        return 0;
    *record = self->given->record;
    *size = self->given->size;
    return 1;
}

/* Makes one run of all. */
static int s_merge_runs(sorter_t *self)
{
    spool_t *merged = spool_new(self->beside);
    const void *record;
    size_t size;
    int rc = s_open_cursors(self);
    if (rc == 0)
        while ((rc = s_merge_next(self, &record, &size)) == 1)
            if ((rc = s_put_record(merged, record, (uint16_t)size)) == -1)
                break;
    s_close_cursors(self);
    spool_destroy(&self->spool);
    self->spool = merged;
    self->runs = 1;
    self->run[0] = (s_run_t){0, spool_size(merged)};
    return rc;
}

/* Makes a run of what is in memory. */
static int s_spill(sorter_t *self)
{
    if (!self->spool)
        self->spool = spool_new(self->beside);
    if (self->runs == SORTER_RUNS && s_merge_runs(self) == -1)
        return -1;
    s_sort_items(self);
    uint64_t offset = spool_size(self->spool);
    const s_item_t *items = (const void *)self->items.data;
    for (size_t i = 0; i < self->items.size / sizeof *items; i++)
        if (s_put_record(self->spool, self->records.data + items[i].offset, items[i].size) == -1)
            return -1;
    self->run[self->runs++] = (s_run_t){offset, spool_size(self->spool)};
    self->items.size = 0;
    self->records.size = 0;
    return 0;
}

/* ---- use ---- */

int sorter_add(sorter_t *self, const void *record, size_t size)
{
    assert(size > 0 && size <= SORTER_RECORD_MAX);
    /* The items count twice because sorting takes a copy of them. */
    if (self->items.size > 0 &&
        self->records.size + size + 2 * (self->items.size + sizeof(s_item_t)) > self->budget &&
        s_spill(self) == -1)
        return -1;
    s_item_t item = {.offset = (uint32_t)self->records.size, .size = (uint16_t)size};
    const unsigned char *bytes = record;
    for (size_t i = 0; i < sizeof item.order; i++)
        item.order = item.order << 8 | (i < size ? bytes[i] : 0);
    if (buffer_add(&self->records, record, size) == -1 ||
        buffer_add(&self->items, &item, sizeof item) == -1) {
        lex_error("index has no memory for sorting");
        return -1;
    }
    return 0;
}

int sorter_sort(sorter_t *self)
{
    if (self->runs == 0) {
        s_sort_items(self);
        return 0;
    }
    if (s_spill(self) == -1)
        return -1;
    buffer_close(&self->records);
    buffer_close(&self->items);
    return s_open_cursors(self);
}

int sorter_next(sorter_t *self, const void **record, size_t *size)
{
    if (self->runs > 0)
        return s_merge_next(self, record, size);
    const s_item_t *items = (const void *)self->items.data;
    if (self->next == self->items.size / sizeof *items)
        return 0;
    const s_item_t *item = items + self->next++;
    *record = self->records.data + item->offset;
    *size = item->size;
    return 1;
}
