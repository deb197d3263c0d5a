/* A word book, plain or marked. */

#include "tests/fuzz/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_files_t files;
    fuzz_files_open(&files);
    fuzz_read(&format_wordbook, fuzz_files_add(&files, "book.txt", data, size));
    fuzz_files_close(&files);
    return 0;
}
