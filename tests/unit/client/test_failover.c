/* A call and several gateways: when the next one is asked (docs/protocol.md section 3). */

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/unit/client/calls.h"

static void test_silent_gateway_is_followed_by_the_next(void **state)
{
    fake_gateway_t silent, good;
    char gateways[300];
    (void)state;

    fake_gateway_start(&silent, calls_silent);
    fake_gateway_start(&good, calls_answer);
    snprintf(gateways, sizeof gateways, " %s , %s", silent.endpoint, good.endpoint);
    lexmq_t *lexmq = calls_connect(gateways, 6000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    assert_string_equal(lexmq_gateway(lexmq), good.endpoint);
    /* It stays with the one that answers. */
    lexmq_set_token(lexmq, "token", 5);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&silent);
    fake_gateway_stop(&good);
    assert_int_equal(silent.requests, 1);
    assert_int_equal(good.requests, 2);
    assert_memory_equal(silent.ids[0], good.ids[0], 16);
    assert_memory_not_equal(good.ids[0], good.ids[1], 16);
}

static void test_dead_gateway_is_followed_soon(void **state)
{
    fake_gateway_t good;
    char dead[128], gateways[300];
    (void)state;

    calls_free_endpoint(dead, sizeof dead);
    fake_gateway_start(&good, calls_answer);
    snprintf(gateways, sizeof gateways, "%s,%s", dead, good.endpoint);
    lexmq_t *lexmq = calls_connect(gateways, 10000);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    assert_true(lex_monotonic_ms() - start < 2400);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&good);
    assert_int_equal(good.requests, 1);
}

static void test_unavailable_goes_to_the_next(void **state)
{
    fake_gateway_t draining, good;
    char gateways[300];
    (void)state;

    fake_gateway_start(&draining, calls_unavailable);
    fake_gateway_start(&good, calls_answer);
    snprintf(gateways, sizeof gateways, "%s,%s", draining.endpoint, good.endpoint);
    lexmq_t *lexmq = calls_connect(gateways, 5000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&draining);
    fake_gateway_stop(&good);
    assert_int_equal(draining.requests, 1);
    assert_memory_equal(draining.ids[0], good.ids[0], 16);
}

static void test_unavailable_until_the_timeout(void **state)
{
    fake_gateway_t gateway;
    (void)state;

    fake_gateway_start(&gateway, calls_unavailable);
    lexmq_t *lexmq = calls_connect(gateway.endpoint, 2000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNAVAILABLE);
    assert_string_equal(lexmq_error_message(lexmq), "draining");
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_true(gateway.requests >= 3);
    calls_assert_one_id(&gateway);
}

/* A call finds the connection of the one before dead. */
static void test_gateway_goes_away(void **state)
{
    fake_gateway_t first, second;
    char gateways[300];
    (void)state;

    fake_gateway_start(&first, calls_answer);
    fake_gateway_start(&second, calls_answer);
    snprintf(gateways, sizeof gateways, "%s,%s", first.endpoint, second.endpoint);
    lexmq_t *lexmq = calls_connect(gateways, 5000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    fake_gateway_stop(&first);
    lexmq_set_token(lexmq, "token", 5);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    assert_string_equal(lexmq_gateway(lexmq), second.endpoint);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&second);
    assert_int_equal(second.requests, 1);
}

/* Ends a gateway once it has been asked. */
static void *s_end_when_asked(void *arg)
{
    fake_gateway_t *gateway = arg;
    for (int64_t limit = lex_monotonic_ms() + 10000;
         gateway->requests == 0 && lex_monotonic_ms() < limit;)
        poll(NULL, 0, 1);
    fake_gateway_stop(gateway);
    return NULL;
}

/* The connection breaks while the answer is waited for: nobody waits for silence to become long. */
static void test_broken_connection_is_noticed_at_once(void **state)
{
    fake_gateway_t dying, good;
    char gateways[300];
    pthread_t thread;
    (void)state;

    fake_gateway_start(&dying, calls_silent);
    fake_gateway_start(&good, calls_answer);
    snprintf(gateways, sizeof gateways, "%s,%s", dying.endpoint, good.endpoint);
    lexmq_t *lexmq = calls_connect(gateways, 30000);
    pthread_create(&thread, NULL, s_end_when_asked, &dying);
    int64_t start = lex_monotonic_ms();
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    assert_true(lex_monotonic_ms() - start < 2000); /* of 2500 that silence takes */
    assert_string_equal(lexmq_gateway(lexmq), good.endpoint);
    pthread_join(thread, NULL);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&good);
    assert_int_equal(dying.requests, 1);
    assert_int_equal(good.requests, 1);
    assert_memory_equal(dying.ids[0], good.ids[0], 16);
}

typedef struct {
    int listener;
    atomic_int connections;
    atomic_bool stop;
} s_hanging_up_t;

static void *s_hang_up(void *arg)
{
    s_hanging_up_t *self = arg;
    struct pollfd item = {.fd = self->listener, .events = POLLIN};
    while (!self->stop) {
        if (poll(&item, 1, 10) > 0) {
            close(accept(self->listener, NULL, NULL));
            self->connections++;
        }
    }
    return NULL;
}

/* Something that takes every connection and ends it is tried on with pauses. */
static void test_peer_that_hangs_up_is_not_hammered(void **state)
{
    s_hanging_up_t peer = {.listener = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    char endpoint[64];
    pthread_t thread;
    (void)state;

    assert_int_equal(bind(peer.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(peer.listener, 16), 0);
    assert_int_equal(getsockname(peer.listener, (struct sockaddr *)&address, &size), 0);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_create(&thread, NULL, s_hang_up, &peer);
    lexmq_t *lexmq = calls_connect(endpoint, 2000);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNREACHABLE);
    /* As a gateway that has as many connections as it takes. */
    assert_non_null(strstr(lexmq_error_message(lexmq), "is the gateway full"));
    lexmq_destroy(&lexmq);
    peer.stop = true;
    pthread_join(thread, NULL);
    close(peer.listener);
    assert_in_range(peer.connections, 2, 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_silent_gateway_is_followed_by_the_next),
        cmocka_unit_test(test_dead_gateway_is_followed_soon),
        cmocka_unit_test(test_unavailable_goes_to_the_next),
        cmocka_unit_test(test_unavailable_until_the_timeout),
        cmocka_unit_test(test_gateway_goes_away),
        cmocka_unit_test(test_broken_connection_is_noticed_at_once),
        cmocka_unit_test(test_peer_that_hangs_up_is_not_hammered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
