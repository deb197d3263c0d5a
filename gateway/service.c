#include "gateway/service.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

void services_init(services_t *self)
{
    self->by_name = table_new();
    list_init(&self->all);
}

void services_close(services_t *self)
{
    for (list_t *node = self->all.next, *next; node != &self->all; node = next) {
        next = node->next;
        service_t *service = list_item(node, service_t, all);
        services_remove(self, &service);
    }
    table_destroy(&self->by_name);
}

bool service_name_is_valid(const void *name, size_t size)
{
    const unsigned char *byte = name;
    if (size < 1 || size > MDP_SERVICE_MAX)
        return false;
    for (size_t i = 0; i < size; i++)
        if (byte[i] < 0x21 || byte[i] > 0x7e)
            return false;
    return true;
}

service_t *services_find(services_t *self, const void *name, size_t size)
{
    table_entry_t *entry = table_find(self->by_name, name, size);
    return entry ? list_item(entry, service_t, entry) : NULL;
}

/* The service to forget: without anything that is under way. NULL when there is none. */
static service_t *s_spare(services_t *self)
{
    service_t *spare = NULL;
    for (list_t *node = self->all.next; node != &self->all; node = node->next) {
        service_t *service = list_item(node, service_t, all);
        if (service->sessions > 0 || service->open > 0 || service->is_expected)
            continue;
        if (!service->was_served)
            return service;
        if (!spare)
            spare = service;
    }
    return spare;
}

static bool s_make_room(services_t *self)
{
    if (table_count(self->by_name) < SERVICES_MAX)
        return true;
    service_t *spare = s_spare(self);
    if (spare)
        services_remove(self, &spare);
    return table_count(self->by_name) < SERVICES_MAX;
}

static service_t *s_add(services_t *self, const void *name, size_t size)
{
    assert(service_name_is_valid(name, size));
    service_t *service = lex_calloc(1, sizeof *service);
    memcpy(service->name, name, size);
    service->size = (uint8_t)size;
    service->entry.key = service->name;
    service->entry.size = size;
    table_insert(self->by_name, &service->entry);
    list_append(&self->all, &service->all);
    list_init(&service->turns);
    list_init(&service->held);
    service->latency.bounds = &lex_bounds_duration;
    return service;
}

service_t *services_add(services_t *self, const void *name, size_t size)
{
    return s_make_room(self) ? s_add(self, name, size) : NULL;
}

bool services_expect(services_t *self, const char *names)
{
    unsigned count = 0;
    for (const char *at = names; *at;) {
        at += strspn(at, ", ");
        size_t size = strcspn(at, ", ");
        if (size == 0)
            break;
        if (!service_name_is_valid(at, size) || ++count > SERVICES_EXPECTED_MAX)
            return false;
        service_t *service = services_find(self, at, size);
        service = service ? service : s_add(self, at, size); /* at the start: there is room */
        service->is_expected = service->was_served = true;
        at += size;
    }
    return true;
}

service_t *services_find_idle(services_t *self)
{
    for (list_t *node = self->all.next; node != &self->all; node = node->next) {
        service_t *service = list_item(node, service_t, all);
        if (service->sessions == 0 && !service->is_expected)
            return service;
    }
    return NULL;
}

void services_remove(services_t *self, service_t **service_p)
{
    service_t *service = *service_p;
    assert(service->sessions == 0 && service->open == 0);
    table_remove(self->by_name, &service->entry);
    list_remove(&service->all);
    heap_close(&service->by_requests);
    heap_close(&service->by_bytes);
    free(service->heap);
    free(service);
    *service_p = NULL;
}
