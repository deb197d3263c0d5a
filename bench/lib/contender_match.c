/* The whole stack: one random pattern, matched by a strategy, page after page until no more match. */

#include <string.h>

#include "bench/lib/failure.h"
#include "bench/lib/session.h"

#define SERVICE    "lookup"
#define PAGE_LIMIT 1000 /* the most that a page can have */

/* Asks for a page of a word's matches: the first, or the one at the cursor. */
static void s_ask(session_t *self, unsigned slot, unsigned word, const unsigned char *cursor,
                  size_t size)
{
    const load_t *load = self->load;
    const unsigned char *id = tickets_open(self->tickets, slot, word);
    lex_write_request(&self->writer, id, "match", load->token, load->token_size, size > 0 ? 4 : 3);
    lex_put_text(&self->writer, "strategy", load->strategy);
    lex_put_text(&self->writer, "pattern", words_get(load->words, word));
    lex_put_uint(&self->writer, "limit", PAGE_LIMIT);
    if (size > 0)
        lex_put_bin(&self->writer, "cursor", cursor, size);
    wire_request(self->socket, SERVICE, self->writer.buffer.data, self->writer.buffer.size);
}

static void s_send(void *connection, unsigned slot)
{
    session_t *self = connection;
    s_ask(self, slot, words_next(self->load->words, &self->place), NULL, 0);
}

/* Reads a page into self->body. Returns the slot of its question. */
static unsigned s_read(session_t *self, unsigned *word)
{
    zmq_msg_t *reply = wire_final(self->socket, &self->frames, SERVICE);
    if (lex_body_parse(self->body, zmq_msg_data(reply), zmq_msg_size(reply)) == -1)
        fail("a reply that is no body: %s", lex_body_error(self->body));
    const char *message = "";
    size_t size = 0;
    lex_code_t code = lex_body_outcome(self->body, &message, &size, NULL);
    if (code != LEX_OK)
        fail("match answers %s: %.*s", lex_code_name(code), (int)size, message);
    const msgpack_object *matches = lex_body_find(self->body, "matches");
    if (!lex_body_id(self->body) || !matches || matches->type != MSGPACK_OBJECT_ARRAY)
        fail("a reply without an id or without matches");
    return tickets_close(self->tickets, lex_body_id(self->body), word);
}

static unsigned s_receive(void *connection, load_result_t *result)
{
    session_t *self = connection;
    (void)result;
    for (;;) {
        unsigned word;
        const unsigned char *cursor;
        size_t size;
        unsigned slot = s_read(self, &word);
        if (!lex_body_bin(self->body, "cursor", &cursor, &size))
            fail("a reply without a cursor");
        if (size == 0)
            return slot;
        s_ask(self, slot, word, cursor, size);
    }
}

const contender_t contender_match = {"match", session_open, s_send, s_receive, session_close};
