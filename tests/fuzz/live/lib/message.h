/* A message of frames to be sent, in memory that is used again for the next one; and the numbers that decide what it becomes. */

#ifndef LEXMQ_LIVE_MESSAGE_H
#define LEXMQ_LIVE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Splitmix64: the same seed gives the same messages. */
typedef struct {
    uint64_t state;
} dice_t;

static inline uint64_t dice_next(dice_t *self)
{
    uint64_t z = self->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* 0 to count - 1; count is not 0. */
static inline unsigned dice_below(dice_t *self, unsigned count)
{
    return (unsigned)((dice_next(self) >> 32) % count);
}

static inline bool dice_one_in(dice_t *self, unsigned count)
{
    return dice_below(self, count) == 0;
}

#define MESSAGE_PARTS 40
#define MESSAGE_BYTES (256u << 10) /* of all parts that are not the large one */

typedef struct {
    const unsigned char *data[MESSAGE_PARTS];
    size_t size[MESSAGE_PARTS];
    unsigned count;
    size_t used;
    unsigned char memory[MESSAGE_BYTES];
} message_t;

void message_clear(message_t *self);
/* A copy of the bytes as the last part; false, and nothing, when there is no room. */
bool message_add(message_t *self, const void *data, size_t size);
/* A part of that many zeros, however many (up to 2 MiB). */
void message_add_large(message_t *self, size_t size);

/* Sends it all or nothing, without waiting. False when the socket takes nothing now. */
bool message_send(const message_t *self, void *socket);

/* Changes a valid message: frames dropped, doubled, moved, cut, made longer or empty; bits, bytes and numbers in them; the types and
 * lengths of msgpack. The message stays one of at least a frame. */
void message_mutate(message_t *self, dice_t *dice);

#endif
