/* The recorder: what is acknowledged, what goes to the journal and when, and how it comes out again. */

#include "tests/unit/lookup-svc/recorder_fixture.h"

#define EARLY_MS 60  /* a deadline is looked at every 25 ms, and kept early rather than late */
#define LATE_MS  600 /* for a machine that has other work */

static void s_assert_in_time(int64_t asked, int64_t answered)
{
    assert_in_range(answered - asked, RIG_WAIT_MS - EARLY_MS, RIG_WAIT_MS + LATE_MS);
}

static size_t s_segments(void **state)
{
    return scratch_segments(*state, NULL, 0);
}

static rig_t *s_rig_new(void **state)
{
    return rig_new(((scratch_t *)*state)->folder);
}

static void test_a_reply_waits_for_the_acknowledgement(void **state)
{
    rig_t *rig = s_rig_new(state);
    int64_t before = lex_utc_ms();
    rig_ask(rig, 1, 2);
    rig_until_calls(rig, 1);
    assert_false(rig_step(rig, 50));
    const msgpack_object_array *records = rig_records(rig, 0);
    assert_int_equal(records->size, 1);
    const msgpack_object *record = records->ptr[0].via.array.ptr;
    assert_int_equal(record[0].via.u64, 0);
    assert_int_equal(record[1].via.bin.size, 16);
    assert_int_equal(record[1].via.bin.ptr[0], 1);
    assert_in_range(record[2].via.u64, (uint64_t)before, (uint64_t)lex_utc_ms());
    assert_int_equal(record[3].via.array.size, 4);
    assert_memory_equal(record[3].via.array.ptr[2].via.str.ptr, "a1", 2);
    assert_true(record[3].via.array.ptr[1].via.boolean);
    assert_false(record[3].via.array.ptr[3].via.boolean);
    rig_acknowledge(rig, 0, -1);
    rig_until_replies(rig, 1);
    assert_int_equal(rig->recorded[1], 1);
    assert_int_equal(s_segments(state), 0);
    rig_destroy(&rig);
}

static void test_records_gather_while_calls_are_under_way(void **state)
{
    rig_t *rig = s_rig_new(state);
    enum { COUNT = 60 };
    for (uint64_t i = 0; i < COUNT; i++)
        rig_ask(rig, i, 1);
    size_t records = 0;
    for (size_t call = 0; records < COUNT; call++) {
        rig_until_calls(rig, call + 1);
        assert_true(rig->call_count - call <= 2); /* never more at a time */
        records += rig_records(rig, call)->size;
        assert_true(rig_tokens(rig, call) <= 3);
        rig_acknowledge(rig, call, -1);
    }
    assert_int_equal(records, COUNT);
    rig_until_replies(rig, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(rig->recorded[i], 1);
    assert_true(rig->call_count < COUNT);
    rig_destroy(&rig);
}

typedef struct {
    recorder_t *recorder;
    recorder_state_t state;
    atomic_bool is_done;
} look_t;

static void s_look(void *arg)
{
    look_t *self = arg;
    self->state = recorder_state(self->recorder);
    atomic_store(&self->is_done, true);
}

static recorder_state_t s_state(rig_t *rig)
{
    look_t look = {.recorder = rig->recorder};
    lex_worker_post(rig->worker, s_look, &look);
    while (!atomic_load(&look.is_done))
        sched_yield();
    return look.state;
}

static void test_what_is_told_of_the_recorder(void **state)
{
    rig_t *rig = s_rig_new(state);
    char path[512];
    rig_ask(rig, 0, 1);
    rig_ask(rig, 1, 3);
    rig_until_calls(rig, 1);
    recorder_state_t told = s_state(rig);
    if (!told.away) { /* unless the machine was so slow that the wait is over */
        assert_true(told.pending >= 1);
        assert_int_equal(told.journal_bytes, 0);
    }
    rig_until_replies(rig, 2); /* history did not answer in time */
    while (!s_state(rig).away)
        rig_step(rig, 10);
    rig_stop(rig);
    told = recorder_state(rig->recorder);
    assert_int_equal(told.pending, 0);
    assert_int_equal(told.journal_limit, 1 << 20);
    assert_int_equal(scratch_segments(*state, path, sizeof path), 1);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(told.journal_bytes, file.st_size);
    rig_destroy(&rig);
}

static void test_a_refused_record_is_not_recorded(void **state)
{
    rig_t *rig = s_rig_new(state);
    rig_ask(rig, 0, 1);
    rig_until_calls(rig, 1);
    rig_acknowledge(rig, 0, 0);
    rig_until_replies(rig, 1);
    assert_int_equal(rig->recorded[0], 0);
    assert_int_equal(s_segments(state), 0); /* for good: nothing to deliver */
    rig_stop(rig);
    assert_int_equal(recorder_counts(rig->recorder).refused, 1);
    rig_destroy(&rig);
}

/* Counted from the look-up, also for those that wait behind calls which are not answered. */
static void test_nobody_waits_longer_than_wait_ms(void **state)
{
    rig_t *rig = s_rig_new(state);
    int64_t asked = lex_monotonic_ms();
    rig_ask(rig, 0, 1);
    rig_until_calls(rig, 1);
    rig_ask(rig, 1, 1);
    rig_until_calls(rig, 2);
    assert_false(rig_step(rig, 100));
    rig_ask(rig, 2, 1);
    rig_until_replies(rig, 3);
    s_assert_in_time(asked, rig->answered_at[0]);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rig->recorded[i], 0);
        assert_true(rig->answered_at[i] - asked < RIG_WAIT_MS + 100 + LATE_MS);
    }
    assert_int_equal(s_segments(state), 1);
    rig_destroy(&rig);
}

