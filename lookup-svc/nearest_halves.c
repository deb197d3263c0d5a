#include "lookup-svc/nearest_halves.h"

#include "common/text.h"

/* Walking all keys costs what measuring one key in so many does. */
#define RARE_SHARE 64u

/* The shortest end that is worth a look, and the code points from which on the beginning has two. */
#define END_MIN    3u
#define LONG_WORDS 8u

/* Bytes of the first `points` code points. */
static size_t s_bytes(const char *key, size_t size, size_t points)
{
    size_t offset = 0;
    for (size_t i = 0; i < points; i++)
        lex_text_next(key, size, &offset);
    return offset;
}

void nearest_halves_open(nearest_halves_t *self, const index_view_t *view, const char *key,
                         size_t size)
{
    self->view = view;
    self->measuring = false;
    self->place = self->limit = 0;
    self->first = 0;
    self->end = view->keys.count;
    nearest_open(&self->walk, view, key, size, 1);
    size_t length = self->walk.length;
    size_t begin_points = length < LONG_WORDS ? 1 : 2;
    if (length < begin_points + 1 + END_MIN)
        return;
    size_t begin_size = s_bytes(key, size, begin_points);
    size_t end_offset = s_bytes(key, size, begin_points + 1);
    uint32_t place, limit;
    index_view_suffix(view, key + end_offset, size - end_offset, &place, &limit);
    if (limit - place > view->keys.count / RARE_SHARE)
        return;
    self->place = place;
    self->limit = limit;
    index_table_prefix(&view->keys, key, begin_size, &self->first, &self->end);
    nearest_restrict(&self->walk, self->first, self->end);
}

bool nearest_halves_next(nearest_halves_t *self, uint32_t *item, unsigned *distance)
{
    if (!self->measuring && nearest_next(&self->walk, item, distance))
        return true;
    self->measuring = true;
    while (self->place < self->limit) {
        *item = self->view->reversed[self->place++];
        if (*item >= self->first && *item < self->end)
            continue; /* the walk has been there */
        size_t size;
        const char *key = index_table_string(&self->view->keys, *item, &size);
        *distance = nearest_measure(&self->walk, key, size);
        if (*distance <= 1)
            return true;
    }
    return false;
}
