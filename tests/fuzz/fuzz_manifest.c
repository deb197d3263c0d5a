/* The manifest of an index folder (lookup-svc/manifest.h): what is read, written and read again, is the same.
 *
 * The first byte says whether a last line with the right count and checksum is put behind: no mutation would hit them. */

#include <zlib.h>

#include "common/log.h"
#include "lookup-svc/manifest.h"
#include "tests/fuzz/fuzz_files.h"

static void s_check_same(const snapshot_t *one, const snapshot_t *other)
{
    FUZZ_CHECK(other && one->count == other->count && one->words == other->words);
    for (size_t i = 0; i < one->count; i++) {
        const dictionary_t *a = &one->dictionaries[i], *b = &other->dictionaries[i];
        FUZZ_CHECK(a->id == b->id && a->version == b->version && a->entries == b->entries);
        FUZZ_CHECK(strcmp(a->name, b->name) == 0 && strcmp(a->title, b->title) == 0);
    }
}

static void s_read(const char *text, size_t size)
{
    fuzz_files_t files;
    fuzz_files_open(&files);
    const char *path = fuzz_files_add(&files, "manifest", text, size);
    snapshot_t *snapshot = manifest_read(path);
    if (snapshot) {
        const char *copy = fuzz_files_add(&files, "copy", "", 0);
        FUZZ_CHECK(manifest_write(copy, snapshot) == 0);
        snapshot_t *again = manifest_read(copy);
        s_check_same(snapshot, again);
        snapshot_destroy(&again);
    }
    snapshot_destroy(&snapshot);
    fuzz_files_close(&files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lex_log_setup("fuzz", "error", "text");
    bool sealed = fuzz_byte(&data, &size) & 1;
    char *text = malloc(size + 64);
    memcpy(text, data, size);
    if (sealed) {
        size_t lines = 0;
        for (size_t i = 0; i < size; i++)
            lines += text[i] == '\n';
        size += (size_t)sprintf(text + size, "end %zu %08lx\n", lines > 0 ? lines - 1 : 0,
                                crc32(0, (const unsigned char *)text, (uInt)size));
    }
    s_read(text, size);
    free(text);
    return 0;
}