/* A request that did not fit into the calls under way is not made to wait for their end. */
static void test_a_queue_behind_young_calls_is_answered_in_time(void **state)
{
    rig_t *rig = s_rig_new(state);
    rig_ask(rig, 0, 1);
    rig_until_calls(rig, 1);
    rig_ask(rig, 1, 1);
    rig_until_calls(rig, 2);
    for (uint64_t i = 2; i < 7; i++)
        rig_ask(rig, i, 1000); /* two fill a call */
    assert_false(rig_step(rig, 200));
    rig_acknowledge(rig, 0, -1);
    rig_acknowledge(rig, 1, -1);
    rig_until_replies(rig, 7);
    assert_in_range(rig->answered_at[6], rig->answered_at[2], rig->answered_at[2] + 150);
    for (int i = 0; i < 7; i++)
        assert_int_equal(rig->recorded[i], i < 2);
    rig_destroy(&rig);
}

/* Acknowledged after its records went to the journal: they are delivered again, which history does not mind. */
static void test_an_answer_too_late_changes_nothing(void **state)
{
    rig_t *rig = s_rig_new(state);
    rig_ask(rig, 0, 1);
    rig_until_replies(rig, 1);
    assert_int_equal(rig->recorded[0], 0);
    rig_acknowledge(rig, 0, -1);
    rig_until_calls(rig, 2);
    rig_acknowledge(rig, 1, -1);
    rig_ask(rig, 1, 1);
    rig_until_calls(rig, 3);
    rig_acknowledge(rig, 2, -1);
    rig_until_replies(rig, 2);
    assert_int_equal(rig->recorded[1], 1);
    rig_destroy(&rig);
}

