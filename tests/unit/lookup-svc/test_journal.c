/* The journal on disk: order, bounds, torn and damaged files, dead workers, full disks. */

#include "lookup-svc/journal_frame.h"
#include "tests/unit/lookup-svc/journal_fixture.h"

static journal_t *s_open_with(const scratch_t *scratch, uint64_t bytes, uint32_t segment_bytes)
{
    journal_t *journal = journal_new(&(journal_options_t){
        .dir = scratch->folder, .bytes = bytes, .segment_bytes = segment_bytes});
    assert_non_null(journal);
    return journal;
}

static journal_t *s_open(const scratch_t *scratch)
{
    return s_open_with(scratch, 1 << 20, 0);
}

/* Delivers everything; returns the number of records, whose numbers run from `first` when that is not negative. */
static size_t s_deliver(journal_t *journal, long first)
{
    record_t records[10];
    size_t count, total = 0;
    while ((count = journal_peek(journal, records, 10, 15)) > 0) {
        for (size_t i = 0; i < count; i++) {
            if (first >= 0)
                sample_compare(&records[i], (unsigned)first++);
            else
                sample_compare(&records[i], sample_number(&records[i]));
        }
        journal_drop(journal, count);
        total += count;
    }
    return total;
}

static void test_records_come_out_as_they_went_in(void **state)
{
    scratch_t *scratch = *state;
    journal_t *journal = s_open(scratch);
    char path[400];
    struct stat status;
    assert_int_equal(s_deliver(journal, 0), 0);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(sample_append(journal, i), JOURNAL_OK);
    assert_int_equal(scratch_segments(scratch, path, sizeof path), 1);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(journal_counts(journal).bytes, status.st_size);
    assert_int_equal(s_deliver(journal, 0), 100);
    assert_int_equal(scratch_segments(scratch, NULL, 0), 0); /* deleted once delivered */
    assert_int_equal(journal_counts(journal).bytes, 0);
    assert_int_equal(sample_append(journal, 100), JOURNAL_OK);
    assert_int_equal(s_deliver(journal, 100), 1);
    journal_destroy(&journal);
}

static void test_peeking_keeps_to_its_limits_and_repeats(void **state)
{
    journal_t *journal = s_open(*state);
    record_t records[10];
    for (unsigned i = 0; i < 6; i++) /* 1 2 3 1 2 3 words */
        sample_append(journal, i);
    assert_int_equal(journal_peek(journal, records, 2, 100), 2);
    assert_int_equal(journal_peek(journal, records, 10, 5), 2);
    assert_int_equal(journal_peek(journal, records, 10, 6), 3);
    assert_int_equal(journal_peek(journal, records, 10, 1), 1);
    journal_drop(journal, 1);
    assert_int_equal(journal_peek(journal, records, 10, 1), 1); /* of two words: one at least */
    sample_compare(&records[0], 1);
    assert_int_equal(journal_peek(journal, records, 10, 100), 5);
    sample_append(journal, 6); /* between reading and dropping, as it comes */
    journal_drop(journal, 4);
    assert_int_equal(s_deliver(journal, 5), 2);
    journal_destroy(&journal);
}

static void test_many_records_at_once_fill_several_segments(void **state)
{
    scratch_t *scratch = *state;
    enum { COUNT = 300 };
    journal_t *journal = s_open_with(scratch, 1 << 20, 2000);
    sample_t *samples = calloc(COUNT, sizeof *samples);
    const record_t *records[COUNT];
    size_t kept;
    for (unsigned i = 0; i < COUNT; i++) {
        sample_fill(&samples[i], i);
        records[i] = &samples[i].record;
    }
    for (unsigned i = 0; i < COUNT; i += 50) {
        assert_int_equal(journal_append(journal, records + i, 50, &kept), JOURNAL_OK);
        assert_int_equal(kept, 50);
    }
    assert_true(scratch_segments(scratch, NULL, 0) > 1);
    assert_int_equal(s_deliver(journal, 0), COUNT);
    assert_int_equal(scratch_segments(scratch, NULL, 0), 0);
    free(samples);
    journal_destroy(&journal);
}

static void test_the_largest_record_fits(void **state)
{
    journal_t *journal = s_open_with(*state, 4 << 20, 4 << 20);
    sample_t sample;
    sample_fill(&sample, 0);
    char text[255];
    memset(text, 'x', sizeof text);
    record_word_t *words = calloc(JOURNAL_WORDS_MAX, sizeof *words);
    for (size_t i = 0; i < JOURNAL_WORDS_MAX; i++)
        words[i] = (record_word_t){.word = text, .size = sizeof text, .found = true};
    sample.record.words = words;
    sample.record.count = JOURNAL_WORDS_MAX;
    const record_t *records[] = {&sample.record};
    record_t out[3];
    size_t kept;
    for (int i = 0; i < 3; i++)
        assert_int_equal(journal_append(journal, records, 1, &kept), JOURNAL_OK);
    assert_int_equal(journal_peek(journal, out, 3, 2000), 2);
    assert_int_equal(out[1].count, JOURNAL_WORDS_MAX);
    assert_memory_equal(out[1].words[JOURNAL_WORDS_MAX - 1].word, text, sizeof text);
    free(words);
    journal_destroy(&journal);
}

