/* The whole stack: one random word a request, found and recorded. */

#include <string.h>

#include "bench/lib/failure.h"
#include "bench/lib/session.h"

#define SERVICE "lookup"

static void s_send(void *connection, unsigned slot)
{
    session_t *self = connection;
    const load_t *load = self->load;
    unsigned word = words_next(load->words, &self->place);
    const unsigned char *id = tickets_open(self->tickets, slot, word);
    lex_write_request(&self->writer, id, "define", load->token, load->token_size, 1);
    lex_write_text(&self->writer, "words");
    lex_write_array(&self->writer, 1);
    lex_write_text(&self->writer, words_get(load->words, word));
    wire_request(self->socket, SERVICE, self->writer.buffer.data, self->writer.buffer.size);
}

/* One result, for that word, with an entry at least. */
static bool s_is_found(const lex_body_t *body, const char *word)
{
    const msgpack_object *results = lex_body_find(body, "results");
    if (!results || results->type != MSGPACK_OBJECT_ARRAY || results->via.array.size != 1)
        return false;
    const msgpack_object *result = &results->via.array.ptr[0];
    const msgpack_object *entries = lex_map_find(result, "entries");
    const char *text;
    size_t size;
    bool is_found = false;
    return lex_map_str(result, "word", &text, &size) && size == strlen(word) &&
           memcmp(text, word, size) == 0 && lex_map_bool(result, "found", &is_found) && is_found &&
           entries && entries->type == MSGPACK_OBJECT_ARRAY && entries->via.array.size > 0;
}

/* Reads the reply into self->body. */
static void s_read(session_t *self)
{
    zmq_msg_t *reply = wire_final(self->socket, &self->frames, SERVICE);
    if (lex_body_parse(self->body, zmq_msg_data(reply), zmq_msg_size(reply)) == -1)
        fail("a reply that is no body: %s", lex_body_error(self->body));
    const char *message = "";
    size_t size = 0;
    lex_code_t code = lex_body_outcome(self->body, &message, &size, NULL);
    if (code != LEX_OK)
        fail("define answers %s: %.*s", lex_code_name(code), (int)size, message);
    if (!lex_body_id(self->body))
        fail("a reply without an id");
}

static unsigned s_receive(void *connection, load_result_t *result)
{
    session_t *self = connection;
    s_read(self);
    unsigned word;
    unsigned slot = tickets_close(self->tickets, lex_body_id(self->body), &word);
    bool is_recorded;
    if (!s_is_found(self->body, words_get(self->load->words, word)))
        fail("'%s' is not in the reply", words_get(self->load->words, word));
    if (!lex_body_bool(self->body, "recorded", &is_recorded))
        fail("a reply that does not say whether it is recorded");
    if (!is_recorded)
        result->unrecorded++;
    return slot;
}

const contender_t contender_define = {"define", session_open, s_send, s_receive, session_close};
