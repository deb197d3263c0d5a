/* history.record: checked on the loop, committed by the committer, answered from its thread. */

#include "common/log.h"
#include "history-svc/history_private.h"
#include "history-svc/record_call.h"

#define RETRY_MS 500

static size_t s_refused(const commit_call_t *commit)
{
    size_t count = 0;
    for (size_t i = 0; i < commit->count; i++)
        count += commit->records[i].refused;
    return count;
}

/* Says of each look-up that is followed what became of its record. */
static void s_tell(const commit_call_t *commit, const unsigned char *id, lex_code_t code)
{
    char call[LEX_LOG_HEX_SIZE];
    lex_log_hex(id, call);
    for (size_t i = 0; i < commit->count; i++) {
        const commit_record_t *record = &commit->records[i];
        if (code == LEX_OK)
            lex_follow(record->id, "history: %s in call %s",
                       record->refused ? "refused" : "committed", call);
        else
            lex_follow(record->id, "history: not committed in call %s, %s", call,
                       lex_code_name(code));
    }
}

static void s_done(commit_call_t *commit, lex_code_t code)
{
    record_call_t *call = (record_call_t *)commit;
    lex_request_t *request = call->owner;
    s_tell(commit, lex_request_id(request), code);
    if (code == LEX_OK) {
        lex_writer_t *reply = lex_reply_begin(request, 1);
        lex_write_text(reply, "refused");
        lex_write_array(reply, s_refused(commit));
        for (size_t i = 0; i < commit->count; i++)
            if (commit->records[i].refused)
                lex_write_uint(reply, i);
        lex_reply_send(&request);
    } else {
        lex_reply_error(&request, code, RETRY_MS, "records cannot be committed for the moment");
    }
    record_call_destroy(&call);
}

void history_record(void *context, lex_request_t *request)
{
    history_t *self = context;
    const char *why;
    record_call_t *call = record_call_new(lex_request_body(request), self->verifier, &why);
    if (!call) {
        lex_reply_error(&request, LEX_BAD_REQUEST, 0, "%s", why);
        return;
    }
    call->owner = request;
    call->commit.done = s_done;
    committer_submit(self->committer, &call->commit);
}
