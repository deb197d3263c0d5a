/* The way out of the journal: read a few records, deliver them, drop them, read the next.
 *
 *   IDLE --due--> READING (journal's thread) --records--> CALLING --ok--> READING ...
 *    ^               | empty                                 | failed
 *    +---------------+---------------------------------------+  try again after a pause
 *
 * While history is away an attempt is also how we learn that it is back. It is then made with an empty call, which history takes
 * only when it would take records: that costs nobody much, so it may be made often. Pauses grow only while history takes
 * such a call and not the records. */

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "lookup-svc/recorder_private.h"

#define TIMEOUT_MS   5000 /* nobody waits for a delivery, and a slow history is still one */
#define PAUSE_MIN_MS 500  /* how much longer than history itself is its return in coming, at most */
#define PAUSE_MAX_MS 10000
#define ADOPT_MS     60000

static void s_read_start(recorder_t *self, size_t drop, bool adopt);

void recorder_delivery_setup(recorder_t *self)
{
    delivery_t *delivery = &self->delivery;
    lex_writer_init(&delivery->body);
    delivery->limit = RECORDER_RECORDS_MAX;
    delivery->pause = PAUSE_MIN_MS;
    /* The first attempt leaves the gateways time to be found. */
    delivery->next = lex_monotonic_ms() + PAUSE_MIN_MS;
    delivery->backlog = self->journal && journal_counts(self->journal).segments > 0;
    delivery->adopt_at = lex_monotonic_ms() + ADOPT_MS;
}

void recorder_delivery_expect(recorder_t *self, int64_t now)
{
    delivery_t *delivery = &self->delivery;
    if (!delivery->backlog && !self->away)
        delivery->next = now + PAUSE_MIN_MS;
    delivery->backlog = true;
}

/* ---- outcomes ---- */

static void s_idle(recorder_t *self)
{
    self->delivery.state = DELIVERY_IDLE;
    lex_worker_release(self->worker);
}

/* Tells of each record that was delivered; *refused_count is set to how many were not. */
static void s_tell(const delivery_t *delivery, const lex_body_t *reply, size_t *refused_count)
{
    static const char *const outcomes[] = {"delivered from the journal", "refused"};
    bool is_refused[RECORDER_RECORDS_MAX] = {false};
    const msgpack_object *refused = lex_body_find(reply, "refused");
    unsigned char call[LEX_ID_SIZE];
    *refused_count = 0;
    for (uint32_t i = 0;
         refused && refused->type == MSGPACK_OBJECT_ARRAY && i < refused->via.array.size; i++) {
        const msgpack_object *index = &refused->via.array.ptr[i];
        if (index->type != MSGPACK_OBJECT_POSITIVE_INTEGER || index->via.u64 >= delivery->count)
            continue;
        *refused_count += !is_refused[index->via.u64];
        is_refused[index->via.u64] = true;
    }
    recorder_call_identify(call, &delivery->body);
    for (size_t i = 0; i < delivery->count; i++)
        recorder_tell_call(delivery->ids[i], outcomes[is_refused[i]], call);
}

static void s_succeeded(recorder_t *self, const lex_body_t *reply)
{
    delivery_t *delivery = &self->delivery;
    size_t refused_count;
    s_tell(delivery, reply, &refused_count);
    recorder_count_refused(self, refused_count);
    self->counts.delivered += delivery->count - refused_count;
    if (self->away)
        lex_info("history is back");
    self->away = false;
    if (delivery->count) {
        delivery->pause = PAUSE_MIN_MS;
        delivery->limit = RECORDER_RECORDS_MAX;
        s_read_start(self, delivery->count, false);
    } else {
        delivery->next = lex_monotonic_ms();
        s_idle(self);
    }
}

static void s_failed(recorder_t *self, lex_code_t code)
{
    delivery_t *delivery = &self->delivery;
    recorder_set_away(self, code);
    delivery->next = lex_monotonic_ms() + (delivery->count ? delivery->pause : PAUSE_MIN_MS);
    if (delivery->count)
        delivery->pause = delivery->pause * 2 < PAUSE_MAX_MS ? delivery->pause * 2 : PAUSE_MAX_MS;
    s_idle(self);
}

