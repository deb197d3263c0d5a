/* What a worker tells of requests. */

#include "tests/unit/common/capture.h"
#include "tests/unit/common/watch_fixture.h"

#define HEX "616e206964206f662031362062797465" /* TEST_ID */

static unsigned s_count(const char *text, const char *part)
{
    unsigned count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static void test_a_request_that_is_followed(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    lex_log_setup_requests(1, 60000);
    capture_t *capture = capture_begin();
    watch_ask(self, "pool", 1);
    watch_take(self, 1);
    watch_ask(self, "refuse", 1);
    watch_take(self, 1);
    const char *log = capture_end(capture);
    char *received = NULL;
    assert_true(asprintf(&received, "[" HEX "] worker: received words pool from %s\n",
                         self->gateway->endpoint) > 0);
    const char *first = strstr(log, received);
    assert_non_null(first);
    assert_non_null(strstr(first, "[" HEX "] worker: answered words pool with ok in "));
    assert_non_null(strstr(first, "[" HEX "] worker: answered words refuse with not_found in "));
    free(received);
    free(capture);
}

static void test_ordinary_answers_are_not_told(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    capture_t *capture = capture_begin();
    watch_ask(self, "ok", 20);
    watch_ask(self, "refuse", 20);
    watch_ask(self, "nonsense", 20);
    watch_take(self, 60);
    assert_null(strstr(capture_end(capture), HEX));
    free(capture);
}

static void test_failures_are_told(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    capture_t *capture = capture_begin();
    watch_ask(self, "break", 1);
    watch_take(self, 1);
    const char *log = capture_end(capture);
    assert_non_null(strstr(log, "[" HEX "] worker: words break: broken\n"));
    const char *line = strstr(log, "[" HEX "] worker: answered words break with internal in ");
    assert_non_null(line);
    while (line > log && line[-1] != '\n')
        line--;
    assert_memory_equal(line + 24, " WARNING ", 9);
    free(capture);
}

/* An overload must not become a flood of lines; what is left out is counted, so none is lost to the sum. */
static void test_a_flood_of_failures(void **state)
{
    enum { FAILURES = 960 };
    watch_fixture_t *self = *state;
    watch_start(self);
    capture_t *capture = capture_begin();
    for (unsigned i = 0; i < FAILURES; i += 64)
        watch_ask(self, "fail", 64);
    watch_take(self, FAILURES);
    watch_stop(self);
    const char *log = capture_end(capture);
    unsigned told = s_count(log, "] worker: answered words fail with unavailable in "), rest = 0;
    for (const char *at = log; (at = strstr(at, " worker: ")); at++) {
        unsigned count;
        char tail[32];
        if (sscanf(at, " worker: %u more requests %31s", &count, tail) == 2)
            rest += count;
    }
    assert_true(told >= 1 && told < FAILURES / 4);
    assert_int_equal(told + rest, FAILURES);
    free(capture);
}

static void test_slow_requests_are_told(void **state)
{
    watch_fixture_t *self = *state;
    watch_start(self);
    lex_log_setup_requests(0, 1);
    capture_t *capture = capture_begin();
    watch_ask(self, "hold", 1);
    char *page;
    while (!strstr((page = watch_page(self)), "lexmq_requests_open{service=\"words\"} 1\n"))
        free(page);
    free(page);
    int64_t begin = lex_monotonic_ms();
    while (lex_monotonic_ms() - begin < 3)
        sched_yield();
    watch_ask(self, "free", 1);
    watch_take(self, 2);
    assert_non_null(
        strstr(capture_end(capture), "[" HEX "] worker: answered words hold with ok in "));
    free(capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(test_a_request_that_is_followed), WATCH_TEST(test_ordinary_answers_are_not_told),
        WATCH_TEST(test_failures_are_told),          WATCH_TEST(test_a_flood_of_failures),
        WATCH_TEST(test_slow_requests_are_told),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests_name("worker story", tests, NULL, NULL);
}
