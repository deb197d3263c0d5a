/* The monitor beside a loop of the test's, which answers, or does not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>

#include "common/clock.h"
#include "common/monitor.h"
#include "tests/unit/common/http.h"

#define QUICK_MS (LEX_MONITOR_WAIT_MS / 2)

typedef struct {
    lex_monitor_t *monitor;
    uint16_t port;
    pthread_t thread;
    sem_t asked; /* posted by wake */
    atomic_bool is_deaf;
    atomic_bool is_ending;
    atomic_uint wakes;
    const char *reason; /* why it is not ready; NULL: it is */
    bool says_much;
} s_loop_t;

static void s_wake(void *arg)
{
    s_loop_t *self = arg;
    atomic_fetch_add(&self->wakes, 1);
    sem_post(&self->asked);
}

static void s_inspect(void *arg, lex_inspection_t *inspection)
{
    const s_loop_t *self = arg;
    assert_true(pthread_equal(pthread_self(), self->thread));
    lex_metrics_t *page = lex_inspection_metrics(inspection);
    if (page) {
        lex_metrics_gauge(page, "lexmq_test", "From the loop.");
        lex_metrics_put(page, 42);
    }
    if (self->reason)
        lex_inspection_not_ready(inspection, "%s", self->reason);
    for (int i = 0; self->says_much && i < 200; i++)
        lex_inspection_not_ready(inspection, "reason number %d", i);
}

static void *s_run(void *arg)
{
    s_loop_t *self = arg;
    for (;;) {
        sem_wait(&self->asked);
        if (atomic_load(&self->is_ending))
            return NULL;
        if (!atomic_load(&self->is_deaf))
            lex_monitor_answer(self->monitor);
    }
}

static lex_monitor_t *s_listen(s_loop_t *self, const char *address)
{
    return lex_monitor_new(&(lex_monitor_options_t){.address = address,
                                                    .program = "lexmq-test",
                                                    .wake = s_wake,
                                                    .inspect = s_inspect,
                                                    .arg = self});
}

static int s_setup(void **state)
{
    s_loop_t *self = calloc(1, sizeof *self);
    sem_init(&self->asked, 0, 0);
    self->monitor = s_listen(self, "127.0.0.1:0");
    assert_non_null(self->monitor);
    self->port = lex_monitor_port(self->monitor);
    assert_true(self->port > 0);
    assert_int_equal(pthread_create(&self->thread, NULL, s_run, self), 0);
    *state = self;
    return 0;
}

static void s_end_loop(s_loop_t *self)
{
    if (atomic_exchange(&self->is_ending, true))
        return;
    sem_post(&self->asked);
    pthread_join(self->thread, NULL);
}

static int s_teardown(void **state)
{
    s_loop_t *self = *state;
    s_end_loop(self);
    lex_monitor_destroy(&self->monitor);
    sem_destroy(&self->asked);
    free(self);
    return 0;
}

static void s_expect(const s_loop_t *self, const char *path, int status, const char *body)
{
    http_reply_t reply = http_get(self->port, path);
    assert_int_equal(reply.status, status);
    assert_string_equal(reply.body, body);
    http_free(&reply);
}

static void test_ready(void **state)
{
    s_expect(*state, "/livez", 200, "ok\n");
    s_expect(*state, "/healthz", 200, "ok\n");
    s_expect(*state, "/readyz", 200, "ok\n");
    s_expect(*state, "/readyz?verbose=1", 200, "ok\n");
}

/* Health is to have been ready once: an orchestrator must not kill for what comes and goes. */
static void test_not_ready(void **state)
{
    s_loop_t *self = *state;
    self->reason = "no gateway takes requests of x";
    s_expect(self, "/livez", 200, "ok\n");
    s_expect(self, "/readyz", 503, "no gateway takes requests of x\n");
    s_expect(self, "/healthz", 503, "no gateway takes requests of x\n");
    self->reason = NULL;
    s_expect(self, "/livez", 200, "ok\n"); /* any look will do */
    self->reason = "draining";
    s_expect(self, "/healthz", 200, "ok\n");
    s_expect(self, "/readyz", 503, "draining\n");
}

