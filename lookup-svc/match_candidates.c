#include "lookup-svc/match_candidates.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define RANGE_SMALL 256u  /* strings that are looked at one by one without any further thought */
#define NUMBERS_MAX 4096u /* numbers that are sorted; more become bits */
#define DENSE       8u    /* once every eighth string is a candidate, all are */
#define GRAM_SIZE   3u
#define SOUNDEX_RUN 64u /* codes that are compared at a time */

/* ---- numbers in no order ---- */

static int s_compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static void s_set_bit(match_candidates_t *self, uint32_t item)
{
    uint32_t bit = item / self->unit;
    self->bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

static void s_use_bits(match_candidates_t *self, uint32_t items, uint32_t unit)
{
    self->way = CANDIDATES_BITS;
    self->unit = unit;
    self->bits = lex_calloc(items / unit / 64 + 1, sizeof *self->bits);
}

/* Takes those of the numbers that are in the range. */
static void s_use_numbers(match_candidates_t *self, const uint32_t *numbers, uint32_t count)
{
    if (count > NUMBERS_MAX) {
        s_use_bits(self, self->view->keys.count, 1);
        for (uint32_t i = 0; i < count; i++)
            s_set_bit(self, numbers[i]);
        return;
    }
    self->way = CANDIDATES_NUMBERS;
    self->numbers = lex_malloc((count + 1) * sizeof *self->numbers);
    for (uint32_t i = 0; i < count; i++)
        if (numbers[i] >= self->first && numbers[i] < self->end)
            self->numbers[self->number_count++] = numbers[i];
    qsort(self->numbers, self->number_count, sizeof *self->numbers, s_compare);
}

/* ---- grams ---- */

static uint32_t s_gram(const char *bytes)
{
    const unsigned char *gram = (const unsigned char *)bytes;
    return (uint32_t)gram[0] << 16 | (uint32_t)gram[1] << 8 | gram[2];
}

static uint32_t s_blocks(const index_view_t *view)
{
    return (view->keys.count + INDEX_BLOCK - 1) / INDEX_BLOCK;
}

/* Keeps the shortest lists, shortest first. */
static void s_add_list(match_candidates_t *self, index_list_t list)
{
    postings_t postings;
    postings_open(&postings, list, s_blocks(self->view));
    size_t place = self->list_count;
    while (place > 0 && self->lists[place - 1].left > postings.left)
        place--;
    if (place == MATCH_LISTS_MAX)
        return;
    size_t behind = self->list_count - place;
    if (self->list_count == MATCH_LISTS_MAX)
        behind--;
    else
        self->list_count++;
    memmove(self->lists + place + 1, self->lists + place, behind * sizeof *self->lists);
    self->lists[place] = postings;
}

static void s_add_lists(match_candidates_t *self, const match_hints_t *hints)
{
    for (size_t i = 0; i < hints->piece_count; i++)
        for (size_t j = 0; j + GRAM_SIZE <= hints->pieces[i].size; j++)
            s_add_list(self, index_view_gram(self->view, s_gram(hints->pieces[i].data + j)));
}

/* Two bytes: behind them comes at least the blank that ends a key, so one of the grams that begin
 * with them has every key that they are in. */
static void s_use_pair(match_candidates_t *self, lex_span_t pair)
{
    uint32_t item, end;
    postings_t postings;
    s_use_bits(self, self->view->keys.count, INDEX_BLOCK);
    index_view_grams(self->view, (unsigned char)pair.data[0], (unsigned char)pair.data[1], &item,
                     &end);
    for (; item < end; item++) {
        postings_open(&postings, index_view_gram_at(self->view, item), s_blocks(self->view));
        while (postings_next(&postings))
            s_set_bit(self, postings.number * INDEX_BLOCK);
    }
}

/* ---- choosing ---- */

/* A trailing blank may stand for the padding: then the two bytes before it have no third of their own. */
static bool s_find_pair(const match_hints_t *hints, lex_span_t *pair)
{
    for (size_t i = 0; i < hints->piece_count; i++)
        if (hints->pieces[i].size == GRAM_SIZE - 1 && hints->pieces[i].data[1] != ' ') {
            *pair = hints->pieces[i];
            return true;
        }
    return false;
}

/* Chooses for keys by what each way has to look at. */
static void s_choose(match_candidates_t *self, const match_hints_t *hints)
{
    uint32_t cost = self->end - self->first, ending = 0, ending_end = 0;
    lex_span_t pair;
    if (cost <= RANGE_SMALL)
        return;
    if (hints->suffix.size > 0) {
        index_view_suffix(self->view, hints->suffix.data, hints->suffix.size, &ending, &ending_end);
        if (ending_end - ending < cost / DENSE)
            cost = (ending_end - ending) * DENSE;
        else
            ending = ending_end = UINT32_MAX; /* not by its end */
    }
    s_add_lists(self, hints);
    if (self->list_count > 0 && self->lists[0].left < cost / INDEX_BLOCK)
        self->way = CANDIDATES_LISTS;
    else if (hints->suffix.size > 0 && ending != UINT32_MAX)
        s_use_numbers(self, self->view->reversed + ending, ending_end - ending);
    else if (self->list_count == 0 && s_find_pair(hints, &pair))
        s_use_pair(self, pair);
}

static void s_open(match_candidates_t *self, const index_view_t *view, const index_table_t *table,
                   const match_pattern_t *pattern, uint32_t from)
{
    *self = (match_candidates_t){.way = CANDIDATES_RANGE, .view = view, .end = table->count};
    uint32_t item;
    if (pattern->strategy == MATCH_EXACT) {
        bool found = index_table_find(table, pattern->key, pattern->size, &item);
        self->first = found ? item : 0;
        self->end = found ? item + 1 : 0;
    } else if (pattern->hints.prefix.size > 0) {
        index_table_prefix(table, pattern->hints.prefix.data, pattern->hints.prefix.size,
                           &self->first, &self->end);
    }
    if (self->first < from)
        self->first = from;
    /* Of words without any letter of a to z those beyond ASCII do not sound alike (match_pattern.c). */
    bool nothing =
        pattern->strategy == MATCH_SOUNDEX && pattern->soundex == 0 && pattern->key[0] & 0x80;
    if (self->end < self->first || nothing)
        self->end = self->first;
}

void match_candidates_open_keys(match_candidates_t *self, const index_view_t *view,
                                const match_pattern_t *pattern, uint32_t from)
{
    uint32_t item;
    s_open(self, view, &view->keys, pattern, from);
    if (pattern->strategy == MATCH_SOUNDEX) {
        self->way = CANDIDATES_SOUNDEX;
        self->soundex = pattern->soundex;
    } else if (pattern->strategy == MATCH_READING) {
        const index_alternates_t *readings = &view->readings;
        if (index_table_find(&readings->table, pattern->reading.letters, pattern->reading.size,
                             &item)) {
            const index_string_t *string = readings->table.strings + item;
            s_use_numbers(self, readings->keys + string[0].first,
                          string[1].first - string[0].first);
        } else {
            self->end = self->first;
        }
    } else {
        s_choose(self, &pattern->hints);
    }
}

void match_candidates_open_folds(match_candidates_t *self, const index_view_t *view,
                                 const match_pattern_t *pattern, uint32_t from)
{
    s_open(self, view, &view->folds.table, pattern, from);
}

void match_candidates_close(match_candidates_t *self)
{
    free(self->numbers);
    free(self->bits);
    *self = (match_candidates_t){0};
}

/* ---- reading ---- */

static bool s_run_numbers(match_candidates_t *self, uint32_t from, uint32_t *first, uint32_t *end)
{
    size_t low = 0, high = self->number_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->numbers[middle] < from)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == self->number_count)
        return false;
    *first = self->numbers[low];
    *end = *first + 1;
    return true;
}

