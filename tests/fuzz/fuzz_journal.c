/* A journal's segment as a dead worker left it (lookup-svc/journal.h): adopted, read to its end, delivered; and written again.
 *
 * The first byte says whether the frames' checksums are put right before: no mutation would hit one, and behind them is most of
 * what there is to read. */

#include <zlib.h>

#include "common/log.h"
#include "lookup-svc/journal_frame.h"
#include "lookup-svc/journal_segment.h"
#include "tests/fuzz/fuzz_files.h"

#define RECORDS 8
#define WORDS   16

static void s_check_record(const record_t *record)
{
    FUZZ_CHECK(record->count <= JOURNAL_WORDS_MAX && record->token_size <= JOURNAL_TOKEN_MAX);
    for (size_t i = 0; i < record->count; i++)
        FUZZ_CHECK(record->words[i].size >= 1 && record->words[i].size <= 255);
}

/* A frame that was read, written again, is the same. */
static void s_check_frame(const uint8_t *data, size_t size)
{
    static record_word_t words[JOURNAL_WORDS_MAX];
    record_t record;
    size_t used = 0;
    if (journal_frame_read(data, size, &record, words, &used) != JOURNAL_FRAME_GOOD)
        return;
    FUZZ_CHECK(used <= size && used == journal_frame_size(&record));
    s_check_record(&record);
    unsigned char *copy = malloc(used);
    FUZZ_CHECK(journal_frame_write(copy, &record) == copy + used);
    FUZZ_CHECK(memcmp(copy, data, used) == 0);
    free(copy);
}

static void s_seek(const uint8_t *data, size_t size)
{
    while (size > 0) {
        size_t step = journal_frame_seek(data, size, true);
        FUZZ_CHECK(step >= 1 && step <= size);
        data += step;
        size -= step;
        s_check_frame(data, size);
    }
}

/* Read to the end, however damaged; each record once; the file is then gone. */
static void s_deliver(journal_t *journal, size_t size)
{
    record_t records[RECORDS];
    size_t count, total = 0;
    while ((count = journal_peek(journal, records, RECORDS, WORDS)) > 0) {
        for (size_t i = 0; i < count; i++)
            s_check_record(&records[i]);
        journal_drop(journal, count);
        total += count;
        FUZZ_CHECK(total <= size / (JOURNAL_FRAME_HEAD + 1));
    }
    journal_counts_t counts = journal_counts(journal);
    FUZZ_CHECK(counts.delivered == total && counts.bytes == 0 && counts.segments == 0);
}

static uint32_t s_number(const uint8_t *data)
{
    return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

/* Gives every frame that has a mark and fits its own checksum. */
static void s_seal(uint8_t *data, size_t size)
{
    for (size_t at = 0; at + JOURNAL_FRAME_HEAD <= size; at++) {
        size_t payload = s_number(data + at + 4);
        if (s_number(data + at) != JOURNAL_MARK || payload > size - at - JOURNAL_FRAME_HEAD)
            continue;
        uint32_t sum = (uint32_t)crc32(0, data + at + JOURNAL_FRAME_HEAD, (uInt)payload);
        for (int i = 0; i < 4; i++)
            data[at + 8 + (size_t)i] = (uint8_t)(sum >> (8 * i));
    }
}

static void s_read(const uint8_t *data, size_t size)
{
    fuzz_files_t files;
    s_check_frame(data, size);
    s_seek(data, size);
    fuzz_files_open(&files);
    fuzz_files_add(&files, "0000018c00000000-0011223344556677.journal", data, size);
    journal_t *journal = journal_new(&(journal_options_t){.dir = files.folder, .bytes = 1 << 20});
    FUZZ_CHECK(journal);
    s_deliver(journal, size);
    journal_destroy(&journal);
    fuzz_files_close(&files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lex_log_setup("fuzz", "error", "text");
    bool sealed = fuzz_byte(&data, &size) & 1;
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, data, size);
    if (sealed)
        s_seal(copy, size);
    s_read(copy, size);
    free(copy);
    return 0;
}
