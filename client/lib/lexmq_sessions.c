/* The sessions of an account (docs/protocol.md section 5). */

#include <lexmq.h>

#include "client/lib/lexmq_private.h"

#define SERVICE "auth"

void lexmq_sessions_destroy(lexmq_sessions_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

lexmq_status_t lexmq_sessions(lexmq_t *self, lexmq_sessions_t **out)
{
    const msgpack_object_array *array;

    *out = NULL;
    if (!lexmq_call_begin_as_user(self, "sessions", 0))
        return LEXMQ_UNAUTHORIZED;
    lexmq_status_t status = lexmq_call_run(self, SERVICE);
    if (status != LEXMQ_OK)
        return status;
    if (!lexmq_result_maps(lex_body_root(self->reply), "sessions", &array))
        return lexmq_call_broken(self, "sessions");
    lexmq_sessions_t *sessions = lexmq_result_new(sizeof *sessions);
    sessions->list = lexmq_result_array(sessions, array->size, sizeof *sessions->list);
    for (; sessions->count < array->size; sessions->count++) {
        const msgpack_object *map = &array->ptr[sessions->count];
        lexmq_session_t *session = &sessions->list[sessions->count];
        if (!lexmq_result_session(map, session->id) ||
            !lexmq_result_time(map, "issued", &session->issued) ||
            !lexmq_result_time(map, "expires", &session->expires) ||
            !lex_map_bool(map, "current", &session->current)) {
            lexmq_sessions_destroy(&sessions);
            return lexmq_call_broken(self, "sessions");
        }
    }
    *out = sessions;
    return LEXMQ_OK;
}

lexmq_status_t lexmq_revoke(lexmq_t *self, const unsigned char session[LEXMQ_ID_SIZE])
{
    lex_writer_t *request = lexmq_call_begin_as_user(self, "revoke", 1);

    if (!request)
        return LEXMQ_UNAUTHORIZED;
    lex_put_bin(request, "session", session, LEXMQ_ID_SIZE);
    return lexmq_call_run(self, SERVICE);
}
