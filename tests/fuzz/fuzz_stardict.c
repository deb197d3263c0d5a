/* A StarDict dictionary: .ifo, .idx, .syn and .dict, parted by separators. */

#include "tests/fuzz/fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"star.ifo", "star.idx", "star.syn"};
    fuzz_files_t files;
    fuzz_files_open(&files);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t part_size;
        const uint8_t *part = fuzz_part(&data, &size, &part_size);
        fuzz_files_add(&files, names[i], part, part_size);
    }
    fuzz_files_add(&files, "star.dict", data, size);
    fuzz_read(&format_stardict, files.paths[0]);
    fuzz_files_close(&files);
    return 0;
}
