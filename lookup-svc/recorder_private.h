/* What the files of recorder.h share among themselves; nobody else includes this.
 *
 *   recorder.c           submitting, waiting, the calls in flight, deadlines
 *   recorder_story.c     what is told of a record, and of the recorder
 *   recorder_journal.c   what goes to the journal: appended and synced on a thread of its own, then
 * answered recorder_delivery.c  what comes from the journal: read on that thread, delivered by the
 * loop
 *
 * Everything belongs to the loop thread, but the inbox, which has a lock, and the journal with what
 * a job was given, which belong to the journal's thread. */

#ifndef RECORDER_PRIVATE_H
#define RECORDER_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/pool.h"
#include "lookup-svc/journal.h"
#include "lookup-svc/record.h"
#include "lookup-svc/recorder.h"

#define RECORDER_SERVICE  "history.record"
#define RECORDER_CALLS    2  /* in flight at a time: while one is committed another travels */
#define RECORDER_TICK_MAX 25 /* ms between looks at deadlines */

/* A reply that is held, and its record. */
typedef struct held held_t;
struct held {
    held_t *next;
    lex_request_t *request;
    lex_writer_t *reply;
    int64_t due; /* monotonic ms: the latest at which it is given to the journal */
    record_t record;
    record_word_t words[];
};

typedef struct {
    held_t *first;
    held_t *last;
    size_t count;
} held_list_t;

void held_append(held_list_t *self, held_t *held);
held_t *held_take(held_list_t *self); /* the first, or NULL */
/* Moves all of `from` to the end of `self`. */
void held_move(held_list_t *self, held_list_t *from);
/* Sends the reply and frees the held. From any thread. */
void held_answer(held_t *held, bool recorded);

/* A history.record call in flight. */
typedef struct {
    recorder_t *recorder;
    bool open;
    unsigned char id[LEX_ID_SIZE];
    size_t count;
    held_t *held[RECORDER_RECORDS_MAX]; /* NULL: given to the journal meanwhile */
} recorder_call_t;

/* One run of the journal's thread over records to append; it belongs to that thread while
 * `under_way`. */
typedef struct {
    bool under_way; /* the loop's, as is the next */
    size_t count;
    held_list_t list;
    size_t kept;
    size_t lost;
    uint64_t bytes; /* of the journal, after it */
    journal_status_t status;
} append_t;

typedef enum { DELIVERY_IDLE, DELIVERY_READING, DELIVERY_CALLING } delivery_state_t;

typedef struct {
    delivery_state_t state;
    bool backlog;     /* the journal may hold records */
    int64_t next;     /* monotonic ms of the next attempt */
    unsigned pause;   /* ms until the one after, should that fail */
    int64_t adopt_at; /* when to look for segments of dead workers */
    size_t limit;     /* records in one delivery; falls when history finds fault with one of them */
    /* The journal's thread, while READING: */
    size_t drop;  /* delivered, to be dropped first */
    bool adopt;   /* look for segments of dead workers first */
    size_t count; /* records in the body */
    lex_writer_t body;
    unsigned char ids[RECORDER_RECORDS_MAX][LEX_ID_SIZE]; /* of their requests */
    uint64_t bytes;                                       /* of the journal */
} delivery_t;

struct recorder {
    lex_worker_t *worker;
    unsigned wait_ms;
    unsigned tick_ms;

    pthread_mutex_t lock; /* guards the inbox */
    held_list_t inbox;
    atomic_bool has_loop;
    pthread_t loop; /* set before has_loop */

    held_list_t waiting;
    recorder_call_t calls[RECORDER_CALLS];
    unsigned calls_open;
    bool away;
    lex_writer_t body;

    journal_t *journal;     /* NULL: there is none */
    uint64_t journal_bytes; /* as the thread saw it last */
    uint64_t journal_limit;
    lex_pool_t *thread; /* one thread; NULL: there is no journal */
    held_list_t spill;  /* to be appended */
    append_t append;
    delivery_t delivery;

    recorder_counts_t counts;
    int64_t refused_logged;
    int64_t lost_logged;
};

/* Records go to the journal from now on; the reason is logged. */
void recorder_set_away(recorder_t *self, lex_code_t code);
void recorder_count_refused(recorder_t *self, size_t count);

/* Says of a record's request, if it is followed, what became of it in a call. */
void recorder_tell_call(const unsigned char *id, const char *what, const unsigned char *call);
/* The id of the call that was written to `body`. */
void recorder_call_identify(unsigned char out[LEX_ID_SIZE], const lex_writer_t *body);

/* Starts appending what is spilled, unless that is under way. */
void recorder_spill_start(recorder_t *self);

void recorder_delivery_setup(recorder_t *self);
/* Starts an attempt that is due. */
void recorder_delivery_tick(recorder_t *self, int64_t now);
/* The journal has got records. */
void recorder_delivery_expect(recorder_t *self, int64_t now);

#endif
