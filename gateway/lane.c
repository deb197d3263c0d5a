#include "gateway/lane.h"

#include <assert.h>

#include "common/memory.h"
#include "gateway/service.h"

lane_t *lane_find(const asker_t *asker, const service_t *service)
{
    for (list_t *node = asker->lanes.next; node != &asker->lanes; node = node->next) {
        lane_t *lane = list_item(node, lane_t, sibling);
        if (lane->service == service)
            return lane;
    }
    return NULL;
}

static lane_t *s_take(askers_t *askers)
{
    if (list_is_empty(&askers->free_lanes)) {
        lane_t *lane = lex_calloc(1, sizeof *lane);
        list_init(&lane->turn);
        list_init(&lane->queue);
        return lane;
    }
    lane_t *lane = list_item(askers->free_lanes.next, lane_t, sibling);
    list_remove(&lane->sibling);
    return lane;
}

lane_t *lane_add(asker_t *asker, service_t *service)
{
    lane_t *lane = s_take(asker->askers);
    lane->asker = asker;
    lane->service = service;
    list_prepend(&asker->lanes, &lane->sibling);
    service->lanes++;
    return lane;
}

void lane_remove(lane_t *self)
{
    assert(self->at_work == 0 && lane_waiting(self) == 0 && list_is_empty(&self->queue));
    self->service->lanes--;
    list_remove(&self->turn);
    list_remove(&self->sibling);
    list_prepend(&self->asker->askers->free_lanes, &self->sibling);
}
