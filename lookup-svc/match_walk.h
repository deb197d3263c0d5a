/* The words of several dictionaries that match a pattern, in one order: by string, then by dictionary.
 * The strings are keys, or in the accent pass the folds of keys, of which several keys may have the same; those come
 * by key. A walk can stop at any word and another one go on there, even in other versions of the dictionaries. */

#ifndef MATCH_WALK_H
#define MATCH_WALK_H

#include "lookup-svc/match_candidates.h"
#include "lookup-svc/match_deadline.h"

/* A word that is to be looked at next. */
typedef struct {
    bool accent;         /* it is one of the accent pass */
    bool by_fold;        /* in which it stands by the fold of its key */
    uint32_t dictionary; /* id */
    size_t size;         /* of its key; 0: the walk's first word, whatever it is */
    char key[LEX_KEY_MAX];
} match_place_t;

/* A string table on its way. */
typedef struct {
    const dictionary_t *dictionary;
    const index_view_t *view;
    const index_table_t *table;
    bool folds;
    match_candidates_t candidates;
    bool ended;
    uint32_t item, run_end; /* the candidate that it stands at, and the end of its run */
    const char *string;     /* of the item */
    size_t size;
    bool matched;    /* the item matches */
    uint32_t within; /* of folds: where in the list of keys */
} match_stream_t;

typedef struct {
    const match_pattern_t *pattern;
    const match_pattern_t *plain; /* of the accent pass: what matches this one was given before */
    const match_filter_t *filter;
    match_deadline_t *deadline;
    match_stream_t *streams;
    size_t count;
    const match_stream_t *costly;
    bool late; /* the time was over when the last match was given */
} match_walk_t;

typedef enum {
    MATCH_WALK_FOUND,
    MATCH_WALK_END,
    MATCH_WALK_LATE,  /* the deadline has passed; match_walk_place says where to go on */
    MATCH_WALK_COSTLY /* match_walk_place has the word that takes too many steps */
} match_walk_status_t;

/* For the first pass `plain` is NULL; for the accent pass `pattern` is the fold of it. Nothing is owned. `from` is
 * where another walk stood. To be closed. */
void match_walk_open(match_walk_t *self, const scope_t *scope, const match_pattern_t *pattern,
                     const match_pattern_t *plain, const match_place_t *from);
void match_walk_close(match_walk_t *self);

match_walk_status_t match_walk_next(match_walk_t *self, match_t *match);

/* Where it stands after MATCH_WALK_LATE or MATCH_WALK_COSTLY. */
void match_walk_place(const match_walk_t *self, match_place_t *place);
/* The place of a match. */
void match_place_of(const match_t *match, match_place_t *place);

#endif