static void test_a_full_journal_says_so_and_recovers(void **state)
{
    journal_t *journal = s_open_with(*state, 3000, 1000);
    unsigned count = 0;
    journal_status_t status;
    while ((status = sample_append(journal, count)) == JOURNAL_OK)
        assert_true(++count < 1000);
    assert_int_equal(status, JOURNAL_FULL);
    assert_true(journal_counts(journal).bytes <= 3000);
    assert_true(journal_counts(journal).bytes > 2800);
    assert_int_equal(s_deliver(journal, 0), count);
    assert_int_equal(sample_append(journal, 0), JOURNAL_OK);
    journal_destroy(&journal);
}

/* A crash may leave any part of a file. */
static void test_a_tail_torn_at_any_byte_costs_only_itself(void **state)
{
    scratch_t *scratch = *state;
    journal_t *journal = s_open(scratch);
    char path[400];
    size_t size, ends[4] = {8};
    for (unsigned i = 0; i < 3; i++) {
        sample_append(journal, i);
        ends[i + 1] = (size_t)journal_counts(journal).bytes;
    }
    scratch_segments(scratch, path, sizeof path);
    journal_destroy(&journal);
    char *data = file_read(path, &size);
    assert_int_equal(size, ends[3]);
    for (size_t cut = 0; cut <= size; cut++) {
        file_write(path, data, cut);
        size_t whole = 0;
        while (whole < 3 && ends[whole + 1] <= cut)
            whole++;
        journal = s_open(scratch);
        assert_int_equal(s_deliver(journal, 0), whole);
        assert_int_equal(journal_counts(journal).damaged, cut > 8 && cut != ends[whole]);
        assert_int_equal(scratch_segments(scratch, NULL, 0), 0);
        journal_destroy(&journal);
    }
    free(data);
}

/* Any byte may be wrong: the record it belongs to is lost, and no other. */
static void test_a_damaged_byte_costs_one_record(void **state)
{
    scratch_t *scratch = *state;
    enum { COUNT = 5 };
    journal_t *journal = s_open(scratch);
    char path[400];
    size_t size;
    for (unsigned i = 0; i < COUNT; i++)
        sample_append(journal, i);
    scratch_segments(scratch, path, sizeof path);
    journal_destroy(&journal);
    char *data = file_read(path, &size);
    for (size_t i = 8; i < size; i++) {
        data[i] ^= 0x55;
        file_write(path, data, size);
        data[i] ^= 0x55;
        journal = s_open(scratch);
        assert_int_equal(s_deliver(journal, -1), COUNT - 1);
        assert_true(journal_counts(journal).damaged >= 1);
        journal_destroy(&journal);
    }
    free(data);
}

static void test_noise_and_strange_files_do_no_harm(void **state)
{
    scratch_t *scratch = *state;
    char path[400], noise[5000] = "LEXMQJ01";
    unsigned seed = 7;
    for (int round = 0; round < 50; round++) {
        for (size_t i = 8; i < sizeof noise; i++)
            noise[i] = "EXRJ\1\0\0\0"[rand_r(&seed) % 8]; /* full of almost-marks */
        snprintf(path, sizeof path, "%s/noise.journal", scratch->folder);
        file_write(path, noise, sizeof noise);
        journal_t *journal = s_open(scratch);
        assert_int_equal(s_deliver(journal, 0), 0);
        journal_destroy(&journal);
    }
    snprintf(path, sizeof path, "%s/other.journal", scratch->folder);
    file_write(path, "somebody else's file", 20);
    journal_t *journal = s_open(scratch);
    assert_int_equal(s_deliver(journal, 0), 0);
    assert_int_equal(sample_append(journal, 0), JOURNAL_OK);
    assert_int_equal(s_deliver(journal, 0), 1);
    journal_destroy(&journal);
    assert_int_equal(access(path, F_OK), 0); /* is not ours to delete */
}

