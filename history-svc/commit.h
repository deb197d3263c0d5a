/* The records of a history.record call, as they are committed. */

#ifndef COMMIT_H
#define COMMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/codes.h"

typedef struct {
    const char *text;
    size_t size;
    bool found;
} commit_word_t;

/* What one look-up request recorded; a row for each word, `position` counting from 0. */
typedef struct {
    uint64_t user;
    const unsigned char *id; /* the look-up request's, 16 bytes */
    int64_t time;            /* UTC ms, by the clock of its worker */
    bool is_dated; /* that clock agrees with ours: what came before or after can be told */
    const commit_word_t *words;
    size_t count;
    bool refused; /* for good: set by the caller before, or by the committer */
} commit_record_t;

typedef struct commit_call commit_call_t;

/* The outcome, once: LEX_OK when everything but the refused is committed, or LEX_UNAVAILABLE. On the writer's thread, or on the
 * caller's while it submits. The call is the owner's again. */
typedef void(commit_done_fn)(commit_call_t *call, lex_code_t code);

/* Belongs to its owner, and to the committer between committer_submit and `done`. */
struct commit_call {
    commit_record_t *records;
    size_t count;
    size_t rows; /* words of all records together */
    commit_done_fn *done;
    commit_call_t *next; /* the committer's */
};

#endif
