/* What fuzz targets share: a check that ends the run, and parts of an input.
 *
 * A target is tests/fuzz/fuzz_NAME.c with LLVMFuzzerTestOneInput, its seeds are tests/fuzz/seeds/NAME/. The Makefile finds
 * it and links the archives of the folders that it includes headers of. */

#ifndef LEXMQ_TESTS_FUZZ_H
#define LEXMQ_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libFuzzer calls it with every input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that did not hold. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);          \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Parts of an input are parted by this: mutations leave it alone or cut elsewhere, and seeds can be read. */
#define FUZZ_SEPARATOR "\n%%\n"

/* Takes the bytes up to the next separator, or all that are left, off the input. */
static inline const uint8_t *fuzz_part(const uint8_t **data, size_t *size, size_t *part_size)
{
    static const char separator[] = FUZZ_SEPARATOR;
    size_t length = sizeof separator - 1;
    const uint8_t *part = *data;
    const uint8_t *end = *size > 0 ? memmem(part, *size, separator, length) : NULL;
    *part_size = end ? (size_t)(end - part) : *size;
    *data = part + *part_size + (end ? length : 0);
    *size -= *part_size + (end ? length : 0);
    return part;
}

/* A number taken off the front of an input; 0 when there is none left. */
static inline uint8_t fuzz_byte(const uint8_t **data, size_t *size)
{
    if (*size == 0)
        return 0;
    --*size;
    return *(*data)++;
}

/* Up to `count` bytes off the front of an input; *part_size says how many there were. */
static inline const uint8_t *fuzz_take(const uint8_t **data, size_t *size, size_t count,
                                       size_t *part_size)
{
    const uint8_t *part = *data;
    *part_size = count < *size ? count : *size;
    *data += *part_size;
    *size -= *part_size;
    return part;
}

#endif
