/* How a worker is watched; part of worker_private.h. What is counted belongs to the loop. */

#ifndef LEX_WORKER_WATCH_H
#define LEX_WORKER_WATCH_H

#include "common/monitor.h"
#include "common/service_counts.h"

#define LEX_INSPECTORS_MAX 8

/* Calls to one service. */
typedef struct lex_called {
    struct lex_called *next;
    char *service;
    uint64_t codes[LEX_CODE_COUNT];
    lex_histogram_t durations;
} lex_called_t;

typedef struct {
    lex_inspect_fn *run;
    void *arg;
} lex_inspector_t;

typedef struct {
    lex_monitor_t *monitor; /* NULL: nobody may ask */
    lex_inspector_t inspectors[LEX_INSPECTORS_MAX];
    unsigned inspector_count;
    lex_called_t *called;
    uint64_t bad_frames;
    uint64_t dropped_replies;
    uint64_t stalls;
    int64_t told_at; /* when a request was last told of that failed or was slow, monotonic ms */
    uint64_t untold; /* and how many were not since */
} lex_watch_t;

/* -1 and a logged error when there cannot be listened. */
int lex_watch_start(lex_worker_t *worker, const char *address, const char *program);
/* Ends the HTTP thread first: until then it may wake the loop. */
void lex_watch_end(lex_worker_t *worker);

/* The counts of calls to a service, which live as long as the worker. */
lex_called_t *lex_watch_called(lex_worker_t *worker, const char *service);

/* ---- the story of a request (worker_story.c) ---- */

void lex_story_received(const lex_request_t *request);
/* Its reply leaves, or is dropped. */
void lex_story_answered(const lex_request_t *request, int64_t ms);
/* Says how many the limit on lines left out, when it is over: a few times a heartbeat; and at the end. */
void lex_story_upkeep(lex_worker_t *worker);
void lex_story_end(lex_worker_t *worker);

#endif
