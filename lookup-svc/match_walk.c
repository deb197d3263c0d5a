#include "lookup-svc/match_walk.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/utf8.h"
#include "lookup-svc/match_filter.h"

/* Strings of one table that are looked at before another table gets its turn, so that all of them
 * come on at the same pace and the place where a walk stops is far behind none of them. */
#define WALK_TURN 64u

#define FOUND_WORK 4u /* what a word costs that is found (match_deadline.h) */

/* ---- order ---- */

static int s_compare(const char *left, size_t left_size, const char *right, size_t right_size)
{
    int rc = memcmp(left, right, left_size < right_size ? left_size : right_size);
    if (rc != 0 || left_size == right_size)
        return rc;
    return left_size < right_size ? -1 : 1;
}

/* The stream that stands at the smallest string, the first one among equals. NULL at the end. */
static match_stream_t *s_smallest(const match_walk_t *self)
{
    match_stream_t *smallest = NULL;
    for (size_t i = 0; i < self->count; i++) {
        match_stream_t *stream = self->streams + i;
        if (!stream->ended && (!smallest || s_compare(stream->string, stream->size,
                                                      smallest->string, smallest->size) < 0))
            smallest = stream;
    }
    return smallest;
}

/* ---- streams ---- */

/* To the next candidate at or behind `from`. */
static inline void s_stand(match_stream_t *self, uint32_t from)
{
    self->matched = false;
    if (from < self->run_end)
        self->item = from;
    else if (!match_candidates_run(&self->candidates, from, &self->item, &self->run_end))
        self->ended = true;
    if (!self->ended)
        self->string = index_table_string(self->table, self->item, &self->size);
}

/* Where the walk begins. */
typedef struct {
    const match_place_t *place;
    size_t dictionary; /* where the place's one is among the dictionaries, 0 when it is gone */
    char fold[LEX_KEY_MAX];
    const char *string;
    size_t size;
} s_start_t;

static void s_start(s_start_t *self, const scope_t *scope, const match_place_t *place)
{
    *self = (s_start_t){.place = place, .string = place->key, .size = place->size};
    for (size_t i = 0; i < scope->count; i++)
        if (scope->dictionaries[i].id == place->dictionary)
            self->dictionary = i;
    ssize_t size =
        place->by_fold ? lex_text_fold(place->key, place->size, self->fold, sizeof self->fold) : 0;
    if (size <= 0)
        return;
    self->string = self->fold;
    self->size = (size_t)size;
}

/* The first of a fold's keys that is not less than the place's. */
static uint32_t s_start_within(const match_stream_t *self, const s_start_t *start)
{
    const index_string_t *string = self->table->strings + self->item;
    uint32_t within = string[0].first;
    for (; within < string[1].first; within++) {
        size_t size;
        const char *key =
            index_table_string(&self->view->keys, self->view->folds.keys[within], &size);
        if (s_compare(key, size, start->place->key, start->place->size) >= 0)
            break;
    }
    return within;
}

static void s_open_stream(match_stream_t *self, const dictionary_t *dictionary, bool folds,
                          const match_pattern_t *pattern, const s_start_t *start, int turn)
{
    const index_view_t *view = index_view(dictionary->index);
    *self = (match_stream_t){.dictionary = dictionary, .view = view, .folds = folds};
    self->table = folds ? &view->folds.table : &view->keys;
    uint32_t from = 0, end;
    bool there = false;
    if (start->size > 0) {
        index_table_prefix(self->table, start->string, start->size, &from, &end);
        size_t size = 0;
        if (from < self->table->count)
            index_table_string(self->table, from, &size);
        there = from < end && size == start->size;
    }
    if (there && turn < 0)
        from++;
    if (folds)
        match_candidates_open_folds(&self->candidates, view, pattern, from);
    else
        match_candidates_open_keys(&self->candidates, view, pattern, from);
    s_stand(self, from);
    if (!there || turn != 0 || !folds || self->ended || self->item != from)
        return;
    /* Some keys of this fold may have been given. */
    self->within = s_start_within(self, start);
    if (self->within == self->table->strings[from + 1].first)
        s_stand(self, from + 1);
    else if (self->within > self->table->strings[from].first)
        self->matched = match_pattern_test(pattern, self->string, self->size) > 0;
}

void match_walk_open(match_walk_t *self, const scope_t *scope, const match_pattern_t *pattern,
                     const match_pattern_t *plain, const match_place_t *from)
{
    s_start_t start;
    s_start(&start, scope, from);
    /* With a pattern without accents what matches as it is was given by the first pass. */
    bool keys = !plain || plain->size != pattern->size ||
                memcmp(plain->key, pattern->key, plain->size) != 0;
    self->pattern = pattern;
    self->plain = plain;
    self->streams = lex_calloc(scope->count * 2 + 1, sizeof *self->streams);
    self->count = 0;
    for (size_t i = 0; i < scope->count; i++)
        for (int folds = !keys; folds <= (plain != NULL); folds++) {
            size_t here = 2 * i + (size_t)folds, there = 2 * start.dictionary + from->by_fold;
            s_open_stream(self->streams + self->count++, scope->dictionaries + i, folds, pattern,
                          &start, here < there ? -1 : here > there);
        }
}

