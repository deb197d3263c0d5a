#include "history-svc/cleared.h"

#include <stdlib.h>

#include "common/memory.h"

typedef struct {
    uint64_t user;
    int64_t time;
} clear_t;

/* By user, and of a user the latest first. */
struct cleared {
    clear_t *clears;
    size_t count;
    size_t capacity;
};

cleared_t *cleared_new(void)
{
    return lex_calloc(1, sizeof(cleared_t));
}

void cleared_destroy(cleared_t **self_p)
{
    if (!*self_p)
        return;
    free((*self_p)->clears);
    free(*self_p);
    *self_p = NULL;
}

static int s_order(const void *a, const void *b)
{
    const clear_t *one = a, *other = b;
    if (one->user != other->user)
        return one->user < other->user ? -1 : 1;
    return (one->time < other->time) - (one->time > other->time);
}

static int s_row(void *arg, const lex_row_t *row)
{
    cleared_t *self = arg;
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 64;
        self->clears = lex_realloc(self->clears, self->capacity * sizeof *self->clears);
    }
    self->clears[self->count++] =
        (clear_t){.user = lex_row_uint(row, 0), .time = lex_row_int(row, 1)};
    return 0;
}

lex_db_status_t cleared_refresh(cleared_t *self, lex_db_t *db, int64_t since, int64_t until)
{
    self->count = 0;
    /* The lock reaches to the end of the index by time, where every new clear goes. */
    lex_db_status_t status = lex_db_query(db, s_row, self,
                                          "SELECT user_id, created_at FROM clears"
                                          " WHERE created_at BETWEEN ? AND ? LOCK IN SHARE MODE",
                                          LEX_INT(since), LEX_INT(until));
    if (self->count > 1)
        qsort(self->clears, self->count, sizeof *self->clears, s_order);
    return status;
}

bool cleared_has(const cleared_t *self, uint64_t user, int64_t time)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->clears[middle].user < user)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->count && self->clears[low].user == user && self->clears[low].time >= time;
}
