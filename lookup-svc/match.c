#include "lookup-svc/match.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"
#include "lookup-svc/match_best.h"
#include "lookup-svc/match_cursor.h"
#include "lookup-svc/match_filter.h"
#include "lookup-svc/match_text.h"
#include "lookup-svc/match_walk.h"
#include "lookup-svc/nearest.h"
#include "lookup-svc/nearest_halves.h"

/* One call of match_run. */
typedef struct {
    const scope_t *scope;
    const match_query_t *query;
    match_result_t *result;
    match_cursor_t cursor; /* where this page begins, then where the next one does */
    match_deadline_t deadline;
    bool ranked;
    match_best_t best; /* takes the matches when they are ranked */
} s_run_t;

void match_result_close(match_result_t *self)
{
    free(self->matches);
    *self = (match_result_t){0};
}

static void s_add(match_result_t *self, const match_t *match)
{
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : MATCH_LIMIT;
        self->matches = lex_realloc(self->matches, self->capacity * sizeof *self->matches);
    }
    self->matches[self->count++] = *match;
}

/* ---- by key: pages are cut off a walk ---- */

/* How many matches this page may have. */
static size_t s_room(const s_run_t *self)
{
    const match_query_t *query = self->query;
    if (query->strategy != MATCH_NPREFIX)
        return query->limit;
    uint64_t count = query->count ? query->count : query->limit;
    uint64_t passed = self->cursor.passed;
    uint64_t given = passed > query->skip ? passed - query->skip : 0;
    uint64_t left = count > given ? count - given : 0;
    return left < query->limit ? (size_t)left : query->limit;
}

/* True when the matches that are wanted at all are given. */
static bool s_is_last(const s_run_t *self)
{
    const match_query_t *query = self->query;
    uint64_t count = query->count ? query->count : query->limit;
    return query->strategy == MATCH_NPREFIX && self->cursor.passed >= query->skip + count;
}

/* Takes a match. False when the page was full before: the next one begins with this match. */
static bool s_take(s_run_t *self, const match_t *match, size_t room)
{
    if (self->ranked) {
        match_best_add(&self->best, &(match_item_t){.match = *match});
        return true;
    }
    if (self->query->strategy == MATCH_NPREFIX && self->cursor.passed < self->query->skip) {
        self->cursor.passed++;
        return true;
    }
    if (self->result->count == room) {
        match_place_of(match, &self->cursor.place);
        return false;
    }
    s_add(self->result, match);
    self->cursor.passed++;
    return true;
}

typedef enum { PASS_ENDED, PASS_FULL, PASS_LATE, PASS_COSTLY } s_pass_t;

/* One pass: as they are, or with `plain` those that match once accents are folded. */
static s_pass_t s_pass(s_run_t *self, const match_pattern_t *pattern, const match_pattern_t *plain,
                       size_t room)
{
    static const s_pass_t ends[] = {[MATCH_WALK_END] = PASS_ENDED,
                                    [MATCH_WALK_LATE] = PASS_LATE,
                                    [MATCH_WALK_COSTLY] = PASS_COSTLY};
    match_walk_t walk = {.filter = &self->query->filter, .deadline = &self->deadline};
    match_t match;
    match_walk_status_t status;
    match_walk_open(&walk, self->scope, pattern, plain, &self->cursor.place);
    bool full = false;
    while (!full && (status = match_walk_next(&walk, &match)) == MATCH_WALK_FOUND)
        full = !s_take(self, &match, room) || (!self->ranked && s_is_last(self));
    s_pass_t pass = full ? PASS_FULL : ends[status];
    if (pass == PASS_LATE || pass == PASS_COSTLY)
        match_walk_place(&walk, &self->cursor.place);
    match_walk_close(&walk);
    return pass;
}

static s_pass_t s_passes(s_run_t *self, const match_pattern_t *pattern, size_t room)
{
    s_pass_t pass = PASS_ENDED;
    if (!self->cursor.place.accent) {
        pass = s_pass(self, pattern, NULL, room);
        if (pass != PASS_ENDED)
            return pass;
        self->cursor.place = (match_place_t){.accent = true};
    }
    match_pattern_t fold;
    if (match_pattern_fold(&fold, pattern))
        pass = s_pass(self, &fold, pattern, room);
    match_pattern_close(&fold);
    return pass;
}

static match_status_t s_too_costly(s_run_t *self)
{
    const match_place_t *place = &self->cursor.place;
    snprintf(self->result->why, sizeof self->result->why,
             "the pattern takes too many steps on the word %.*s",
             place->size < 80 ? (int)place->size : 80, place->key);
    self->result->count = 0;
    return MATCH_TOO_COSTLY;
}

static match_status_t s_walk(s_run_t *self)
{
    match_pattern_t pattern;
    match_result_t *result = self->result;
    size_t room = s_room(self);
    match_status_t status =
        match_pattern_open(&pattern, self->query, result->why, sizeof result->why);
    s_pass_t pass = PASS_ENDED;
    if (status == MATCH_OK)
        pass = s_passes(self, &pattern, room);
    match_pattern_close(&pattern);
    if (pass == PASS_COSTLY)
        return s_too_costly(self);
    if (status != MATCH_OK || self->ranked)
        return status;
    /* A page that is full is complete, even if the look at what follows took too long. */
    result->complete = pass != PASS_LATE || result->count == room;
    if (pass != PASS_ENDED && !s_is_last(self))
        match_cursor_write(self->query, &self->cursor, result);
    return MATCH_OK;
}

