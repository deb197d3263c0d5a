#include "tests/fuzz/live/lib/message.h"

#include <string.h>
#include <zmq.h>

#define LARGE_MAX (2u << 20)

static const unsigned char s_zeros[LARGE_MAX];

void message_clear(message_t *self)
{
    self->count = 0;
    self->used = 0;
}

/* Room that is not used yet, or NULL. */
static unsigned char *s_take(message_t *self, size_t size)
{
    if (size > MESSAGE_BYTES - self->used)
        return NULL;
    self->used += size;
    return self->memory + self->used - size;
}

bool message_add(message_t *self, const void *data, size_t size)
{
    unsigned char *copy = self->count < MESSAGE_PARTS ? s_take(self, size) : NULL;
    if (!copy)
        return false;
    if (size > 0)
        memcpy(copy, data, size);
    self->data[self->count] = copy;
    self->size[self->count++] = size;
    return true;
}

void message_add_large(message_t *self, size_t size)
{
    if (self->count == MESSAGE_PARTS)
        return;
    self->data[self->count] = s_zeros;
    self->size[self->count++] = size < LARGE_MAX ? size : LARGE_MAX;
}

bool message_send(const message_t *self, void *socket)
{
    for (unsigned i = 0; i < self->count; i++) {
        int more = i + 1 < self->count ? ZMQ_SNDMORE : 0;
        if (zmq_send(socket, self->data[i], self->size[i], ZMQ_DONTWAIT | more) == -1)
            return false; /* only the first can be refused */
    }
    return true;
}

/* ---- mutations ---- */

/* A part's bytes, to be written to and perhaps `more` bytes longer; NULL when there is no room. */
static unsigned char *s_own(message_t *self, unsigned part, size_t more)
{
    unsigned char *copy = s_take(self, self->size[part] + more);
    if (!copy)
        return NULL;
    memcpy(copy, self->data[part], self->size[part]);
    self->data[part] = copy;
    return copy;
}

static void s_drop(message_t *self, dice_t *dice)
{
    unsigned part = dice_below(dice, self->count);
    if (self->count == 1)
        return;
    self->count--;
    for (; part < self->count; part++) {
        self->data[part] = self->data[part + 1];
        self->size[part] = self->size[part + 1];
    }
}

static void s_double(message_t *self, dice_t *dice)
{
    unsigned part = dice_below(dice, self->count);
    for (unsigned times = 1 + dice_below(dice, 20); times > 0 && self->count < MESSAGE_PARTS;
         times--) {
        self->data[self->count] = self->data[part];
        self->size[self->count++] = self->size[part];
    }
}

static void s_swap(message_t *self, dice_t *dice)
{
    unsigned a = dice_below(dice, self->count), b = dice_below(dice, self->count);
    const unsigned char *data = self->data[a];
    size_t size = self->size[a];
    self->data[a] = self->data[b];
    self->size[a] = self->size[b];
    self->data[b] = data;
    self->size[b] = size;
}

static void s_cut(message_t *self, dice_t *dice)
{
    unsigned part = dice_below(dice, self->count);
    self->size[part] = self->size[part] ? dice_below(dice, (unsigned)self->size[part]) : 0;
}

static void s_lengthen(message_t *self, dice_t *dice)
{
    unsigned part = dice_below(dice, self->count);
    size_t more = 1 + dice_below(dice, dice_one_in(dice, 50) ? 60000 : 64);
    unsigned char *data = s_own(self, part, more);
    if (!data)
        return;
    for (size_t i = 0; i < more; i++)
        data[self->size[part] + i] = (unsigned char)dice_next(dice);
    self->size[part] += more;
}

/* Some bytes: a bit, any value, or one that means much to a parser. */
static void s_bytes(message_t *self, dice_t *dice)
{
    static const unsigned char telling[] = {0x00, 0x01, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F, 0xA0,
                                            0xBF, 0xC0, 0xC1, 0xC4, 0xC6, 0xC7, 0xCB, 0xCF, 0xD3,
                                            0xD9, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xE0, 0xFE, 0xFF};
    unsigned part = dice_below(dice, self->count);
    unsigned char *data = self->size[part] ? s_own(self, part, 0) : NULL;
    for (unsigned times = 1 + dice_below(dice, 4); data && times > 0; times--) {
        unsigned char *at = data + dice_below(dice, (unsigned)self->size[part]);
        switch (dice_below(dice, 3)) {
        case 0:
            *at ^= (unsigned char)(1u << dice_below(dice, 8));
            break;
        case 1:
            *at = (unsigned char)dice_next(dice);
            break;
        default:
            *at = telling[dice_below(dice, sizeof telling)];
        }
    }
}

/* A length or a number somewhere becomes very large. */
static void s_number(message_t *self, dice_t *dice)
{
    unsigned part = dice_below(dice, self->count);
    size_t size = 1u << dice_below(dice, 4);
    unsigned char *data = self->size[part] >= size ? s_own(self, part, 0) : NULL;
    if (data)
        memset(data + dice_below(dice, (unsigned)(self->size[part] - size + 1)),
               dice_one_in(dice, 2) ? 0xFF : 0x7F, size);
}

void message_mutate(message_t *self, dice_t *dice)
{
    static void (*const mutations[])(message_t *, dice_t *) = {
        s_bytes, s_bytes, s_bytes, s_number, s_cut, s_lengthen, s_drop, s_double, s_swap};
    for (unsigned times = 1 + dice_below(dice, 3); times > 0; times--)
        mutations[dice_below(dice, sizeof mutations / sizeof *mutations)](self, dice);
}
