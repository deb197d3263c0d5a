/* The lines of log about a request. Those of one that is followed are always written. Of all others only the end is told, when
 * they failed or were slow; under an overload that may be most of them, so those lines have a limit, and what it left out is
 * counted. An ordinary refusal (not_found, unauthorized, rate_limited and their like) is an answer and no failure. */

#include "common/log.h"
#include "common/worker_private.h"

#define S_TOLD_INTERVAL_MS 100

static bool s_is_failure(lex_code_t code)
{
    switch (code) {
    case LEX_TOO_LARGE:
    case LEX_BUSY:
    case LEX_TIMEOUT:
    case LEX_UNAVAILABLE:
    case LEX_INTERNAL:
        return true;
    default:
        return false;
    }
}

void lex_story_received(const lex_request_t *request)
{
    lex_follow(request->id, "worker: received %s %s from %s", request->service->name,
               request->op->name, request->reply.session->gateway->endpoint);
}

static void s_tell(const lex_request_t *request, int64_t ms)
{
    bool is_internal = request->code == LEX_INTERNAL;
    lex_log_request(is_internal ? LEX_LOG_WARNING : LEX_LOG_INFO, request->id,
                    "worker: answered %s %s with %s in %lld ms", request->service->name,
                    request->op ? request->op->name : "?", lex_code_name(request->code),
                    (long long)ms);
}

static void s_tell_untold(lex_watch_t *watch)
{
    if (watch->untold > 0)
        lex_info("worker: %llu more requests failed or were slow",
                 (unsigned long long)watch->untold);
    watch->untold = 0;
}

void lex_story_answered(const lex_request_t *request, int64_t ms)
{
    lex_watch_t *watch = &request->worker->watch;
    if (lex_log_is_followed(request->id)) {
        s_tell(request, ms);
        return;
    }
    if (!s_is_failure(request->code) && !lex_log_is_slow(ms))
        return;
    if (!lex_log_due(&watch->told_at, S_TOLD_INTERVAL_MS)) {
        watch->untold++;
        return;
    }
    s_tell_untold(watch);
    s_tell(request, ms);
}

void lex_story_end(lex_worker_t *worker)
{
    s_tell_untold(&worker->watch);
}

void lex_story_upkeep(lex_worker_t *worker)
{
    lex_watch_t *watch = &worker->watch;
    if (watch->untold > 0 && lex_log_due(&watch->told_at, S_TOLD_INTERVAL_MS))
        s_tell_untold(watch);
}