static void test_the_segments_of_the_dead_are_adopted_those_of_the_living_not(void **state)
{
    scratch_t *scratch = *state;
    journal_t *first = s_open(scratch);
    for (unsigned i = 0; i < 4; i++)
        sample_append(first, i);
    journal_t *second = s_open(scratch);
    assert_int_equal(journal_counts(second).segments, 0);
    sample_append(second, 9);
    assert_int_equal(scratch_segments(scratch, NULL, 0), 2);
    journal_destroy(&first); /* its lock goes with it, as with a process that dies */
    assert_int_equal(journal_adopt(second), 1);
    assert_int_equal(journal_counts(second).adopted, 1);
    sample_append(second, 10);
    assert_int_equal(s_deliver(second, -1), 6);
    assert_int_equal(scratch_segments(scratch, NULL, 0), 0);
    journal_destroy(&second);
}

/* Adoption between reading and dropping puts an older segment in front of the one that was read. */
static void test_adopting_does_not_disturb_a_delivery(void **state)
{
    scratch_t *scratch = *state;
    record_t records[10];
    journal_t *first = s_open(scratch);
    sample_append(first, 0);
    journal_t *second = s_open(scratch);
    sample_append(second, 1);
    assert_int_equal(journal_peek(second, records, 10, 10), 1);
    journal_destroy(&first);
    assert_int_equal(journal_adopt(second), 1);
    journal_drop(second, 1);
    assert_int_equal(s_deliver(second, 0), 1);
    journal_destroy(&second);
}

/* ---- disks that fail ---- */

static int s_writes_left; /* bytes, then ENOSPC */
static int s_syncs_left;

static ssize_t s_write(int file, const void *data, size_t size)
{
    if (s_writes_left <= 0) {
        errno = ENOSPC;
        return -1;
    }
    size_t part = size < (size_t)s_writes_left ? size : (size_t)s_writes_left;
    s_writes_left -= (int)part;
    return write(file, data, part);
}

static int s_sync(int file)
{
    if (s_syncs_left-- > 0)
        return fdatasync(file);
    errno = EIO;
    return -1;
}

static journal_t *s_open_failing(const scratch_t *scratch)
{
    return journal_new(&(journal_options_t){
        .dir = scratch->folder, .bytes = 1 << 20, .write = s_write, .sync = s_sync});
}

static void test_a_full_disk_at_any_byte_loses_only_what_was_not_promised(void **state)
{
    scratch_t *scratch = *state;
    for (int room = 0; room < 300; room++) {
        s_writes_left = room;
        s_syncs_left = 1000;
        journal_t *journal = s_open_failing(scratch);
        unsigned kept = 0;
        while (kept < 3 && sample_append(journal, kept) == JOURNAL_OK)
            kept++;
        s_writes_left = 1 << 20; /* space again */
        assert_int_equal(sample_append(journal, kept), JOURNAL_OK);
        assert_int_equal(s_deliver(journal, 0), kept + 1);
        assert_int_equal(journal_counts(journal).damaged, 0);
        assert_int_equal(scratch_segments(scratch, NULL, 0), 0);
        journal_destroy(&journal);
    }
}

static void test_a_failed_sync_is_not_a_promise(void **state)
{
    scratch_t *scratch = *state;
    for (int syncs = 0; syncs < 3;
         syncs++) { /* of the segment, of the first record, of the second */
        s_writes_left = 1 << 20;
        s_syncs_left = syncs;
        journal_t *journal = s_open_failing(scratch);
        unsigned kept = 0;
        while (sample_append(journal, kept) == JOURNAL_OK)
            kept++;
        assert_int_equal(kept, syncs ? syncs - 1 : 0);
        s_syncs_left = 1000;
        assert_int_equal(sample_append(journal, kept + 1), JOURNAL_OK);
        assert_true(s_deliver(journal, -1) >= kept + 1); /* the unsure one may be there as well */
        journal_destroy(&journal);
    }
}

static void test_a_folder_that_cannot_be_used_is_reported(void **state)
{
    (void)state;
    assert_null(journal_new(&(journal_options_t){.dir = "/dev/null/journal", .bytes = 1000}));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_records_come_out_as_they_went_in),
        TEST(test_peeking_keeps_to_its_limits_and_repeats),
        TEST(test_many_records_at_once_fill_several_segments),
        TEST(test_the_largest_record_fits),
        TEST(test_a_full_journal_says_so_and_recovers),
        TEST(test_a_tail_torn_at_any_byte_costs_only_itself),
        TEST(test_a_damaged_byte_costs_one_record),
        TEST(test_noise_and_strange_files_do_no_harm),
        TEST(test_the_segments_of_the_dead_are_adopted_those_of_the_living_not),
        TEST(test_adopting_does_not_disturb_a_delivery),
        TEST(test_a_full_disk_at_any_byte_loses_only_what_was_not_promised),
        TEST(test_a_failed_sync_is_not_a_promise),
        TEST(test_a_folder_that_cannot_be_used_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
