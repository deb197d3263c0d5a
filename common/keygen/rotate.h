/* Changing a key while everything runs, in three steps. Between the first and the last, the public file lists the old key and the
 * new one, and whoever reads it accepts both:
 *
 *   prepare   makes the next secret beside the one in use (…-next…) and lists its public key as well
 *   switch    makes it the one in use: one rename, which is the moment of the change
 *   finish    lists only the key in use
 *
 * A step that was cut off is completed by running it again, and running one again changes nothing. In between, `lexmq-keygen
 * FOLDER` finds everything in order. What to restart after which step: docs/operations.md. */

#ifndef KEYGEN_ROTATE_H
#define KEYGEN_ROTATE_H

#include <stdio.h>

#include "common/keygen/pairs.h"

typedef enum {
    ROTATE_PREPARE,
    ROTATE_SWITCH,
    ROTATE_FINISH,
} rotate_step_t;

/* 0 and the step of that name, or -1. */
int rotate_step(const char *name, rotate_step_t *step);

typedef struct {
    const char *secret; /* in use */
    const char *next;   /* beside it, of the same folder */
    const char *public;
    unsigned keep_hours; /* finish: how long ago the switch must be */
} rotate_pair_t;

/* Says on `out` what was done. 0, or -1 and a logged error. The folder is locked by the caller. */
int rotate_pair(const pair_kind_t *kind, const rotate_pair_t *pair, rotate_step_t step, FILE *out);

#endif