static void test_many_reasons(void **state)
{
    s_loop_t *self = *state;
    self->says_much = true;
    http_reply_t reply = http_get(self->port, "/readyz");
    assert_int_equal(reply.status, 503);
    assert_memory_equal(reply.body, "reason number 0\nreason number 1\n", 32);
    assert_true(strlen(reply.body) < 1024);
    assert_int_equal(reply.body[strlen(reply.body) - 1], '\n');
    http_free(&reply);
}

static void test_the_page(void **state)
{
    s_loop_t *self = *state;
    http_reply_t reply = http_get(self->port, "/metrics");
    assert_int_equal(reply.status, 200);
    assert_non_null(strcasestr(reply.head, "\r\ncontent-type: text/plain; version=0.0.4; "
                                           "charset=utf-8"));
    assert_non_null(strstr(reply.body, "lexmq_build_info{program=\"lexmq-test\""));
    assert_non_null(strstr(reply.body, "\nlexmq_test 42\n"));
    http_free(&reply);
}

static void test_other_requests(void **state)
{
    s_loop_t *self = *state;
    const char *paths[] = {"/", "/metric", "/metrics/", "/livez/../metrics", "//metrics"};
    for (size_t i = 0; i < 5; i++) {
        http_reply_t reply = http_get(self->port, paths[i]);
        assert_int_equal(reply.status, 404);
        http_free(&reply);
    }
    const char *methods[] = {"PUT", "DELETE", "OPTIONS", "BREW"};
    for (size_t i = 0; i < 4; i++) {
        http_reply_t reply = http_ask(self->port, methods[i], "/metrics");
        assert_int_equal(reply.status, 405);
        assert_non_null(strcasestr(reply.head, "\r\nallow: GET, HEAD"));
        http_free(&reply);
    }
    assert_int_equal(atomic_load(&self->wakes), 0); /* nobody bothered the loop */
}

static void test_a_body_is_passed_over(void **state)
{
    s_loop_t *self = *state;
    static const char post[] = "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                               "Content-Length: 5\r\n\r\nhello";
    int file = http_connect(AF_INET, self->port);
    http_send(file, post, sizeof post - 1);
    http_reply_t reply = http_receive(file);
    assert_int_equal(reply.status, 405);
    http_free(&reply);
    s_expect(self, "/livez", 200, "ok\n");
}

static void test_head(void **state)
{
    s_loop_t *self = *state;
    http_reply_t reply = http_ask(self->port, "HEAD", "/metrics");
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "");
    assert_non_null(strcasestr(reply.head, "\r\ncontent-length: "));
    http_free(&reply);
    self->reason = "no";
    reply = http_ask(self->port, "HEAD", "/readyz");
    assert_int_equal(reply.status, 503);
    http_free(&reply);
}

/* The first who asks waits; the others are told at once, until the loop has taken the question. */
static void test_a_loop_that_stands_still(void **state)
{
    s_loop_t *self = *state;
    atomic_store(&self->is_deaf, true);
    int64_t begin = lex_monotonic_ms();
    s_expect(self, "/livez", 503, "the loop does not answer\n");
    int64_t took = lex_monotonic_ms() - begin;
    assert_true(took >= LEX_MONITOR_WAIT_MS - 50);
    begin = lex_monotonic_ms();
    for (int i = 0; i < 5; i++) {
        s_expect(self, "/metrics", 503, "the loop does not answer\n");
        s_expect(self, "/readyz", 503, "the loop does not answer\n");
    }
    assert_true(lex_monotonic_ms() - begin < QUICK_MS);
    assert_int_equal(atomic_load(&self->wakes), 1);
    /* The loop goes on: its late answer is nobody's, and the next one is to the next question. */
    atomic_store(&self->is_deaf, false);
    self->reason = "late";
    s_wake(self);
    begin = lex_monotonic_ms();
    http_reply_t reply;
    do {
        reply = http_get(self->port, "/readyz");
        bool is_answered = strcmp(reply.body, "late\n") == 0;
        assert_true(is_answered || strcmp(reply.body, "the loop does not answer\n") == 0);
        http_free(&reply);
        if (is_answered)
            break;
    } while (lex_monotonic_ms() - begin < HTTP_LIMIT_S * 1000);
    s_expect(self, "/livez", 200, "ok\n");
    s_expect(self, "/readyz", 503, "late\n");
}

