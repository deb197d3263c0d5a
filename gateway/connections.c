#include "gateway/connections.h"

#include <stdlib.h>

#include "common/memory.h"

void connections_init(connections_t *self, int count, const connections_limit_t limit[SIDES],
                      connections_finished_fn *is_finished, void *arg)
{
    *self = (connections_t){.all = lex_calloc((size_t)count, sizeof *self->all),
                            .count = count,
                            .is_finished = is_finished,
                            .arg = arg};
    for (int side = 0; side < SIDES; side++) {
        self->limit[side] = limit[side];
        list_init(&self->side[side].young);
    }
    list_init(&self->doomed);
}

void connections_close(connections_t *self)
{
    free(self->all);
    self->all = NULL;
}

static int s_descriptor(const connections_t *self, const connection_t *connection)
{
    return (int)(connection - self->all);
}

connection_t *connections_find(connections_t *self, int fd)
{
    return fd >= 0 && fd < self->count && self->all[fd].serial ? &self->all[fd] : NULL;
}

static void s_doom(connections_t *self, connection_t *connection, doom_t why)
{
    list_remove(&connection->young);
    list_append(&self->doomed, &connection->doomed);
    connection->doom = why;
    self->side[connection->side].open--;
}

/* The oldest that has not finished its handshake, or NULL. Those that have are not looked at again. */
static connection_t *s_oldest_unfinished(connections_t *self, side_t side)
{
    list_t *young = &self->side[side].young;
    while (!list_is_empty(young)) {
        connection_t *oldest = list_item(young->next, connection_t, young);
        if (!self->is_finished(self->arg, s_descriptor(self, oldest), side))
            return oldest;
        list_remove(&oldest->young);
    }
    return NULL;
}

bool connections_accepted(connections_t *self, int fd, side_t side, uint64_t taken, uint64_t given,
                          uint64_t read)
{
    if (fd < 0 || fd >= self->count)
        return false;
    /* With several I/O threads one may report the end before the other reports the begin. */
    connections_closed(self, fd);
    connection_t *connection = &self->all[fd];
    if (++self->serial == 0)
        self->serial = 1;
    *connection = (connection_t){.serial = self->serial, .side = side};
    list_init(&connection->young);
    list_init(&connection->doomed);
    backlog_begin(&connection->backlog, taken, given, read);
    connections_side_t *own = &self->side[side];
    own->open++;
    /* Looked for before the newcomer joins: it is no candidate itself. */
    bool is_full = own->open > self->limit[side].connections;
    connection_t *unfinished = is_full ? s_oldest_unfinished(self, side) : NULL;
    list_append(&own->young, &connection->young);
    if (is_full)
        s_doom(self, unfinished ? unfinished : connection, DOOM_FULL);
    return true;
}

void connections_closed(connections_t *self, int fd)
{
    connection_t *connection = connections_find(self, fd);
    if (!connection)
        return;
    list_remove(&connection->young);
    list_remove(&connection->doomed);
    if (!connection->doom)
        self->side[connection->side].open--;
    connection->serial = 0;
}

static uint64_t s_bytes(const connection_t *connection)
{
    return connection->backlog.unread + connection->backlog.doubt + connection->backlog.unsent;
}

/* The limit of each. */
static void s_judge_one(connections_t *self, connection_t *connection)
{
    bool is_over = connection->backlog.unread > self->limit[connection->side].connection_bytes;
    if (is_over && connection->was_over)
        s_doom(self, connection, DOOM_UNREAD);
    connection->was_over = is_over;
}

static connection_t *s_largest(connections_t *self, side_t side)
{
    connection_t *largest = NULL;
    for (int fd = 0; fd < self->count; fd++) {
        connection_t *connection = &self->all[fd];
        if (connection->serial && connection->side == side && !connection->doom &&
            (!largest || s_bytes(connection) > s_bytes(largest)))
            largest = connection;
    }
    return largest;
}

void connections_judge(connections_t *self, side_t side)
{
    connections_side_t *own = &self->side[side];
    own->unread = own->unsent = 0;
    for (int fd = 0; fd < self->count; fd++) {
        connection_t *connection = &self->all[fd];
        if (!connection->serial || connection->side != side || connection->doom)
            continue;
        s_judge_one(self, connection);
        if (connection->doom)
            continue;
        own->unread += connection->backlog.unread + connection->backlog.doubt;
        own->unsent += connection->backlog.unsent;
    }
    uint64_t sum = own->unread + own->unsent;
    for (int i = 0; i < CONNECTIONS_DOOM_MAX && sum > self->limit[side].total_bytes; i++) {
        connection_t *largest = s_largest(self, side);
        if (!largest)
            break;
        sum -= s_bytes(largest);
        s_doom(self, largest, DOOM_ALL);
    }
}

connection_t *connections_next_doomed(connections_t *self, int *fd)
{
    if (list_is_empty(&self->doomed))
        return NULL;
    connection_t *connection = list_item(self->doomed.next, connection_t, doomed);
    list_remove(&connection->doomed);
    *fd = s_descriptor(self, connection);
    return connection;
}
