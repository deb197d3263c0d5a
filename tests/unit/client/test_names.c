/* A gateway whose host name nobody answers for, beside one that is there. */

#include "common/clock.h"
#include "tests/unit/client/calls.h"
#include "tests/unit/slow_name.h"

#define SOON_MS 2400 /* before a silent gateway would be given up */

static void test_a_slow_name_holds_up_no_other_gateway(void **state)
{
    fake_gateway_t good;
    char gateways[300];
    (void)state;

    fake_gateway_start(&good, calls_answer);
    snprintf(gateways, sizeof gateways, "tcp://" SLOW_NAME ":1,%s", good.endpoint);
    lexmq_t *lexmq = calls_connect(gateways, 10000);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    assert_true(lex_monotonic_ms() - start < SOON_MS);
    assert_true(atomic_load(&slow_name_asked) > 0);
    atomic_store(&slow_name_is_over, true);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&good);
    assert_int_equal(good.requests, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slow_name_holds_up_no_other_gateway),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
