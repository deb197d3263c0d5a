/* WordNet's exceptions. */

#include "tests/fuzz/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_files_t files;
    fuzz_files_open(&files);
    const char *path = fuzz_files_add(&files, "noun.exc", data, size);
    FUZZ_CHECK(format_guess(path));
    fuzz_read(&format_exc, path);
    fuzz_files_close(&files);
    return 0;
}
