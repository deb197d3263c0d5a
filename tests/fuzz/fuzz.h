/* What fuzz targets share: a check that ends the run, parts of an input, files for readers, and a reader run to its end.
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

#endif
