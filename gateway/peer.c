#include "gateway/peer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"

void peers_init(peers_t *self)
{
    self->by_id = table_new();
    list_init(&self->all);
    self->number = 0;
}

void peers_close(peers_t *self)
{
    for (list_t *node = self->all.next, *next; node != &self->all; node = next) {
        next = node->next;
        peer_t *peer = list_item(node, peer_t, all);
        peers_remove(self, &peer);
    }
    table_destroy(&self->by_id);
}

peer_t *peers_find(peers_t *self, zmq_msg_t *routing_id)
{
    table_entry_t *entry =
        table_find(self->by_id, zmq_msg_data(routing_id), zmq_msg_size(routing_id));
    return entry ? list_item(entry, peer_t, entry) : NULL;
}

peer_t *peers_add(peers_t *self, zmq_msg_t *routing_id)
{
    peer_t *peer = lex_calloc(1, sizeof *peer);
    zmq_msg_init(&peer->routing_id);
    zmq_msg_copy(&peer->routing_id, routing_id);
    peer->entry.key = zmq_msg_data(&peer->routing_id);
    peer->entry.size = zmq_msg_size(&peer->routing_id);
    table_insert(self->by_id, &peer->entry);
    list_append(&self->all, &peer->all);
    list_init(&peer->dirty);
    list_init(&peer->outbox);
    list_init(&peer->at_work);
    peer->credit = 1;
    snprintf(peer->name, sizeof peer->name, "#%llu", (unsigned long long)++self->number);
    return peer;
}

void peers_remove(peers_t *self, peer_t **peer_p)
{
    peer_t *peer = *peer_p;
    assert(list_is_empty(&peer->outbox) && list_is_empty(&peer->at_work));
    list_remove(&peer->dirty);
    list_remove(&peer->all);
    table_remove(self->by_id, &peer->entry);
    zmq_msg_close(&peer->routing_id);
    free(peer);
    *peer_p = NULL;
}

size_t peers_count(const peers_t *self)
{
    return table_count(self->by_id);
}
