/* dictzip. An input whose first byte is even is a file; the rest of any other is text that our writer packs and our
 * reader gives back. */

#include "tests/fuzz/fuzz.h"

#include "dict/dictzip.h"
#include "dict/dictzip_write.h"

#define REPEATS 40 /* of a text, so that small inputs have several chunks */

/* Reads ranges at the beginning, the end and around the chunks' bounds. */
static void s_read(dictzip_t *zip, const char *text)
{
    uint64_t size = dictzip_size(zip);
    uint64_t starts[] = {0, 1, DICTZIP_CHUNK_SIZE - 1, DICTZIP_CHUNK_SIZE, size / 2, size};
    char out[1000];
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        uint64_t start = starts[i];
        uint64_t left = start <= size ? size - start : 0;
        size_t part = left < sizeof out ? (size_t)left : sizeof out;
        int rc = dictzip_read(zip, start, part, out);
        FUZZ_CHECK(rc == (start <= size ? 0 : -1));
        FUZZ_CHECK(rc != 0 || !text || memcmp(out, text + start, part) == 0);
    }
    FUZZ_CHECK(dictzip_read(zip, size, 1, out) == -1);
    FUZZ_CHECK(dictzip_read(zip, UINT64_MAX, 2, out) == -1);
}

static void s_open(FILE *file, const char *text, uint64_t size)
{
    char *error = NULL;
    dictzip_t *zip = dictzip_open(fileno(file), &error);
    FUZZ_CHECK(!zip || !error);
    FUZZ_CHECK(zip || !text);
    if (zip) {
        FUZZ_CHECK(!text || dictzip_size(zip) == size);
        s_read(zip, text);
    }
    dictzip_close(&zip);
    free(error);
}

static void s_round_trip(FILE *file, const uint8_t *data, size_t size)
{
    FILE *scratch = tmpfile();
    FUZZ_CHECK(scratch);
    dictzip_writer_t *writer = dictzip_writer_new(file, scratch);
    char *text = malloc(size * REPEATS + 1);
    for (size_t i = 0; i < REPEATS; i++) {
        memcpy(text + i * size, data, size);
        FUZZ_CHECK(dictzip_writer_add(writer, data, size) == 0);
    }
    FUZZ_CHECK(dictzip_writer_finish(writer) == 0);
    FUZZ_CHECK(dictzip_writer_size(writer) == size * REPEATS);
    FUZZ_CHECK(fflush(file) == 0);
    s_open(file, text, size * REPEATS);
    dictzip_writer_destroy(&writer);
    fclose(scratch);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *file = tmpfile();
    FUZZ_CHECK(file);
    if (size > 0 && data[0] % 2 == 1) {
        s_round_trip(file, data + 1, size - 1);
    } else if (size > 0) {
        FUZZ_CHECK(fwrite(data + 1, 1, size - 1, file) == size - 1 && fflush(file) == 0);
        s_open(file, NULL, 0);
    }
    fclose(file);
    return 0;
}
