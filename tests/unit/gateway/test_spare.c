/* Idle memory goes back to the system, and not all the time. */

#include "tests/unit/gateway/unit.h"

#include "common/harden.h"
#include "common/memory.h"
#include "gateway/spare.h"

#define BLOCKS 100000
#define SIZE   1000 /* bytes: small enough to lie in the heap */

static char *s_blocks[BLOCKS];

/* The last one keeps the rest from being given back by free. */
static void s_fill(void)
{
    for (int i = 0; i < BLOCKS; i++)
        memset(s_blocks[i] = lex_calloc(1, SIZE), 1, SIZE);
}

static void s_empty(void)
{
    for (int i = 0; i < BLOCKS - 1; i++)
        free(s_blocks[i]);
}

static void test_idle_memory_is_given_back(void **state)
{
    (void)state;
    if (lex_harden_is_instrumented())
        skip(); /* not glibc's malloc */
    spare_t spare;
    spare_open(&spare, 0);
    assert_true(spare.lowest > 0);
    s_fill();
    int64_t full = spare_resident(&spare);
    assert_true(full >= spare.lowest + BLOCKS * SIZE);
    s_empty();
    assert_int_equal(spare_look(&spare, SPARE_FIRST_MS - 1, full), 0);
    assert_in_range(spare_look(&spare, SPARE_FIRST_MS, full), BLOCKS * SIZE / 2, full);
    assert_true(spare_resident(&spare) < full - BLOCKS * SIZE / 2);
    assert_int_equal(spare.pause_ms, SPARE_FIRST_MS);
    free(s_blocks[BLOCKS - 1]);
    spare_close(&spare);
}

static void test_what_is_used_is_asked_for_ever_less_often(void **state)
{
    (void)state;
    if (lex_harden_is_instrumented())
        skip(); /* not glibc's malloc */
    spare_t spare;
    spare_open(&spare, 0);
    s_fill();
    int64_t now = SPARE_FIRST_MS, pause = SPARE_FIRST_MS;
    spare_look(&spare, now, spare_resident(&spare));
    for (int i = 0; i < 10; i++) {
        pause = 2 * pause < SPARE_LAST_MS ? 2 * pause : SPARE_LAST_MS;
        assert_int_equal(spare.pause_ms, pause);
        spare_look(&spare, now + pause - 1, spare.after);
        assert_int_equal(spare.last, now);
        now += pause;
        spare_look(&spare, now, spare.after);
        assert_int_equal(spare.last, now);
    }
    /* What comes on top is not left alone for so long. */
    s_empty();
    assert_true(spare_look(&spare, now + SPARE_FIRST_MS, spare.after + SPARE_MIN) > 0);
    free(s_blocks[BLOCKS - 1]);
    spare_close(&spare);
}

static void test_little_is_left_alone(void **state)
{
    (void)state;
    spare_t spare;
    spare_open(&spare, 0);
    assert_int_equal(spare_look(&spare, SPARE_LAST_MS, spare.lowest + SPARE_MIN - 1), 0);
    assert_int_equal(spare.last, 0);
    spare_close(&spare);
    assert_int_equal(spare_resident(&spare), 0);
    assert_int_equal(spare_look(&spare, SPARE_LAST_MS, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_memory_is_given_back),
        cmocka_unit_test(test_what_is_used_is_asked_for_ever_less_often),
        cmocka_unit_test(test_little_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
