/* A few threads and two bounded queues of jobs, for work that may block: jobs that are slow, and all others, which go before them. */

#ifndef LEX_POOL_H
#define LEX_POOL_H

typedef struct lex_pool lex_pool_t;
typedef void(lex_job_fn)(void *arg);

/* `queue`: jobs that may wait, of each sort. Each thread calls mysql_thread_init/end itself. Never NULL: a thread that cannot be started aborts with a message. */
lex_pool_t *lex_pool_new(unsigned threads, unsigned queue);
/* Finishes the queued jobs, then ends the threads. */
void lex_pool_destroy(lex_pool_t **self_p);
/* 0, or -1 at once when the queue is full. Jobs of a sort start in the order given. */
int lex_pool_run(lex_pool_t *self, lex_job_fn *job, void *arg);
/* The same for a job that takes long: it starts when nothing else waits, but at the latest after 8 others, so that it starts at all. */
int lex_pool_run_slow(lex_pool_t *self, lex_job_fn *job, void *arg);
/* Jobs that wait for a thread. From any thread. */
unsigned lex_pool_queued(lex_pool_t *self);

#endif