static bool s_run_bits(match_candidates_t *self, uint32_t from, uint32_t *first, uint32_t *end)
{
    uint32_t bit = from / self->unit, last = (self->end - 1) / self->unit;
    uint64_t word = self->bits[bit / 64] >> bit % 64 << bit % 64;
    for (uint32_t i = bit / 64; i <= last / 64; word = self->bits[++i])
        if (word) {
            bit = i * 64 + (uint32_t)__builtin_ctzll(word);
            *first = bit * self->unit;
            *end = *first + self->unit;
            return true;
        } else if (i == last / 64) {
            break;
        }
    return false;
}

/* The lists walk towards one another until all stand at the same block. */
static bool s_run_lists(match_candidates_t *self, uint32_t from, uint32_t *first, uint32_t *end)
{
    uint32_t block = from / INDEX_BLOCK;
    for (size_t i = 0, equal = 0; equal < self->list_count; i = (i + 1) % self->list_count) {
        if (!postings_seek(self->lists + i, block))
            return false;
        equal = self->lists[i].number == block ? equal + 1 : 1;
        block = self->lists[i].number;
    }
    *first = block * INDEX_BLOCK;
    *end = *first + INDEX_BLOCK;
    return true;
}

static bool s_run_soundex(match_candidates_t *self, uint32_t from, uint32_t *first, uint32_t *end)
{
    const uint16_t *codes = self->view->soundex;
    for (; self->end - from >= SOUNDEX_RUN; from += SOUNDEX_RUN) {
        uint16_t any = 0;
        for (unsigned i = 0; i < SOUNDEX_RUN; i++)
            any |= codes[from + i] == self->soundex;
        if (any)
            break;
    }
    while (from < self->end && codes[from] != self->soundex)
        from++;
    *first = from;
    *end = from + 1;
    return from < self->end;
}

bool match_candidates_run(match_candidates_t *self, uint32_t from, uint32_t *first, uint32_t *end)
{
    static bool (*const ways[])(match_candidates_t *, uint32_t, uint32_t *, uint32_t *) = {
        [CANDIDATES_NUMBERS] = s_run_numbers,
        [CANDIDATES_BITS] = s_run_bits,
        [CANDIDATES_LISTS] = s_run_lists,
        [CANDIDATES_SOUNDEX] = s_run_soundex,
    };
    if (from < self->first)
        from = self->first;
    if (from >= self->end)
        return false;
    *first = from;
    *end = self->end;
    if (self->way != CANDIDATES_RANGE && !ways[self->way](self, from, first, end))
        return false;
    /* A unit may begin before the range, and end behind it. */
    if (*first < from)
        *first = from;
    if (*end > self->end)
        *end = self->end;
    return *first < *end;
}
