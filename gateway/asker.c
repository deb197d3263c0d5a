#include "gateway/asker.h"

#include <assert.h>
#include <stdlib.h>

#include "common/memory.h"
#include "gateway/lane.h"

void askers_init(askers_t *self)
{
    *self = (askers_t){.by_id = {table_new(), table_new()}};
    list_init(&self->all);
    list_init(&self->free);
    list_init(&self->free_lanes);
}

static void s_free_lanes(list_t *list)
{
    for (list_t *node = list->next, *next; node != list; node = next) {
        next = node->next;
        free(list_item(node, lane_t, sibling));
    }
}

static void s_free_askers(list_t *list)
{
    for (list_t *node = list->next, *next; node != list; node = next) {
        next = node->next;
        asker_t *asker = list_item(node, asker_t, place);
        s_free_lanes(&asker->lanes);
        zmq_msg_close(&asker->routing_id);
        free(asker);
    }
}

void askers_close(askers_t *self)
{
    s_free_askers(&self->all);
    s_free_askers(&self->free);
    s_free_lanes(&self->free_lanes);
    table_destroy(&self->by_id[0]);
    table_destroy(&self->by_id[1]);
}

asker_t *askers_find(askers_t *self, zmq_msg_t *routing_id, bool is_back)
{
    table_entry_t *entry =
        table_find(self->by_id[is_back], zmq_msg_data(routing_id), zmq_msg_size(routing_id));
    return entry ? list_item(entry, asker_t, entry) : NULL;
}

/* A synchronous client comes and goes with each request, so memory is kept for the next one. */
static asker_t *s_take(askers_t *self)
{
    if (list_is_empty(&self->free)) {
        asker_t *asker = lex_calloc(1, sizeof *asker);
        asker->askers = self;
        list_init(&asker->place);
        list_init(&asker->lanes);
        zmq_msg_init(&asker->routing_id);
        return asker;
    }
    asker_t *asker = list_item(self->free.next, asker_t, place);
    list_remove(&asker->place);
    return asker;
}

asker_t *askers_add(askers_t *self, zmq_msg_t *routing_id, bool is_back)
{
    asker_t *asker = s_take(self);
    asker->is_back = is_back;
    zmq_msg_move(&asker->routing_id, routing_id);
    asker->entry.key = zmq_msg_data(&asker->routing_id);
    asker->entry.size = zmq_msg_size(&asker->routing_id);
    table_insert(self->by_id[is_back], &asker->entry);
    list_append(&self->all, &asker->place);
    return asker;
}

void asker_remove(asker_t *self)
{
    assert(self->open == 0 && self->bytes == 0 && list_is_empty(&self->lanes));
    table_remove(self->askers->by_id[self->is_back], &self->entry);
    list_remove(&self->place);
    zmq_msg_close(&self->routing_id);
    zmq_msg_init(&self->routing_id);
    list_prepend(&self->askers->free, &self->place);
}

size_t askers_count(const askers_t *self)
{
    return table_count(self->by_id[false]) + table_count(self->by_id[true]);
}