/* ---- ranked: all matches are put into order, and pages are cut out of that ---- */

/* Adds a key within the distance asked for. False when time is up. */
static bool s_add_near(s_run_t *self, match_item_t *item, const index_view_t *view,
                       unsigned distance)
{
    if (match_deadline_tick(&self->deadline, 64))
        return false;
    size_t size;
    const char *key = index_table_string(&view->keys, item->match.key, &size);
    item->match.distance = (uint8_t)distance;
    item->match.rank = view->ranks ? view->ranks[item->match.key] : 0;
    item->length = (uint32_t)lex_text_length(key, size);
    if (match_filter_passes(&self->query->filter, view, item->match.key))
        match_best_add(&self->best, item);
    return true;
}

static void s_near_in(s_run_t *self, const match_pattern_t *pattern, const dictionary_t *dictionary)
{
    match_item_t item = {.match.dictionary = dictionary};
    const index_view_t *view = index_view(dictionary->index);
    unsigned distance;
    if (self->query->distance == 1) {
        nearest_halves_t halves;
        nearest_halves_open(&halves, view, pattern->key, pattern->size);
        while (nearest_halves_next(&halves, &item.match.key, &distance) &&
               s_add_near(self, &item, view, distance))
            ;
    } else {
        nearest_t walk;
        nearest_open(&walk, view, pattern->key, pattern->size, self->query->distance);
        while (nearest_next(&walk, &item.match.key, &distance) &&
               s_add_near(self, &item, view, distance))
            ;
    }
    /* The walk itself takes some ten milliseconds for the largest dictionaries. */
    match_deadline_tick(&self->deadline, MATCH_DEADLINE_WORK);
}

static match_status_t s_near(s_run_t *self)
{
    match_pattern_t pattern;
    match_status_t status =
        match_pattern_open(&pattern, self->query, self->result->why, sizeof self->result->why);
    for (size_t i = 0; i < self->scope->count && status == MATCH_OK && !self->deadline.passed; i++)
        s_near_in(self, &pattern, self->scope->dictionaries + i);
    match_pattern_close(&pattern);
    return status;
}

static match_status_t s_text(s_run_t *self)
{
    match_text_t text;
    const match_query_t *query = self->query;
    if (match_text_parse(&text, query->pattern, query->pattern_size) == -1) {
        snprintf(self->result->why, sizeof self->result->why,
                 "the pattern has no word, or more than %u", MATCH_TEXT_TERMS);
        return MATCH_BAD_PATTERN;
    }
    for (size_t i = 0; i < self->scope->count; i++)
        if (!match_text_search(&text, self->scope->dictionaries + i, &query->filter,
                               &self->deadline, &self->best))
            break;
    return MATCH_OK;
}

static match_status_t s_gather(s_run_t *self)
{
    switch (self->query->strategy) {
    case MATCH_LEV:
        return s_near(self);
    case MATCH_TEXT:
        return s_text(self);
    default:
        return s_walk(self);
    }
}

static match_status_t s_ranked(s_run_t *self)
{
    const match_query_t *query = self->query;
    match_result_t *result = self->result;
    match_best_t *best = &self->best;
    if (self->cursor.passed > MATCH_SORTED_MAX - query->limit) {
        snprintf(result->why, sizeof result->why, "only the first %u matches are put into order",
                 MATCH_SORTED_MAX);
        return MATCH_TOO_COSTLY;
    }
    size_t passed = (size_t)self->cursor.passed, end = passed + query->limit;
    self->ranked = true;
    match_best_open(best, end + 1, query->by_rank);
    match_status_t status = s_gather(self);
    if (status == MATCH_OK) {
        match_best_sort(best);
        for (size_t i = passed; i < best->count && i < end; i++)
            s_add(result, &best->items[i].match);
        /* What comes in an order that is not known to be right has no next page. */
        result->complete = !self->deadline.passed;
        if (best->count > end && result->complete) {
            self->cursor = (match_cursor_t){.passed = end};
            match_cursor_write(query, &self->cursor, result);
        }
    }
    match_best_close(best);
    return status;
}

match_status_t match_run(const scope_t *scope, const match_query_t *query, match_result_t *result)
{
    assert(query->limit >= 1 && query->limit <= MATCH_LIMIT_MAX);
    assert(query->pattern_size >= 1 && query->pattern_size <= MATCH_PATTERN_MAX);
    assert(query->strategy != MATCH_LEV || query->distance <= NEAREST_MAX);
    result->count = 0;
    result->complete = true;
    result->cursor_size = 0;
    result->why[0] = '\0';
    s_run_t run = {.scope = scope, .query = query, .result = result};
    if (match_cursor_read(query, &run.cursor) == -1)
        return MATCH_BAD_CURSOR;
    run.deadline = match_deadline(query->budget_ms ? query->budget_ms : MATCH_BUDGET_MS);
    return query->by_rank || match_strategy_is_ranked(query->strategy) ? s_ranked(&run)
                                                                       : s_walk(&run);
}