static void test_while_history_is_away_nobody_waits_and_its_return_is_noticed(void **state)
{
    rig_t *rig = s_rig_new(state);
    rig_ask(rig, 0, 1);
    rig_until_calls(rig, 1);
    rig_reject(rig, 0, LEX_UNAVAILABLE);
    rig_until_replies(rig, 1);
    assert_int_equal(rig->recorded[0], 0);
    int64_t asked = lex_monotonic_ms();
    for (uint64_t i = 1; i <= 10; i++) {
        rig_ask(rig, i, 1);
        rig_until_replies(rig, i + 1);
        assert_int_equal(rig->recorded[i], 0);
    }
    assert_true(lex_monotonic_ms() - asked < 10 * RIG_WAIT_MS / 2);

    rig_until_calls(rig, 2); /* asked with nothing in hand */
    assert_int_equal(rig_records(rig, 1)->size, 0);
    rig_reject(rig, 1, LEX_UNAVAILABLE);
    rig_until_calls(rig, 3);
    assert_int_equal(rig_records(rig, 2)->size, 0);
    rig_acknowledge(rig, 2, -1);
    rig_until_calls(rig, 4); /* an attempt at delivery */
    assert_int_equal(rig_records(rig, 3)->size, 11);
    assert_int_equal(rig_tokens(rig, 3), 3);
    rig_reject(rig, 3, LEX_UNAVAILABLE);
    rig_until_calls(rig, 5);
    assert_int_equal(rig_records(rig, 4)->size, 0);
    rig_acknowledge(rig, 4, -1);
    rig_until_calls(rig, 6);
    assert_int_equal(rig_records(rig, 5)->size, 11);
    rig_acknowledge(rig, 5, 4); /* one of them refused: dropped with the rest */

    /* Back to normal, but the acknowledgement may still be on its way to the recorder. */
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    uint64_t address = 11;
    int recorded = 0;
    while (!recorded) {
        size_t calls = rig->call_count;
        rig_ask(rig, address, 1);
        while (rig->recorded[address] < 0) {
            assert_true(rig_step(rig, FAKE_LIMIT_MS));
            for (; calls < rig->call_count; calls++)
                rig_acknowledge(rig, calls, -1);
        }
        recorded = rig->recorded[address++];
        assert_true(lex_monotonic_ms() < end);
    }
    rig_stop(rig);
    recorder_counts_t counts = recorder_counts(rig->recorder);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.recorded, 1);
    assert_int_equal(counts.lost, 0);
    rig_destroy(&rig);
}

static void test_what_a_worker_left_behind_is_delivered_by_the_next(void **state)
{
    rig_t *rig = s_rig_new(state);
    for (uint64_t i = 0; i < 5; i++)
        rig_ask(rig, i, 1 + i);
    rig_until_replies(rig, 5);
    rig_destroy(&rig);
    assert_int_equal(s_segments(state), 1);
    rig = s_rig_new(state);
    rig_until_calls(rig, 1);
    const msgpack_object_array *records = rig_records(rig, 0);
    assert_int_equal(records->size, 5);
    assert_int_equal(records->ptr[4].via.array.ptr[3].via.array.size, 10);
    rig_acknowledge(rig, 0, -1);
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    while (s_segments(state)) {
        assert_true(lex_monotonic_ms() < end);
        rig_step(rig, 10);
    }
    rig_destroy(&rig);
}

/* One record that history finds fault with must not keep the others in the journal for ever. */
static void test_a_record_at_fault_is_closed_in_on(void **state)
{
    enum { COUNT = 6, BAD = 3 };
    rig_t *rig = s_rig_new(state);
    for (uint64_t i = 0; i < COUNT; i++)
        rig_ask(rig, i, 1);
    rig_until_replies(rig, COUNT);
    rig_destroy(&rig);

    rig = s_rig_new(state);
    unsigned delivered = 0;
    int64_t end = lex_monotonic_ms() + FAKE_LIMIT_MS;
    for (size_t call = 0; s_segments(state); call++) {
        while (rig->call_count <= call && s_segments(state)) {
            assert_true(lex_monotonic_ms() < end);
            rig_step(rig, 10);
        }
        if (rig->call_count <= call)
            break;
        const msgpack_object_array *records = rig_records(rig, call);
        bool bad = false;
        for (uint32_t i = 0; i < records->size; i++)
            bad = bad || records->ptr[i].via.array.ptr[1].via.bin.ptr[0] == BAD;
        delivered += bad ? 0 : records->size;
        if (bad)
            rig_reject(rig, call, LEX_BAD_REQUEST);
        else
            rig_acknowledge(rig, call, -1);
    }
    assert_int_equal(delivered, COUNT - 1);
    rig_stop(rig);
    assert_int_equal(recorder_counts(rig->recorder).lost, 1);
    rig_destroy(&rig);
}