/* History finds fault with the call itself, and would each time: closes in on the record that it is
 * about, and drops that. */
static void s_found_fault(recorder_t *self, lex_code_t code)
{
    delivery_t *delivery = &self->delivery;
    size_t drop = 0;
    if (delivery->count == 1) {
        lex_error("history finds fault with a record of the journal (%s), which is dropped",
                  lex_code_name(code));
        self->counts.lost++;
        drop = 1;
    } else {
        delivery->limit = delivery->count / 2;
    }
    s_read_start(self, drop, false);
}

static void s_called(void *arg, lex_code_t code, const lex_body_t *reply)
{
    recorder_t *self = arg;
    if (code == LEX_OK)
        s_succeeded(self, reply);
    else if ((code == LEX_BAD_REQUEST || code == LEX_TOO_LARGE) && self->delivery.count &&
             !lex_worker_is_draining(self->worker))
        s_found_fault(self, code);
    else
        s_failed(self, code);
}

/* ---- attempts ---- */

static void s_call(recorder_t *self)
{
    self->delivery.state = DELIVERY_CALLING;
    lex_worker_call(self->worker, RECORDER_SERVICE, &self->delivery.body, TIMEOUT_MS, s_called,
                    self);
}

static void s_read_done(void *arg)
{
    recorder_t *self = arg;
    delivery_t *delivery = &self->delivery;
    self->journal_bytes = delivery->bytes;
    if (delivery->count == 0)
        delivery->backlog = false;
    if (self->away && delivery->count) {
        delivery->count = 0;
        record_write_call(&delivery->body, NULL, 0);
    }
    if ((delivery->count || self->away) && !lex_worker_is_draining(self->worker))
        s_call(self);
    else
        s_idle(self);
}

/* On the journal's thread. The records do not outlive the next append, so the body is written here.
 */
static void s_read(void *arg)
{
    recorder_t *self = arg;
    delivery_t *delivery = &self->delivery;
    record_t records[RECORDER_RECORDS_MAX];
    const record_t *pointers[RECORDER_RECORDS_MAX];
    journal_drop(self->journal, delivery->drop);
    if (delivery->adopt)
        journal_adopt(self->journal);
    delivery->count = journal_peek(self->journal, records, delivery->limit, RECORDER_WORDS_MAX);
    for (size_t i = 0; i < delivery->count; i++) {
        pointers[i] = &records[i];
        memcpy(delivery->ids[i], records[i].id, LEX_ID_SIZE);
    }
    delivery->bytes = journal_counts(self->journal).bytes;
    record_write_call(&delivery->body, pointers, delivery->count);
    lex_worker_post(self->worker, s_read_done, self);
}

/* A hold of the worker goes with every state but IDLE. */
static void s_read_start(recorder_t *self, size_t drop, bool adopt)
{
    delivery_t *delivery = &self->delivery;
    delivery->state = DELIVERY_READING;
    delivery->drop = drop;
    delivery->adopt = adopt;
    if (self->thread && lex_pool_run(self->thread, s_read, self) == 0)
        return;
    delivery->count = 0;
    delivery->bytes = self->journal_bytes;
    record_write_call(&delivery->body, NULL, 0);
    s_read_done(self);
}

void recorder_delivery_tick(recorder_t *self, int64_t now)
{
    delivery_t *delivery = &self->delivery;
    if (delivery->state != DELIVERY_IDLE || lex_worker_is_draining(self->worker))
        return;
    bool adopt = self->journal && now >= delivery->adopt_at;
    bool due = now >= delivery->next && (delivery->backlog || self->away);
    if (!adopt && !due)
        return;
    if (adopt)
        delivery->adopt_at = now + ADOPT_MS;
    lex_worker_hold(self->worker);
    s_read_start(self, 0, adopt);
}
