/* The gateway's page of metrics: which services stand on it, and what is said of them. */

#include "tests/unit/gateway/unit.h"

#include "common/random.h"
#include "gateway/watch.h"

static void s_contains(const char *page, const char *line)
{
    if (!strstr(page, line))
        fail_msg("\"%s\" is not on the page:\n%s", line, page);
}

static void test_page(void **state)
{
    (void)state;
    gateway_t gateway = {.bad_frames = 3, .refused = 4, .is_draining = true};
    static const connections_limit_t limit[SIDES] = {{10, 1, 1}, {20, 1, 1}};
    gateway.guard = guard_new(limit, false);
    services_init(&gateway.services);
    assert_true(services_expect(&gateway.services, "auth, lookup"));
    service_t *invented = services_add(&gateway.services, "invented", 8);
    invented->count.requests = 5;
    service_t *lookup = services_find(&gateway.services, "lookup", 6);
    peer_t worker = {.credit = 10, .held = 4};
    service_add_worker(lookup, &worker);
    lookup->count.requests = 7;
    lookup->count.busy = 2;
    lookup->count.lost = 1;
    lookup->open = 4;
    lex_histogram_add_alone(&lookup->latency, 300);
    lex_histogram_add(&lookup->latency, 20000000);

    lex_metrics_t *page = lex_metrics_new();
    watch_write(&gateway, page);
    size_t size;
    const char *text = lex_metrics_text(page, &size);
    s_contains(text, "\nlexmq_gateway_requests_total{service=\"lookup\"} 7\n");
    s_contains(text, "\nlexmq_gateway_requests_total{service=\"auth\"} 0\n");
    s_contains(text, "\nlexmq_gateway_replies_total{service=\"lookup\",outcome=\"busy\"} 2\n");
    s_contains(text, "\nlexmq_gateway_workers_lost_total{service=\"lookup\"} 1\n");
    s_contains(text, "\nlexmq_gateway_credit{service=\"lookup\"} 10\n");
    s_contains(text, "\nlexmq_gateway_credit_free{service=\"lookup\"} 6\n");
    s_contains(text, "\nlexmq_gateway_open_requests{service=\"lookup\"} 4\n");
    s_contains(text, "_seconds_bucket{service=\"lookup\",le=\"0.00025\"} 0\n");
    s_contains(text, "_seconds_bucket{service=\"lookup\",le=\"0.0005\"} 1\n");
    s_contains(text, "_seconds_bucket{service=\"lookup\",le=\"10\"} 1\n");
    s_contains(text, "_seconds_bucket{service=\"lookup\",le=\"+Inf\"} 2\n");
    s_contains(text, "_seconds_sum{service=\"lookup\"} 20.0003\n");
    s_contains(text, "\nlexmq_gateway_bad_frames_total 3\n");
    s_contains(text, "\nlexmq_gateway_refused_total 4\n");
    s_contains(text, "\nlexmq_gateway_draining 1\n");
    s_contains(text, "\nlexmq_gateway_connections_max{side=\"front\"} 10\n");
    s_contains(text, "\nlexmq_gateway_connections_max{side=\"back\"} 20\n");
    s_contains(text, "\nlexmq_gateway_connections_ended_total{side=\"front\"} 0\n");
    assert_null(strstr(text, "invented"));
    service_add_worker(invented, &(peer_t){.credit = 1});
    lex_metrics_destroy(&page);
    page = lex_metrics_new();
    watch_write(&gateway, page);
    s_contains(lex_metrics_text(page, &size),
               "\nlexmq_gateway_requests_total{service=\"invented\"} 5\n");
    lex_metrics_destroy(&page);
    lookup->open = 0;
    services_close(&gateway.services);
    guard_destroy(&gateway.guard);
}

int main(void)
{
    lex_random_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