static void *s_ask(void *arg)
{
    const s_loop_t *self = arg;
    http_reply_t reply = http_get(self->port, "/metrics");
    assert_true(reply.status == 503 || reply.status == 0);
    http_free(&reply);
    return NULL;
}

static void test_destroy_while_asked(void **state)
{
    s_loop_t *self = *state;
    atomic_store(&self->is_deaf, true);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, s_ask, self), 0);
    while (atomic_load(&self->wakes) == 0)
        sched_yield();
    int64_t begin = lex_monotonic_ms();
    lex_monitor_destroy(&self->monitor);
    assert_null(self->monitor);
    assert_true(lex_monotonic_ms() - begin < QUICK_MS);
    pthread_join(thread, NULL);
    lex_monitor_destroy(&self->monitor);
    lex_monitor_answer(NULL);
}

static void test_huge_requests(void **state)
{
    s_loop_t *self = *state;
    size_t size = 1 << 20;
    char *path = malloc(size + 1);
    memset(path, 'x', size);
    path[0] = '/';
    path[size] = '\0';
    http_reply_t reply = http_get(self->port, path);
    assert_true(reply.status == 0 || (reply.status >= 400 && reply.status < 500));
    http_free(&reply);
    free(path);
    int file = http_connect(AF_INET, self->port);
    http_send(file, "\xFF\x00\r\n\r\nnonsense\r\n\r\n", 18);
    shutdown(file, SHUT_WR);
    reply = http_receive(file);
    assert_true(reply.status == 0 || reply.status >= 400);
    http_free(&reply);
    s_expect(self, "/livez", 200, "ok\n");
}

/* Peers that say nothing take places, which are few; they must not take the last one for ever. */
static void test_silent_peers(void **state)
{
    s_loop_t *self = *state;
    int files[16];
    for (size_t i = 0; i < 16; i++) {
        files[i] = http_connect(AF_INET, self->port);
        assert_true(files[i] >= 0);
        http_send(files[i], "GET /metr", 9);
    }
    s_expect(self, "/livez", 200, "ok\n");
    for (size_t i = 0; i < 16; i++)
        close(files[i]);
}

static void test_addresses(void **state)
{
    s_loop_t *self = *state;
    const char *bad[] = {"",
                         "127.0.0.1",
                         "127.0.0.1:",
                         ":",
                         "127.0.0.1:x",
                         "[::1]",
                         "127.0.0.1:-1",
                         "999.1.1.1:0",
                         "1.2.3.4:0",
                         "host.invalid:0",
                         "127.0.0.1:65536",
                         "127.0.0.1:99999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(s_listen(self, bad[i]));
    const char *good[] = {"*:0", ":0", "localhost:0", "0.0.0.0:0"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        lex_monitor_t *monitor = s_listen(self, good[i]);
        assert_non_null(monitor);
        assert_true(lex_monitor_port(monitor) > 0);
        lex_monitor_destroy(&monitor);
    }
}

static void test_a_port_that_is_taken(void **state)
{
    s_loop_t *self = *state;
    char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%u", self->port);
    assert_null(s_listen(self, address));
    s_expect(self, "/livez", 200, "ok\n");
}

static void test_ipv6(void **state)
{
    s_loop_t *self = *state;
    int probe = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    bool is_there = probe >= 0 && bind(probe, (struct sockaddr *)&any, sizeof any) == 0;
    if (probe >= 0)
        close(probe);
    if (!is_there)
        skip(); /* this machine has none */
    lex_monitor_destroy(&self->monitor);
    self->monitor = s_listen(self, "[::1]:0");
    assert_non_null(self->monitor);
    http_reply_t reply =
        http_ask_at(http_connect(AF_INET6, lex_monitor_port(self->monitor)), "GET", "/livez");
    assert_int_equal(reply.status, 200);
    http_free(&reply);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, s_setup, s_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ready),
        TEST(test_not_ready),
        TEST(test_many_reasons),
        TEST(test_the_page),
        TEST(test_other_requests),
        TEST(test_a_body_is_passed_over),
        TEST(test_head),
        TEST(test_a_loop_that_stands_still),
        TEST(test_destroy_while_asked),
        TEST(test_huge_requests),
        TEST(test_silent_peers),
        TEST(test_addresses),
        TEST(test_a_port_that_is_taken),
        TEST(test_ipv6),
    };
    alarm(120);
    return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}