void match_walk_close(match_walk_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        match_candidates_close(&self->streams[i].candidates);
    free(self->streams);
    *self = (match_walk_t){0};
}

/* ---- going on ---- */

/* What a look at one word costs (match_deadline.h); of expressions it may grow with the square of its length, and more. */
static inline uint32_t s_work(match_strategy_t strategy, size_t size)
{
    if (strategy == MATCH_RE)
        return (uint32_t)(64 + size * size / 32);
    return strategy == MATCH_WILDCARD ? 4 : 1;
}

/* Looks at strings until one matches, for one turn. */
static match_walk_status_t s_look(match_walk_t *self, match_stream_t *stream)
{
    for (unsigned i = 0; i < WALK_TURN && !stream->ended; i++) {
        int rc = match_pattern_test(self->pattern, stream->string, stream->size);
        if (rc < 0) {
            self->costly = stream;
            return MATCH_WALK_COSTLY;
        }
        stream->matched = rc > 0;
        stream->within = stream->folds ? stream->table->strings[stream->item].first : 0;
        if (stream->matched)
            break;
        uint32_t work = s_work(self->pattern->strategy, stream->size);
        s_stand(stream, stream->item + 1);
        if (match_deadline_tick(self->deadline, work))
            return MATCH_WALK_LATE;
    }
    return MATCH_WALK_FOUND;
}

/* The next key of the item that matches; goes on behind it. */
static uint32_t s_take(match_stream_t *self)
{
    if (!self->folds) {
        uint32_t item = self->item;
        s_stand(self, item + 1);
        return item;
    }
    uint32_t key = self->view->folds.keys[self->within++];
    if (self->within == self->table->strings[self->item + 1].first)
        s_stand(self, self->item + 1);
    return key;
}

static bool s_has_fold(const char *key, size_t size)
{
    char fold[LEX_KEY_MAX];
    if (lex_utf8_ascii(key, size) == size)
        return false;
    ssize_t fold_size = lex_text_fold(key, size, fold, sizeof fold);
    return fold_size > 0 && ((size_t)fold_size != size || memcmp(fold, key, size) != 0);
}

/* In the accent pass a key comes by its fold if it has one, and not when it matches as it is. */
static bool s_is_due(const match_walk_t *self, const index_view_t *view, uint32_t key, bool by_fold)
{
    size_t size;
    if (!self->plain)
        return true;
    const char *string = index_table_string(&view->keys, key, &size);
    return match_pattern_test(self->plain, string, size) == 0 &&
           (by_fold || !s_has_fold(string, size));
}

match_walk_status_t match_walk_next(match_walk_t *self, match_t *match)
{
    match_stream_t *stream;
    while ((stream = s_smallest(self))) {
        if (self->late)
            return MATCH_WALK_LATE;
        if (!stream->matched) {
            match_walk_status_t status = s_look(self, stream);
            if (status == MATCH_WALK_COSTLY || (status == MATCH_WALK_LATE && s_smallest(self)))
                return status;
            continue; /* if it was late at the very last word, nothing is left to go on with */
        }
        const index_view_t *view = stream->view;
        const dictionary_t *dictionary = stream->dictionary;
        bool by_fold = stream->folds;
        uint32_t key = s_take(stream);
        if (s_is_due(self, view, key, by_fold) && match_filter_passes(self->filter, view, key) &&
            match_pattern_fits(self->pattern, view, key)) {
            *match = (match_t){.dictionary = dictionary, .key = key, .accent = self->plain != NULL};
            match->rank = view->ranks ? view->ranks[key] : 0;
            self->late = match_deadline_tick(self->deadline, FOUND_WORK);
            return MATCH_WALK_FOUND;
        }
        if (match_deadline_tick(self->deadline, 1) && s_smallest(self))
            return MATCH_WALK_LATE;
    }
    return MATCH_WALK_END;
}

/* ---- places ---- */

static void s_set_place(match_place_t *self, const dictionary_t *dictionary, uint32_t key)
{
    const char *string = index_table_string(&index_view(dictionary->index)->keys, key, &self->size);
    self->dictionary = dictionary->id;
    /* Keys are not that long unless the index is damaged. */
    if (self->size > sizeof self->key)
        self->size = sizeof self->key;
    memcpy(self->key, string, self->size);
}

void match_place_of(const match_t *match, match_place_t *place)
{
    s_set_place(place, match->dictionary, match->key);
    place->accent = match->accent;
    place->by_fold = match->accent && s_has_fold(place->key, place->size);
}

void match_walk_place(const match_walk_t *self, match_place_t *place)
{
    const match_stream_t *stream = self->costly ? self->costly : s_smallest(self);
    *place = (match_place_t){.accent = self->plain != NULL};
    if (!stream)
        return;
    uint32_t key = stream->item;
    if (stream->folds) {
        uint32_t first = stream->table->strings[stream->item].first;
        key = stream->view->folds.keys[stream->matched ? stream->within : first];
    }
    s_set_place(place, stream->dictionary, key);
    place->by_fold = stream->folds;
}
