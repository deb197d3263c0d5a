/* A gateway that stood still: what it could not hear is nobody's silence, and nobody is heard in the future. */

#include "tests/unit/gateway/unit.h"

#include <czmq.h>

#include "common/log.h"
#include "common/random.h"
#include "gateway/state.h"
#include "gateway/timers.h"

#define HEARTBEAT_MS 100
#define STANDSTILL   (60 * 60 * 1000)

typedef struct {
    gateway_t *gateway;
    void *worker;
} s_pair_t;

static void s_pass(s_pair_t *self, int64_t ms)
{
    self->gateway->now += ms;
    self->gateway->now_us = self->gateway->now * 1000;
}

static void s_say(s_pair_t *self, const char *command, const char *service)
{
    zmq_send(self->worker, "MDPW02", 6, ZMQ_SNDMORE);
    zmq_send(self->worker, command, 1, service ? ZMQ_SNDMORE : 0);
    if (service)
        zmq_send(self->worker, service, strlen(service), 0);
    gateway_read(self->gateway, self->gateway->back);
}

static int s_setup(void **state)
{
    s_pair_t *self = calloc(1, sizeof *self);
    static unsigned runs; /* libzmq lets go of a name some time after its socket was closed */
    char front[32], back[32];
    snprintf(front, sizeof front, "inproc://front-%u", ++runs);
    snprintf(back, sizeof back, "inproc://back-%u", runs);
    const gateway_options_t options = {.front = front,
                                       .back = back,
                                       .insecure = true,
                                       .client_requests = 100,
                                       .client_bytes = 1 << 20,
                                       .max_connections = 10,
                                       .connection_bytes = 1 << 24,
                                       .total_bytes = 1 << 26,
                                       .queue_requests = 100,
                                       .queue_bytes = 1 << 20,
                                       .max_request = 1 << 20,
                                       .deadline_ms = 1000,
                                       .heartbeat_ms = HEARTBEAT_MS};
    self->gateway = gateway_new(&options);
    assert_non_null(self->gateway);
    self->worker = zmq_socket(zsys_init(), ZMQ_DEALER);
    assert_int_equal(zmq_connect(self->worker, back), 0);
    s_say(self, "\x01", "lookup");
    timers_run(self->gateway);
    assert_int_equal(peers_count(&self->gateway->peers), 1);
    *state = self;
    return 0;
}

static int s_teardown(void **state)
{
    s_pair_t *self = *state;
    zmq_close(self->worker);
    gateway_destroy(&self->gateway);
    free(self);
    return 0;
}

static void s_stay_silent(s_pair_t *self)
{
    for (int i = 0; i < MDP_LIVENESS + 1; i++) {
        s_pass(self, HEARTBEAT_MS);
        timers_run(self->gateway);
    }
    assert_int_equal(peers_count(&self->gateway->peers), 0);
}

static void test_a_standstill_is_nobodys_silence(void **state)
{
    s_pair_t *self = *state;
    s_pass(self, STANDSTILL);
    timers_run(self->gateway);
    assert_int_equal(peers_count(&self->gateway->peers), 1);
    s_stay_silent(self);
}

static void test_who_was_heard_after_it_is_lost_as_soon_as_ever(void **state)
{
    s_pair_t *self = *state;
    s_pass(self, STANDSTILL);
    s_say(self, "\x05", NULL);
    timers_run(self->gateway);
    assert_int_equal(peers_count(&self->gateway->peers), 1);
    s_stay_silent(self);
}

int main(int argc, char **argv)
{
    (void)argc;
    zsys_handler_set(NULL);
    lex_log_setup(argv[0], "error", "text");
    lex_random_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_standstill_is_nobodys_silence, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_who_was_heard_after_it_is_lost_as_soon_as_ever,
                                        s_setup, s_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
