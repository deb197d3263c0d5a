#include "common/random.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"

void lex_random_setup(void)
{
    if (sodium_init() < 0) {
        fputs("lexmq: libsodium cannot start: no random numbers from the system\n", stderr);
        abort();
    }
}

void lex_random_bytes(void *out, size_t size)
{
    randombytes_buf(out, size);
}

void lex_random_id(unsigned char out[16])
{
    uint64_t now = (uint64_t)lex_utc_ms();
    for (int i = 0; i < 6; i++) {
        out[i] = (unsigned char)(now >> (40 - 8 * i));
    }
    randombytes_buf(out + 6, 10);
}
