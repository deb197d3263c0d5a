/* Valid messages of every kind, for the front and the back: what mutations begin with. */

#ifndef LEXMQ_LIVE_VALID_H
#define LEXMQ_LIVE_VALID_H

#include "common/writer.h"
#include "tests/fuzz/live/lib/message.h"

#define VALID_SERVICE  "fuzz" /* what the rogue worker serves */
#define ADDRESSES_MAX  64
#define TOKEN_SIZE_MAX 512

typedef struct {
    /* The first is for lookups and history; ops of accounts may end the second one's session. */
    unsigned char token[2][TOKEN_SIZE_MAX];
    size_t token_size[2];
    const char *name, *password; /* of the second account */
    /* Requests that the rogue worker was given. */
    unsigned char address[ADDRESSES_MAX][8];
    unsigned addresses;
    lex_writer_t writer;
} valid_t;

/* A request of a client: any op of any service. One in `costly` of those is an op that has a password hashed. */
void valid_front(valid_t *self, message_t *message, dice_t *dice, unsigned costly);
/* A command of a worker, or a call from worker to worker. */
void valid_back(valid_t *self, message_t *message, dice_t *dice);

#endif
