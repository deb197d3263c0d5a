/* clear and erase. */

#include "history-svc/history_private.h"
#include "history-svc/store.h"

void history_clear(void *context, lex_request_t *request)
{
    history_t *self = context;
    uint64_t cleared = 0;
    lex_db_t *db = lex_db_pool_acquire(self->pool);
    lex_db_status_t status =
        store_clear(db, lex_request_claims(request)->user, lex_request_id(request), &cleared);
    lex_db_pool_release(self->pool, &db);
    if (status != LEX_DB_OK) {
        history_fail(&request, status);
        return;
    }
    lex_put_uint(lex_reply_begin(request, 1), "cleared", cleared);
    lex_reply_send(&request);
}

void history_erase(void *context, lex_request_t *request)
{
    history_t *self = context;
    uint64_t user, erased;
    bool more;
    if (!lex_body_uint(lex_request_body(request), "user", &user)) {
        lex_reply_error(&request, LEX_BAD_REQUEST, 0, "user must be a whole number");
        return;
    }
    lex_db_t *db = lex_db_pool_acquire(self->pool);
    lex_db_status_t status = store_erase(db, user, &erased, &more);
    lex_db_pool_release(self->pool, &db);
    if (status != LEX_DB_OK) {
        history_fail(&request, status);
        return;
    }
    lex_writer_t *reply = lex_reply_begin(request, 2);
    lex_put_uint(reply, "erased", erased);
    lex_put_bool(reply, "more", more);
    lex_reply_send(&request);
}
