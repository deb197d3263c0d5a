/* A call and one gateway: retries, late and broken answers, time-outs, cancelling
 * (docs/protocol.md sections 2.1 and 3). */

#include <signal.h>
#include <sys/time.h>

#include "common/clock.h"
#include "tests/unit/client/calls.h"

static void test_answer(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, calls_answer);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 5000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    assert_null(lexmq_token(lexmq, NULL));
    assert_string_equal(lexmq_gateway(lexmq), gateway.endpoint);
    /* Without a token nothing is sent. */
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNAUTHORIZED);
    assert_int_equal(gateway.requests, 1);
    lexmq_destroy(&lexmq);
    assert_null(lexmq);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

static void s_busy_twice(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    (void)request;
    if (nth <= 2)
        fake_error(gateway, nth == 1 ? LEX_BUSY : LEX_TIMEOUT, "later", 200);
    else
        fake_ok(gateway);
}

static void test_transient_is_tried_again(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_busy_twice);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 5000);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    int64_t took = lex_monotonic_ms() - start;
    assert_true(took >= 400 && took < 4000);
    assert_string_equal(lexmq_error_message(lexmq), "");
    assert_int_equal(lexmq_retry_ms(lexmq), 0);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 3);
    calls_assert_one_id(&gateway);
}

static void s_busy_for_long(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    (void)request;
    (void)nth;
    fake_error(gateway, LEX_BUSY, "the queue is full", 60000);
}

static void test_wait_beyond_timeout(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_busy_for_long);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 20000);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_BUSY);
    assert_true(lex_monotonic_ms() - start < 10000);
    assert_string_equal(lexmq_error_message(lexmq), "the queue is full");
    assert_int_equal(lexmq_retry_ms(lexmq), 60000);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

static void s_rate_limit(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    (void)request;
    (void)nth;
    fake_error(gateway, LEX_RATE_LIMITED, "too many failures", 50);
}

static void test_rate_limit_is_not_tried_again(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_rate_limit);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 3000);
    assert_int_equal(lexmq_login(lexmq, "alice", "password", NULL), LEXMQ_RATE_LIMITED);
    assert_int_equal(lexmq_retry_ms(lexmq), 50);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 1);
}

/* Answers the first request only when the second try of it has come: both are the same to the caller. */
static void s_late(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    static char first[256];
    static int first_size;

    (void)request;
    if (nth == 1) {
        memcpy(first, gateway->client, sizeof first);
        first_size = gateway->client_size;
        return;
    }
    if (nth > 2)
        return;
    memcpy(gateway->client, first, sizeof first);
    gateway->client_size = first_size;
    fake_ok(gateway);
}

static void test_slow_answer_counts(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_late);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 6000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 2);
    calls_assert_one_id(&gateway);
}

/* Everything that is none of our answer, and then our answer. */
static void s_noise(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    unsigned char mine[16];
    (void)request;
    (void)nth;

    memcpy(mine, gateway->id, 16);
    gateway->id[0] ^= 1;
    fake_error(gateway, LEX_INTERNAL, "a late answer to another request", 0);
    memcpy(gateway->id, mine, 16);
    lex_writer_t writer;
    lex_writer_init(&writer);
    lex_write_error(&writer, NULL, LEX_INTERNAL, "without an id", 0);
    fake_writer(gateway, &writer);
    fake_send(gateway, "MDPC02", 6, 3, "lookup", "x", 1);
    fake_send(gateway, "MDPC01", 6, 3, "auth", "x", 1);
    fake_send(gateway, "MDPC02", 6, 2, "auth", "x", 1);
    fake_send(gateway, "MDPC02", 6, 9, "auth", "x", 1);
    fake_send(gateway, "", 0, 3, "auth", "x", 1);
    zmq_send(gateway->router, gateway->client, (size_t)gateway->client_size, ZMQ_SNDMORE);
    zmq_send(gateway->router, "MDPC02", 6, 0);
    fake_ok(gateway);
}

static void test_foreign_messages_are_ignored(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_noise);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 3000);
    for (int i = 0; i < 3; i++) {
        lexmq_set_token(lexmq, "token", 5);
        assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    }
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 3);
}

static void s_broken(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    static const char *const bodies[] = {"", "\x93", "\xC1", "\xDF\xFF\xFF\xFF\xFF", "not msgpack"};
    (void)request;

    fake_final(gateway, bodies[nth - 1], strlen(bodies[nth - 1]));
}

