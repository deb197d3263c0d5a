#include "common/random.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

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
