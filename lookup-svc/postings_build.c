#include "lookup-svc/postings_build.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/buffer.h"
#include "lookup-svc/index_format.h"
#include "lookup-svc/postings_memory.h"
#include "lookup-svc/spool.h"
#include "lookup-svc/varint.h"

typedef struct {
    uint64_t offset, end;
} s_run_t;

/* A run that is being read: its list whose bytes come next. */
typedef struct {
    spool_reader_t reader;
    bool ended;
    postings_head_t head;
} s_cursor_t;

struct postings_builder {
    char *beside;
    size_t budget;
    uint32_t number; /* the one that was added last */
    postings_memory_t *memory;
    spool_t *spool;
    size_t runs;
    s_run_t run[POSTINGS_RUNS];
    buffer_t list; /* the one that is being put together */
};

postings_builder_t *postings_builder_new(const char *beside, size_t budget, bool with_times)
{
    assert(budget <= INT32_MAX);
    postings_builder_t *self = lex_calloc(1, sizeof *self);
    self->beside = lex_strdup(beside);
    self->budget = budget;
    self->memory = postings_memory_new(with_times);
    return self;
}

void postings_builder_destroy(postings_builder_t **self_p)
{
    postings_builder_t *self = *self_p;
    if (!self)
        return;
    postings_memory_destroy(&self->memory);
    spool_destroy(&self->spool);
    buffer_close(&self->list);
    free(self->beside);
    free(self);
    *self_p = NULL;
}

/* ---- runs: one term behind another, each a postings_head_t up to its term's end and the items
 * ---- */

#define HEAD_SIZE offsetof(postings_head_t, term)

static int s_put_run(void *arg, const postings_head_t *head, const void *items)
{
    if (spool_put(arg, head, HEAD_SIZE + head->term_size) == -1)
        return -1;
    return spool_put(arg, items, head->size);
}

static int s_advance(s_cursor_t *cursor)
{
    cursor->ended = spool_reader_left(&cursor->reader) == 0;
    if (cursor->ended)
        return 0;
    if (spool_reader_read(&cursor->reader, &cursor->head, HEAD_SIZE) == -1 ||
        cursor->head.term_size > POSTINGS_TERM_MAX)
        return -1;
    return spool_reader_read(&cursor->reader, cursor->head.term, cursor->head.term_size);
}

static int s_open_cursors(postings_builder_t *self, s_cursor_t cursors[POSTINGS_RUNS])
{
    int rc = 0;
    for (size_t i = 0; i < self->runs; i++) {
        spool_reader_open(&cursors[i].reader, self->spool, self->run[i].offset, self->run[i].end);
        if (s_advance(cursors + i) == -1)
            rc = -1;
    }
    return rc;
}

/* The run with the smallest term, the earliest among equals; NULL at the end. */
static const s_cursor_t *s_smallest(const s_cursor_t *cursors, size_t count)
{
    const s_cursor_t *smallest = NULL;
    for (size_t i = 0; i < count; i++)
        if (!cursors[i].ended &&
            (!smallest || postings_head_compare(&cursors[i].head, &smallest->head) < 0))
            smallest = cursors + i;
    return smallest;
}

/* Reads the items of a run behind those of earlier ones. Only the first step changes: it is counted
 * from -1 in the run. */
static int s_append_items(postings_builder_t *self, s_cursor_t *cursor, postings_head_t *merged)
{
    unsigned char first[VARINT_MAX];
    size_t size = 0;
    uint32_t step = 0;
    do
        if (size == sizeof first || spool_reader_read(&cursor->reader, first + size, 1) == -1)
            return -1;
    while (first[size++] & 0x80);
    const unsigned char *next = first;
    if (!varint_get(&next, first + size, &step) || size > cursor->head.size)
        return -1;
    size_t left = cursor->head.size - size;
    if (merged->count > 0)
        step -= (merged->last + 1) << 1;
    size = varint_put(first, step);
    if (buffer_add(&self->list, first, size) == -1 || buffer_extend(&self->list, left) == -1) {
        lex_error("index has no memory for an inverted list");
        return -1;
    }
    merged->count += cursor->head.count;
    merged->last = cursor->head.last;
    return spool_reader_read(&cursor->reader, self->list.data + self->list.size - left, left);
}

