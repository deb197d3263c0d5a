/* Leaving: DRAIN to every gateway, what is open is finished, and each gateway lets us go with
 * DISCONNECT. */

#include "common/log.h"
#include "common/worker_private.h"

void lex_drain_begin(lex_worker_t *worker)
{
    lex_info("worker: draining, %u requests open", worker->open_count);
    worker->drain_deadline = worker->now + worker->drain_ms;
    atomic_store(&worker->draining, true);
    for (unsigned i = 0; i < worker->session_count; i++) {
        lex_session_t *session = &worker->sessions[i];
        if (session->state == LEX_SESSION_OPEN) {
            session->state = LEX_SESSION_DRAINING;
        } else {
            lex_session_restart(session, 0);
        }
    }
}

/* A gateway that knows our options answers DRAIN by DISCONNECT once it has every reply. To any
 * other we say DISCONNECT ourselves when we owe it nothing; a request that crosses it is given to
 * another worker. */
static void s_leave(lex_session_t *session)
{
    if (lex_session_has_options(session)) {
        if (!session->drain_sent) {
            session->drain_sent = lex_session_command(session, MDPW_DRAIN);
        }
    } else if (session->open == 0 && session->waiting == 0) {
        lex_session_command(session, MDPW_DISCONNECT);
        lex_session_restart(session, LEX_LINGER_MS);
    }
}

bool lex_drain_is_over(lex_worker_t *worker)
{
    unsigned left = 0;
    for (unsigned i = 0; i < worker->session_count; i++) {
        lex_session_t *session = &worker->sessions[i];
        if (session->state == LEX_SESSION_DRAINING) {
            s_leave(session);
        }
        left += session->state != LEX_SESSION_DONE;
    }
    unsigned holds = atomic_load(&worker->holds);
    if (left == 0 && worker->open_count == 0 && holds == 0) {
        lex_info("worker: drained");
        return true;
    }
    if (worker->now >= worker->drain_deadline) {
        lex_warning("worker: leaving after %u ms with %u sessions, %u requests and %u holds",
                    worker->drain_ms, left, worker->open_count, holds);
        return true;
    }
    return false;
}

void lex_drain_end(lex_worker_t *worker)
{
    for (unsigned i = 0; i < worker->session_count; i++) {
        lex_session_t *session = &worker->sessions[i];
        bool says = session->state == LEX_SESSION_OPEN || session->state == LEX_SESSION_DRAINING;
        bool said = says && lex_session_command(session, MDPW_DISCONNECT);
        lex_session_close(session, said ? LEX_LINGER_MS : 0);
        session->state = LEX_SESSION_DONE;
    }
}
