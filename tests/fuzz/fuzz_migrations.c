/* Migration files (sql/files.h): two of them, under names that the input gives. */

#include <ctype.h>

#include "common/log.h"
#include "sql/files.h"
#include "tests/fuzz/fuzz_files.h"

/* A file name has no slash and no NUL, and fits. */
static const char *s_name(const uint8_t *part, size_t size, char out[48])
{
    size_t length = 0;
    for (size_t i = 0; i < size && length < 40; i++)
        if (isprint(part[i]) && part[i] != '/')
            out[length++] = (char)part[i];
    snprintf(out + length, 8, ".sql");
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char name[48];
    fuzz_files_t files;
    files_t migrations;
    size_t part_size;
    lex_log_setup("fuzz", "error", "text");
    fuzz_files_open(&files);
    for (int i = 0; i < 2; i++) {
        const uint8_t *part = fuzz_part(&data, &size, &part_size);
        s_name(part, part_size, name);
        part = fuzz_part(&data, &size, &part_size);
        fuzz_files_add(&files, name, part, part_size);
    }
    if (files_load(&migrations, files.folder) == 0) {
        for (size_t i = 0; i < migrations.count; i++) {
            const file_t *file = &migrations.items[i];
            FUZZ_CHECK(file->version >= 1 && file->version <= FILES_VERSION_MAX);
            FUZZ_CHECK(strlen(file->text) == file->size && strlen(file->checksum) == 64);
            FUZZ_CHECK(i == 0 || file[-1].version < file->version);
        }
        files_close(&migrations);
    }
    fuzz_files_close(&files);
    return 0;
}
