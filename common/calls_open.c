/* The open calls, found by the id of their request. */

#include <stdlib.h>

#include "common/calls.h"

void lex_open_calls_init(lex_open_calls_t *self)
{
    *self = (lex_open_calls_t){.next_deadline = INT64_MAX};
}

void lex_open_calls_close(lex_open_calls_t *self)
{
    lex_call_t *call = lex_open_calls_take_due(self, INT64_MAX);
    while (call) {
        lex_call_t *next = call->next;
        zmq_msg_close(&call->body);
        free(call);
        call = next;
    }
}

/* Ids are random. */
static lex_call_t **s_bucket(lex_open_calls_t *self, const unsigned char id[LEX_ID_SIZE])
{
    uint32_t hash;
    memcpy(&hash, id, sizeof(hash));
    return &self->buckets[hash % LEX_CALL_BUCKETS];
}

static int64_t s_due(const lex_call_t *call)
{
    if (call->failure != LEX_OK) {
        return 0;
    }
    bool gives_up = call->gateway < 0 && call->give_up_at < call->deadline;
    return gives_up ? call->give_up_at : call->deadline;
}

void lex_open_calls_add(lex_open_calls_t *self, lex_call_t *call)
{
    lex_call_t **bucket = s_bucket(self, call->id);
    call->next = *bucket;
    *bucket = call;
    self->count++;
    if (call->gateway < 0 && call->failure == LEX_OK) {
        self->unsent++;
    }
    int64_t due = s_due(call);
    self->next_deadline = due < self->next_deadline ? due : self->next_deadline;
}

/* Unlinks the call that *link points at. */
static lex_call_t *s_remove(lex_open_calls_t *self, lex_call_t **link)
{
    lex_call_t *call = *link;
    *link = call->next;
    call->next = NULL;
    self->count--;
    if (call->gateway < 0 && call->failure == LEX_OK) {
        self->unsent--;
    }
    if (self->count == 0) {
        self->next_deadline = INT64_MAX;
    }
    return call;
}

lex_call_t *lex_open_calls_take(lex_open_calls_t *self, const unsigned char id[LEX_ID_SIZE])
{
    for (lex_call_t **link = s_bucket(self, id); *link; link = &(*link)->next) {
        if ((*link)->gateway >= 0 && memcmp((*link)->id, id, LEX_ID_SIZE) == 0) {
            return s_remove(self, link);
        }
    }
    return NULL;
}

unsigned lex_open_calls_recall(lex_open_calls_t *self, int gateway, int64_t give_up_at)
{
    unsigned count = 0;
    for (unsigned i = 0; i < LEX_CALL_BUCKETS && self->count > 0; i++) {
        for (lex_call_t *call = self->buckets[i]; call; call = call->next) {
            if (call->gateway != gateway || call->failure != LEX_OK) {
                continue;
            }
            call->gateway = -1;
            call->give_up_at = give_up_at;
            int64_t due = s_due(call);
            self->next_deadline = due < self->next_deadline ? due : self->next_deadline;
            count++;
        }
    }
    self->unsent += count;
    return count;
}

lex_call_t *lex_open_calls_take_due(lex_open_calls_t *self, int64_t now)
{
    lex_call_t *due = NULL;
    int64_t next = INT64_MAX;
    for (unsigned i = 0; i < LEX_CALL_BUCKETS; i++) {
        lex_call_t **link = &self->buckets[i];
        while (*link) {
            int64_t at = s_due(*link);
            if (at <= now) {
                lex_call_t *call = s_remove(self, link);
                call->next = due;
                due = call;
            } else {
                next = at < next ? at : next;
                link = &(*link)->next;
            }
        }
    }
    self->next_deadline = next;
    return due;
}
