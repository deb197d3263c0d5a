#include "lookup-svc/recorder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/recorder_private.h"

#define MSGPACK_TRUE    0xc3
#define MSGPACK_FALSE   0xc2
#define WORDS_MAX       1000 /* in one look-up */
#define LOG_INTERVAL_MS 5000
#define THREAD_QUEUE    16 /* jobs at a time are two: one append, one delivery */

/* ---- held replies ---- */

void held_append(held_list_t *self, held_t *held)
{
    held->next = NULL;
    if (self->last)
        self->last->next = held;
    else
        self->first = held;
    self->last = held;
    self->count++;
}

held_t *held_take(held_list_t *self)
{
    held_t *held = self->first;
    if (!held)
        return NULL;
    self->first = held->next;
    if (!self->first)
        self->last = NULL;
    self->count--;
    return held;
}

void held_move(held_list_t *self, held_list_t *from)
{
    if (!from->first)
        return;
    if (self->last)
        self->last->next = from->first;
    else
        self->first = from->first;
    self->last = from->last;
    self->count += from->count;
    *from = (held_list_t){0};
}

void held_answer(held_t *held, bool recorded)
{
    msgpack_sbuffer *reply = &held->reply->buffer;
    reply->data[reply->size - 1] = (char)(recorded ? MSGPACK_TRUE : MSGPACK_FALSE);
    lex_reply_send(&held->request);
    free(held);
}

static void s_list_free(held_list_t *list)
{
    held_t *held;
    while ((held = held_take(list)))
        free(held);
}

/* ---- what history says ---- */

void recorder_set_away(recorder_t *self, lex_code_t code)
{
    if (!self->away)
        lex_warning("history is away (%s): records go to the journal", lex_code_name(code));
    self->away = true;
    held_move(&self->spill, &self->waiting);
}

void recorder_count_refused(recorder_t *self, size_t count)
{
    self->counts.refused += count;
    if (count && lex_log_due(&self->refused_logged, LOG_INTERVAL_MS))
        lex_warning("history refused %zu records for good, %llu so far", count,
                    (unsigned long long)self->counts.refused);
}

/* Answers the records that history refused; their places in the call are then empty. */
static void s_answer_refused(recorder_call_t *call, const lex_body_t *reply)
{
    const msgpack_object *refused = lex_body_find(reply, "refused");
    if (!refused || refused->type != MSGPACK_OBJECT_ARRAY)
        return;
    size_t count = 0;
    for (uint32_t i = 0; i < refused->via.array.size; i++) {
        const msgpack_object *index = &refused->via.array.ptr[i];
        if (index->type != MSGPACK_OBJECT_POSITIVE_INTEGER || index->via.u64 >= call->count)
            continue;
        held_t **held = &call->held[index->via.u64];
        count++;
        if (*held) {
            recorder_tell_call((*held)->record.id, "refused", call->id);
            held_answer(*held, false);
        }
        *held = NULL;
    }
    recorder_count_refused(call->recorder, count);
}

static void s_call_done(void *arg, lex_code_t code, const lex_body_t *reply)
{
    recorder_call_t *call = arg;
    recorder_t *self = call->recorder;
    if (code == LEX_OK)
        s_answer_refused(call, reply);
    for (size_t i = 0; i < call->count; i++) {
        held_t *held = call->held[i];
        if (!held)
            continue;
        if (code != LEX_OK) {
            recorder_tell_call(held->record.id, "not recorded", call->id);
            held_append(&self->spill, held);
            continue;
        }
        self->counts.recorded++;
        recorder_tell_call(held->record.id, "recorded", call->id);
        held_answer(held, true);
    }
    call->open = false;
    self->calls_open--;
    if (code != LEX_OK)
        recorder_set_away(self, code);
    lex_worker_release(self->worker);
}

/* ---- calls ---- */

/* The call to start now, or NULL. One that would travel beside another has to carry as much as that one: so a few users
 * never wait for each other, and many share large calls, of which each record costs less all the way to the disk. */
static recorder_call_t *s_call_next(recorder_t *self)
{
    recorder_call_t *next = NULL;
    size_t least = 1;
    for (unsigned i = 0; i < RECORDER_CALLS; i++) {
        recorder_call_t *call = &self->calls[i];
        if (!call->open)
            next = call;
        else if (call->count > least)
            least = call->count;
    }
    if (least > RECORDER_RECORDS_MAX / 2)
        least = RECORDER_RECORDS_MAX / 2;
    return self->waiting.count >= least ? next : NULL;
}

static void s_call_start(recorder_t *self, recorder_call_t *call)
{
    const record_t *records[RECORDER_RECORDS_MAX];
    size_t words = 0;
    call->count = 0;
    while (self->waiting.first && call->count < RECORDER_RECORDS_MAX &&
           words + self->waiting.first->record.count <= RECORDER_WORDS_MAX) {
        held_t *held = held_take(&self->waiting);
        words += held->record.count;
        records[call->count] = &held->record;
        call->held[call->count++] = held;
    }
    record_write_call(&self->body, records, call->count);
    recorder_call_identify(call->id, &self->body);
    call->open = true;
    self->calls_open++;
    /* The held requests keep a drain waiting only until they are answered, which may be before the
     * call is. */
    lex_worker_hold(self->worker);
    lex_worker_call(self->worker, RECORDER_SERVICE, &self->body, self->wait_ms, s_call_done, call);
}