static void test_broken_answers(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_broken);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 3000);
    for (int i = 0; i < 5; i++) {
        lexmq_set_token(lexmq, "token", 5);
        assert_int_equal(lexmq_logout(lexmq), LEXMQ_SERVER_ERROR);
        assert_string_not_equal(lexmq_error_message(lexmq), "");
    }
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 5);
}

static void s_words(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    char words[2001];
    (void)request;

    /* Umlauts, so that a cut at an even number of bytes falls between two and one at an odd number does not. */
    for (int i = 0; i < 1000; i++)
        memcpy(words + 2 * i, "ä", 2);
    words[2000] = '\0';
    fake_error(gateway, LEX_CONFLICT, nth == 1 ? words : "", 0);
}

static void test_long_and_empty_messages(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, s_words);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 3000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_CONFLICT);
    size_t size = strlen(lexmq_error_message(lexmq));
    assert_true(size > 400 && size % 2 == 0);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_CONFLICT);
    assert_string_equal(lexmq_error_message(lexmq), "The server answers: conflict.");
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

static void test_timeout(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, calls_silent);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 1200);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_TIMEOUT);
    int64_t took = lex_monotonic_ms() - start;
    assert_true(took >= 1200 && took < 5000);
    assert_non_null(lexmq_token(lexmq, NULL));
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_true(gateway.requests >= 2);
    calls_assert_one_id(&gateway);
}

static void test_unreachable(void **state)
{
    char dead[128];
    (void)state;

    calls_free_endpoint(dead, sizeof dead);
    lexmq_t *lexmq = calls_connect(dead, 400);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNREACHABLE);
    int64_t took = lex_monotonic_ms() - start;
    assert_true(took >= 400 && took < 5000);
    lexmq_destroy(&lexmq);
}

/* The id under which a server knows the call: the one that was sent, as long as one was. */
static void test_request_id(void **state)
{
    fake_gateway_t gateway;
    char dead[128], id[33];
    (void)state;

    fake_gateway_start(&gateway, calls_answer);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 5000);
    assert_string_equal(lexmq_request_id(lexmq), "");
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    snprintf(id, sizeof id, "%s", lexmq_request_id(lexmq));
    /* Refused without being sent. */
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNAUTHORIZED);
    assert_string_equal(lexmq_request_id(lexmq), "");
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(strlen(id), 32);
    for (int i = 0; i < 16; i++) {
        unsigned byte;
        assert_int_equal(sscanf(id + 2 * i, "%2x", &byte), 1);
        assert_int_equal(byte, gateway.ids[0][i]);
    }

    fake_gateway_start(&gateway, calls_silent);
    lexmq = calls_connect(gateway.endpoint, 300);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_TIMEOUT);
    assert_int_equal(strlen(lexmq_request_id(lexmq)), 32);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);

    calls_free_endpoint(dead, sizeof dead);
    lexmq = calls_connect(dead, 300);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNREACHABLE);
    assert_string_equal(lexmq_request_id(lexmq), "");
    lexmq_destroy(&lexmq);
}

static lexmq_t *s_to_cancel;

static void s_alarm(int number)
{
    (void)number;
    lexmq_cancel(s_to_cancel);
}

static void test_cancel(void **state)
{
    fake_gateway_t gateway;
    struct sigaction action = {.sa_handler = s_alarm, .sa_flags = SA_RESTART};
    struct itimerval soon = {.it_value = {.tv_usec = 200000}};
    (void)state;

    fake_gateway_start(&gateway, calls_silent);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 20000);
    /* Between calls it does nothing. */
    s_to_cancel = lexmq;
    lexmq_cancel(lexmq);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_CANCELLED);
    int64_t took = lex_monotonic_ms() - start;
    assert_true(took >= 150 && took < 5000);
    signal(SIGALRM, SIG_DFL);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_transient_is_tried_again),
        cmocka_unit_test(test_wait_beyond_timeout),
        cmocka_unit_test(test_rate_limit_is_not_tried_again),
        cmocka_unit_test(test_slow_answer_counts),
        cmocka_unit_test(test_foreign_messages_are_ignored),
        cmocka_unit_test(test_broken_answers),
        cmocka_unit_test(test_long_and_empty_messages),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_request_id),
        cmocka_unit_test(test_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
