#include "gateway/story.h"

#include "common/log.h"
#include "gateway/state.h"

enum { PART_SERVICE = 3, PART_BODY = 4 };

static const unsigned char *s_id(const request_t *request)
{
    zmq_msg_t *body = (zmq_msg_t *)&request->body; /* libzmq reads it only */
    return lex_body_peek_id(zmq_msg_data(body), zmq_msg_size(body));
}

static long long s_age_ms(const gateway_t *self, const request_t *request)
{
    return (long long)((self->now_us - request->received) / 1000);
}

/* True when another line may be written in this second. */
static bool s_may_tell(gateway_t *self)
{
    story_t *story = &self->story;
    if (self->now - story->since >= 1000) {
        story_tick(self);
        story->since = self->now;
        story->lines = 0;
    }
    if (story->lines < STORY_LINES_MAX) {
        story->lines++;
        return true;
    }
    story->left_out++;
    return false;
}

void story_received(gateway_t *self, request_t *request)
{
    (void)self;
    const unsigned char *id = s_id(request);
    request->is_followed = lex_log_is_followed(id);
    if (request->is_followed)
        lex_log_request(LEX_LOG_INFO, id, "request for %s received on the %s, %zu bytes",
                        request->service->name, request->from_back ? "back" : "front",
                        request->bytes);
}

void story_queued(gateway_t *self, const request_t *request)
{
    (void)self;
    if (request->is_followed)
        lex_log_request(LEX_LOG_INFO, s_id(request), "request for %s waits, %u before it",
                        request->service->name, request->service->queued);
}

void story_tell_given(gateway_t *self, const request_t *request)
{
    lex_log_request(LEX_LOG_INFO, s_id(request), "request for %s given to %sworker %s at %lld ms",
                    request->service->name, request->losses ? "another " : "",
                    request->worker->name, s_age_ms(self, request));
}

void story_returned(gateway_t *self, const request_t *request)
{
    if (request->is_followed)
        lex_log_request(LEX_LOG_INFO, s_id(request),
                        "request for %s: its worker was lost at %lld ms, on to another one",
                        request->service->name, s_age_ms(self, request));
}

void story_answered(gateway_t *self, const request_t *request, bool is_sent)
{
    long long ms = s_age_ms(self, request);
    bool is_slow = lex_log_is_slow(ms);
    if (!request->is_followed && !(is_slow && s_may_tell(self)))
        return;
    lex_log_request(is_slow ? LEX_LOG_WARNING : LEX_LOG_INFO, s_id(request),
                    "request for %s answered by worker %s in %lld ms%s%s", request->service->name,
                    request->worker->name, ms, is_slow ? ", slow" : "",
                    is_sent ? "" : "; who asked was gone");
}

void story_failed(gateway_t *self, const request_t *request, const char *code, const char *why)
{
    if (request->is_followed || s_may_tell(self))
        lex_log_request(LEX_LOG_WARNING, s_id(request),
                        "request for %s ends in %s after %lld ms: %s", request->service->name, code,
                        s_age_ms(self, request), why);
}

void story_refused(gateway_t *self, frames_t *frames, const char *code, const char *why)
{
    const unsigned char *id =
        lex_body_peek_id(frames_data(frames, PART_BODY), frames_size(frames, PART_BODY));
    if (lex_log_is_followed(id) || s_may_tell(self))
        lex_log_request(LEX_LOG_WARNING, id, "request for %.*s ends in %s: %s",
                        (int)frames_size(frames, PART_SERVICE),
                        (const char *)frames_data(frames, PART_SERVICE), code, why);
}

void story_tick(gateway_t *self)
{
    story_t *story = &self->story;
    if (story->left_out == 0 || self->now - story->since < 1000)
        return;
    lex_warning("requests that failed or were slow: %llu more, not told one by one",
                (unsigned long long)story->left_out);
    story->left_out = 0;
}
