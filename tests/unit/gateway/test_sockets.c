/* A peer that fills its queue and resets its connection, while nobody reads: the program must outlive it. */

#include "tests/unit/gateway/unit.h"

#include <arpa/inet.h>
#include <czmq.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "gateway/interest.h"
#include "gateway/sockets.h"

#define HEARTBEAT_MS 50
#define MESSAGES     20000 /* far more than a queue takes by default */
#define WAIT_MS      500   /* ten heartbeats */

/* ZMTP 3.0 without security: greeting, READY. */
static void s_greet(int peer)
{
    static const unsigned char greeting[64] = {
        0xFF, [8] = 1, [9] = 0x7F, [10] = 3, [12] = 'N', 'U', 'L', 'L'};
    static const char ready[] = "\x04\x1C\x05READY\x0BSocket-Type\x00\x00\x00\x06"
                                "DEALER";
    char answer[128];
    assert_int_equal(send(peer, greeting, sizeof greeting, 0), sizeof greeting);
    assert_int_equal(send(peer, ready, sizeof ready - 1, 0), sizeof ready - 1);
    assert_true(recv(peer, answer, 64, MSG_WAITALL) == 64); /* its greeting */
}

static int s_connect(zsock_t *router)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char *endpoint = zsock_last_endpoint(router);
    address.sin_port = htons((uint16_t)atoi(strrchr(endpoint, ':') + 1));
    zstr_free(&endpoint);
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(peer, (struct sockaddr *)&address, sizeof address), 0);
    return peer;
}

/* As many messages as go without anybody reading them, each with a heartbeat behind it. */
static void s_fill(int peer)
{
    static const char message[] = "\x00\x01x\x04\x07\x04PING\x00\x64";
    static char frames[MESSAGES * (sizeof message - 1)];
    struct timeval limit = {.tv_usec = 200000};
    for (size_t i = 0; i < MESSAGES; i++)
        memcpy(frames + i * (sizeof message - 1), message, sizeof message - 1);
    setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    for (size_t sent = 0; sent < sizeof frames;) {
        ssize_t put = send(peer, frames + sent, sizeof frames - sent, MSG_NOSIGNAL);
        if (put <= 0)
            return;
        sent += (size_t)put;
    }
}

static void test_a_full_queue_and_a_reset(void **state)
{
    const socket_terms_t terms = {"front", "tcp://127.0.0.1:*", 1 << 20, 10, 64, HEARTBEAT_MS};
    struct linger reset = {.l_onoff = 1};
    static const connections_limit_t limit[SIDES] = {{10, UINT64_C(1) << 30, UINT64_C(1) << 30},
                                                     {10, UINT64_C(1) << 30, UINT64_C(1) << 30}};
    (void)state;
    guard_t *guard = guard_new(limit, false);
    zsock_t *router = socket_new(&terms, NULL, guard, SIDE_FRONT);
    assert_non_null(router);
    assert_true(interest_is_ours());
    int peer = s_connect(router);
    s_greet(peer);
    s_fill(peer);
    setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(peer);
    zmq_poll(NULL, 0, WAIT_MS); /* an assertion of libzmq's would have ended us by now */
    /* Reading is what lets libzmq go on with a connection that waits. */
    while (zsock_events(router) & ZMQ_POLLIN)
        zstr_free(&(char *){zstr_recv(router)});
    zmq_poll(NULL, 0, WAIT_MS);
    zsock_destroy(&router);
    guard_destroy(&guard);
}

int main(int argc, char **argv)
{
    (void)argc;
    zsys_handler_set(NULL);
    lex_log_setup(argv[0], "error", "text");
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_full_queue_and_a_reset)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
