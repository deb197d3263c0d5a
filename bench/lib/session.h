/* A user's connection to a stack, as the contenders that ask look-up workers have it. */

#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include "bench/lib/load.h"
#include "bench/lib/tickets.h"
#include "common/body.h"
#include "common/writer.h"

typedef struct {
    const load_t *load;
    void *socket;
    wire_frames_t frames;
    tickets_t *tickets;
    lex_writer_t writer;
    lex_body_t *body;
    unsigned place; /* in the words */
} session_t;

/* A contender's `open` and `close`. */
void *session_open(const load_t *load, unsigned client);
void session_close(void **self_p);

#endif
