#include "bench/lib/session.h"

#include <stdlib.h>

#include "common/memory.h"

void *session_open(const load_t *load, unsigned client)
{
    wire_keys_t keys;
    wire_client_keys(&keys, NULL, load->server);
    session_t *self = lex_calloc(1, sizeof *self);
    self->load = load;
    self->socket = wire_connect(load->context, ZMQ_DEALER, &keys, load->endpoint);
    self->tickets = tickets_new(load->window);
    lex_writer_init(&self->writer);
    self->body = lex_body_new();
    self->place = words_begin(load->words, client);
    return self;
}

void session_close(void **self_p)
{
    session_t *self = *self_p;
    wire_close_frames(&self->frames);
    zmq_close(self->socket);
    tickets_destroy(&self->tickets);
    lex_writer_close(&self->writer);
    lex_body_destroy(&self->body);
    free(self);
    *self_p = NULL;
}