static void test_large_requests_keep_within_a_call(void **state)
{
    rig_t *rig = s_rig_new(state);
    enum { COUNT = 9 };
    for (uint64_t i = 0; i < COUNT; i++)
        rig_ask(rig, i, i % 2 ? 700 : 1000);
    size_t records = 0;
    for (size_t call = 0; records < COUNT; call++) {
        rig_until_calls(rig, call + 1);
        const msgpack_object_array *list = rig_records(rig, call);
        size_t words = 0;
        for (uint32_t i = 0; i < list->size; i++)
            words += list->ptr[i].via.array.ptr[3].via.array.size / 2;
        assert_true(words <= RECORDER_WORDS_MAX);
        records += list->size;
        rig_acknowledge(rig, call, -1);
    }
    rig_until_replies(rig, COUNT);
    rig_destroy(&rig);
}

static void test_submitting_from_a_pool_thread(void **state)
{
    rig_t *rig = s_rig_new(state);
    for (uint64_t i = 0; i < 20; i++) {
        rig_ask_op(rig, "define-elsewhere", i, 1);
        rig_until_calls(rig, i + 1);
        rig_acknowledge(rig, i, -1);
        rig_until_replies(rig, i + 1);
        assert_int_equal(rig->recorded[i], 1);
    }
    rig_destroy(&rig);
}

static void test_a_drain_waits_for_what_is_held(void **state)
{
    rig_t *rig = s_rig_new(state);
    rig_ask(rig, 0, 1);
    rig_until_calls(rig, 1);
    lex_worker_stop(rig->worker);
    assert_false(rig->recorded[0] >= 0);
    rig_acknowledge(rig, 0, -1);
    rig_stop(rig);
    assert_int_equal(rig->recorded[0], 1);
    rig_destroy(&rig);
}

static void test_a_drain_without_history_leaves_a_journal(void **state)
{
    rig_t *rig = s_rig_new(state);
    rig_ask(rig, 0, 1);
    rig_until_calls(rig, 1);
    rig_stop(rig);
    assert_int_equal(rig->recorded[0], 0);
    assert_int_equal(s_segments(state), 1);
    rig_destroy(&rig);
}

static void test_without_a_journal_it_is_lost_and_said_so(void **state)
{
    (void)state;
    rig_t *rig = rig_new(NULL);
    rig_ask(rig, 0, 1);
    rig_until_replies(rig, 1);
    assert_int_equal(rig->recorded[0], 0);
    rig_until_calls(rig, 2); /* an empty call, to learn whether history is back */
    assert_int_equal(rig_records(rig, 1)->size, 0);
    rig_acknowledge(rig, 1, -1);
    rig_stop(rig);
    assert_int_equal(recorder_counts(rig->recorder).lost, 1);
    rig_destroy(&rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_reply_waits_for_the_acknowledgement),
        TEST(test_records_gather_while_calls_are_under_way),
        TEST(test_what_is_told_of_the_recorder),
        TEST(test_a_refused_record_is_not_recorded),
        TEST(test_nobody_waits_longer_than_wait_ms),
        TEST(test_a_queue_behind_young_calls_is_answered_in_time),
        TEST(test_an_answer_too_late_changes_nothing),
        TEST(test_while_history_is_away_nobody_waits_and_its_return_is_noticed),
        TEST(test_what_a_worker_left_behind_is_delivered_by_the_next),
        TEST(test_a_record_at_fault_is_closed_in_on),
        TEST(test_large_requests_keep_within_a_call),
        TEST(test_submitting_from_a_pool_thread),
        TEST(test_a_drain_waits_for_what_is_held),
        TEST(test_a_drain_without_history_leaves_a_journal),
        TEST(test_without_a_journal_it_is_lost_and_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
