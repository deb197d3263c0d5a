/* What is told of a record whose request is followed, and what the recorder says of itself to who watches. */

#include "common/log.h"
#include "lookup-svc/recorder_private.h"

void recorder_tell_call(const unsigned char *id, const char *what, const unsigned char *call)
{
    if (!lex_log_is_followed(id))
        return;
    char hex[LEX_LOG_HEX_SIZE];
    lex_log_request(LEX_LOG_INFO, id, "recorder: %s in call %s", what, lex_log_hex(call, hex));
}

void recorder_call_identify(unsigned char out[LEX_ID_SIZE], const lex_writer_t *body)
{
    memcpy(out, lex_body_peek_id(body->buffer.data, body->buffer.size), LEX_ID_SIZE);
}

recorder_state_t recorder_state(recorder_t *self)
{
    recorder_state_t state = {.away = self->away,
                              .pending = self->waiting.count + self->spill.count,
                              .journal_bytes = self->journal_bytes,
                              .journal_limit = self->journal_limit};
    pthread_mutex_lock(&self->lock);
    state.pending += self->inbox.count;
    pthread_mutex_unlock(&self->lock);
    if (self->append.under_way)
        state.pending += self->append.count;
    for (unsigned i = 0; i < RECORDER_CALLS; i++)
        for (size_t j = 0; self->calls[i].open && j < self->calls[i].count; j++)
            state.pending += self->calls[i].held[j] != NULL;
    return state;
}
