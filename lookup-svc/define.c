/* The op `define`. What is found at once is answered on the loop; a miss, whose suggestions take
 * time, and long lists go to the pool, so that heartbeats never wait for them. */

#include <stdlib.h>

#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/answer.h"
#include "lookup-svc/service.h"

#define DEFINE_WORDS_MAX   1000u
#define DEFINE_QUICK_WORDS 8u /* at a microsecond or so each */

typedef struct {
    service_t *service;
    lex_request_t *request;
    const msgpack_object_array *words;
    bool record;
    snapshot_t *snapshot;
    answer_place_t place;
    search_t search;
    record_word_t *found; /* one a word */
} s_define_t;

/* The arguments. False after an error reply. */
static bool s_parse(s_define_t *self)
{
    const lex_body_t *body = lex_request_body(self->request);
    const msgpack_object *words = lex_body_find(body, "words");
    const msgpack_object *record = lex_body_find(body, "record");
    const char *why = NULL;
    self->record = true;
    if (!words || words->type != MSGPACK_OBJECT_ARRAY || words->via.array.size == 0 ||
        words->via.array.size > DEFINE_WORDS_MAX)
        why = "words must be 1 to 1000 words";
    else if (record && !lex_body_bool(body, "record", &self->record))
        why = "record must be true or false";
    for (uint32_t i = 0; !why && i < words->via.array.size; i++) {
        const msgpack_object *word = words->via.array.ptr + i;
        if (word->type != MSGPACK_OBJECT_STR || word->via.str.size == 0 ||
            word->via.str.size > LEX_WORD_MAX)
            why = "a word must have 1 to 255 bytes";
    }
    if (why)
        lex_reply_error(&self->request, LEX_BAD_REQUEST, 0, "%s", why);
    else
        self->words = &words->via.array;
    return !why;
}

/* Writes the whole reply. */
static answer_status_t s_write(s_define_t *self, lex_writer_t *writer, bool quick)
{
    lex_write_text(writer, "results");
    lex_write_array(writer, self->words->size);
    for (uint32_t i = 0; i < self->words->size; i++) {
        const msgpack_object_str *word = &self->words->ptr[i].via.str;
        answer_status_t status =
            answer_write(writer, &self->place, &self->search, word->ptr, word->size, quick);
        if (status != ANSWER_OK)
            return status;
        self->found[i] = (record_word_t){
            .word = word->ptr, .size = word->size, .found = self->search.rule != SEARCH_MISS};
    }
    /* The last key: the recorder sets the value when it knows. */
    lex_put_bool(writer, "recorded", false);
    return writer->buffer.size > LEX_REPLY_MAX ? ANSWER_TOO_LARGE : ANSWER_OK;
}

static void s_answer(s_define_t *self, bool quick)
{
    lex_writer_t *writer = lex_reply_begin(self->request, 2);
    switch (s_write(self, writer, quick)) {
    case ANSWER_OK:
        if (self->record)
            recorder_submit(self->service->recorder, &self->request, writer, self->found,
                            self->words->size);
        else
            lex_reply_send(&self->request);
        break;
    case ANSWER_SLOW:
        break; /* the request is still ours, which says it */
    case ANSWER_NO_WORD:
        lex_reply_error(&self->request, LEX_BAD_REQUEST, 0, "a word must not be blank");
        break;
    case ANSWER_TOO_LARGE:
        lex_reply_error(&self->request, LEX_TOO_LARGE, 0,
                        "the reply is larger than %u bytes, ask for fewer words", LEX_REPLY_MAX);
        break;
    }
}

/* Ends the request, or leaves it alone when it is not quick. */
static void s_run(s_define_t *self, bool quick)
{
    if (!s_parse(self) || (quick && self->words->size > DEFINE_QUICK_WORDS))
        return;
    if (!service_scope(self->service, &self->request, &self->snapshot, &self->place.scope))
        return;
    self->place.forms = (scope_t){self->snapshot->dictionaries, self->snapshot->count};
    record_word_t few[DEFINE_QUICK_WORDS];
    self->found = self->words->size > DEFINE_QUICK_WORDS
                      ? lex_malloc(self->words->size * sizeof *self->found)
                      : few;
    s_answer(self, quick);
    if (self->found != few)
        free(self->found);
    search_close(&self->search);
    snapshot_destroy(&self->snapshot);
}

static void s_handle_slow(void *context, lex_request_t *request)
{
    s_define_t self = {.service = context, .request = request};
    s_run(&self, false);
}

void define_handle(void *context, lex_request_t *request)
{
    s_define_t self = {.service = context, .request = request};
    s_run(&self, true);
    if (self.request)
        lex_request_defer(&self.request, s_handle_slow);
}