static void s_round(void *arg)
{
    recorder_t *self = arg;
    if (!atomic_load_explicit(&self->has_loop, memory_order_relaxed)) {
        self->loop = pthread_self();
        atomic_store_explicit(&self->has_loop, true, memory_order_release);
    }
    pthread_mutex_lock(&self->lock);
    held_move(self->away ? &self->spill : &self->waiting, &self->inbox);
    pthread_mutex_unlock(&self->lock);
    recorder_call_t *call;
    while (!self->away && (call = s_call_next(self)))
        s_call_start(self, call);
    recorder_spill_start(self);
}

/* What has waited for long enough goes to the journal, whether its call is still under way or has
 * not begun. */
static void s_tick(void *arg)
{
    recorder_t *self = arg;
    int64_t now = lex_monotonic_ms();
    for (unsigned i = 0; i < RECORDER_CALLS; i++) {
        recorder_call_t *call = &self->calls[i];
        for (size_t j = 0; call->open && j < call->count; j++) {
            if (call->held[j] && call->held[j]->due > now)
                break; /* those behind came later */
            if (call->held[j]) {
                recorder_tell_call(call->held[j]->record.id, "not recorded in time", call->id);
                held_append(&self->spill, call->held[j]);
            }
            call->held[j] = NULL;
        }
    }
    while (self->waiting.first && self->waiting.first->due <= now)
        held_append(&self->spill, held_take(&self->waiting));
    recorder_delivery_tick(self, now);
}

/* ---- */

recorder_t *recorder_new(lex_worker_t *worker, const recorder_options_t *options)
{
    recorder_t *self = lex_calloc(1, sizeof *self);
    self->worker = worker;
    self->wait_ms = options->wait_ms ? options->wait_ms : RECORDER_WAIT_MS;
    self->tick_ms = self->wait_ms / 10 + 1;
    if (self->tick_ms > RECORDER_TICK_MAX)
        self->tick_ms = RECORDER_TICK_MAX;
    pthread_mutex_init(&self->lock, NULL);
    for (unsigned i = 0; i < RECORDER_CALLS; i++)
        self->calls[i].recorder = self;
    lex_writer_init(&self->body);
    if (options->journal_dir) {
        self->journal = journal_new(&(journal_options_t){
            .dir = options->journal_dir,
            .bytes = options->journal_bytes ? options->journal_bytes : RECORDER_JOURNAL_BYTES});
        if (!self->journal)
            lex_error("recorder has no journal: what history does not take in time will be lost");
    }
    if (self->journal) {
        self->thread = lex_pool_new(1, THREAD_QUEUE);
        self->journal_bytes = journal_counts(self->journal).bytes;
        self->journal_limit =
            options->journal_bytes ? options->journal_bytes : RECORDER_JOURNAL_BYTES;
    }
    recorder_delivery_setup(self);
    lex_worker_every(worker, self->tick_ms, s_tick, self);
    lex_worker_after_round(worker, s_round, self);
    return self;
}

void recorder_destroy(recorder_t **self_p)
{
    recorder_t *self = *self_p;
    if (!self)
        return;
    lex_pool_destroy(&self->thread);
    journal_destroy(&self->journal);
    /* After a drain that ran out of time: these were never answered, and their requests go with the
     * worker. */
    for (unsigned i = 0; i < RECORDER_CALLS; i++)
        for (size_t j = 0; self->calls[i].open && j < self->calls[i].count; j++)
            free(self->calls[i].held[j]);
    s_list_free(&self->inbox);
    s_list_free(&self->waiting);
    s_list_free(&self->spill);
    lex_writer_close(&self->delivery.body);
    lex_writer_close(&self->body);
    pthread_mutex_destroy(&self->lock);
    free(self);
    *self_p = NULL;
}

static void s_wake(void *arg)
{
    (void)arg; /* the round that this begins is what was wanted */
}

void recorder_submit(recorder_t *self, lex_request_t **request_p, lex_writer_t *reply,
                     const record_word_t *words, size_t count)
{
    assert(count > 0 && count <= WORDS_MAX);
    if (reply->buffer.size > LEX_REPLY_MAX) {
        lex_reply_send(
            request_p); /* turns it into too_large: nothing was told, so nothing is recorded */
        return;
    }
    lex_request_t *request = *request_p;
    *request_p = NULL;
    held_t *held = lex_malloc(sizeof *held + count * sizeof *words);
    held->request = request;
    held->reply = reply;
    held->due = lex_monotonic_ms() + self->wait_ms - self->tick_ms;
    memcpy(held->words, words, count * sizeof *words);
    held->record = (record_t){
        .id = lex_request_id(request), .time = lex_utc_ms(), .words = held->words, .count = count};
    held->record.token = lex_request_token(request, &held->record.token_size);
    lex_follow(held->record.id, "recorder: held for history");

    pthread_mutex_lock(&self->lock);
    bool first = self->inbox.count == 0;
    held_append(&self->inbox, held);
    pthread_mutex_unlock(&self->lock);
    /* The loop looks at the end of its round anyway. */
    bool on_loop = atomic_load_explicit(&self->has_loop, memory_order_acquire) &&
                   pthread_equal(self->loop, pthread_self());
    if (first && !on_loop)
        lex_worker_post(self->worker, s_wake, NULL);
}

recorder_counts_t recorder_counts(const recorder_t *self)
{
    return self->counts;
}