/* Puts the lists of the smallest term together. */
static int s_merge_term(postings_builder_t *self, s_cursor_t *cursors, const s_cursor_t *smallest,
                        postings_head_t *merged)
{
    *merged = smallest->head;
    merged->count = 0;
    self->list.size = 0;
    for (size_t i = (size_t)(smallest - cursors); i < self->runs; i++) {
        if (cursors[i].ended || postings_head_compare(&cursors[i].head, merged) != 0)
            continue;
        if (s_append_items(self, cursors + i, merged) == -1 || s_advance(cursors + i) == -1)
            return -1;
    }
    merged->size = (uint32_t)self->list.size;
    return 0;
}

static int s_merge_runs(postings_builder_t *self, postings_items_fn *take, void *arg)
{
    s_cursor_t cursors[POSTINGS_RUNS] = {0};
    const s_cursor_t *smallest;
    postings_head_t merged;
    int rc = s_open_cursors(self, cursors);
    while (rc == 0 && (smallest = s_smallest(cursors, self->runs))) {
        rc = s_merge_term(self, cursors, smallest, &merged);
        if (rc == 0)
            rc = take(arg, &merged, self->list.data);
    }
    for (size_t i = 0; i < self->runs; i++)
        spool_reader_close(&cursors[i].reader);
    return rc;
}

/* Makes one run of all. */
static int s_join_runs(postings_builder_t *self)
{
    spool_t *merged = spool_new(self->beside);
    int rc = s_merge_runs(self, s_put_run, merged);
    spool_destroy(&self->spool);
    self->spool = merged;
    self->runs = 1;
    self->run[0] = (s_run_t){0, spool_size(merged)};
    return rc;
}

/* Makes a run of what is in memory. */
static int s_spill(postings_builder_t *self)
{
    if (!self->spool)
        self->spool = spool_new(self->beside);
    if (self->runs == POSTINGS_RUNS && s_join_runs(self) == -1)
        return -1;
    uint64_t offset = spool_size(self->spool);
    if (postings_memory_drain(self->memory, s_put_run, self->spool) == -1)
        return -1;
    self->run[self->runs++] = (s_run_t){offset, spool_size(self->spool)};
    return 0;
}

/* ---- use ---- */

int postings_builder_add(postings_builder_t *self, const char *term, size_t size, uint32_t number)
{
    assert(number >= self->number && number < INDEX_ENTRIES_MAX);
    if (number > self->number && postings_memory_bytes(self->memory) > self->budget &&
        s_spill(self) == -1)
        return -1;
    self->number = number;
    if (postings_memory_add(self->memory, term, size, number) == 0)
        return 0;
    lex_error("index has no memory for inverted lists");
    return -1;
}

typedef struct {
    postings_list_fn *list;
    void *arg;
    buffer_t whole; /* the count and the items behind it */
} s_output_t;

static int s_give(void *arg, const postings_head_t *head, const void *items)
{
    s_output_t *output = arg;
    unsigned char count[VARINT_MAX];
    output->whole.size = 0;
    if (buffer_add(&output->whole, count, varint_put(count, head->count)) == -1 ||
        buffer_add(&output->whole, items, head->size) == -1) {
        lex_error("index has no memory for an inverted list");
        return -1;
    }
    return output->list(output->arg, head->term, head->term_size, output->whole.data,
                        output->whole.size);
}

int postings_builder_finish(postings_builder_t *self, postings_list_fn *list, void *arg)
{
    s_output_t output = {.list = list, .arg = arg};
    int rc;
    if (self->runs == 0)
        rc = postings_memory_drain(self->memory, s_give, &output);
    else if ((rc = s_spill(self)) == 0)
        rc = s_merge_runs(self, s_give, &output);
    buffer_close(&output.whole);
    return rc;
}
