/* A DICT database: the index and, behind a separator, the text. */

#include "tests/fuzz/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_files_t files;
    size_t part_size;
    fuzz_files_open(&files);
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    const char *path = fuzz_files_add(&files, "base.index", part, part_size);
    fuzz_files_add(&files, "base.dict", data, size);
    fuzz_read(&format_dict, path);
    fuzz_files_close(&files);
    return 0;
}
