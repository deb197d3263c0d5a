/* lexmq top without a terminal: lines that fit. */

#include "client/text_clean.h"
#include "tests/unit/client/top_status.h"

#define GATEWAYS 3

static top_gateway_t s_gateways[GATEWAYS];
static top_figures_t s_figures;

/* Two gateways of which one is away, and one that has not answered yet. */
static void s_fill(size_t services, size_t workers)
{
    s_figures = (top_figures_t){.has_rates = true,
                                .uptime_ms = 252000,
                                .open = 412,
                                .requests = 11203.4,
                                .services = calloc(services + 1, sizeof(top_service_t)),
                                .service_count = services,
                                .workers = calloc(workers + 1, sizeof(top_worker_t)),
                                .worker_count = workers};
    for (size_t i = 0; i < services; i++)
        s_figures.services[i] = (top_service_t){.name = "lookup",
                                                .workers = 2,
                                                .open = 400,
                                                .queued = 3,
                                                .free = 112,
                                                .credit = 512,
                                                .requests = 10900.3,
                                                .replies = 10800,
                                                .busy = 0.5,
                                                .p50_us = 870,
                                                .p99_us = 12345};
    for (size_t i = 0; i < workers; i++)
        s_figures.workers[i] = (top_worker_t){.name = "host:12",
                                              .service = "lookup",
                                              .open = 200,
                                              .credit = 256,
                                              .finals = 5400,
                                              .ready_ms = 60000,
                                              .silent_ms = 12};
    s_gateways[0] = (top_gateway_t){.endpoint = "tcp://a:1", .figures = &s_figures};
    s_gateways[1] = (top_gateway_t){.endpoint = "tcp://b:2", .reason = "No connection."};
    s_gateways[2] = (top_gateway_t){.endpoint = "tcp://c:3"};
}

static void s_empty(void)
{
    free(s_figures.services);
    free(s_figures.workers);
}

static char *s_layout(const top_view_t *view)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    top_layout(out, view, s_gateways, GATEWAYS);
    fclose(out);
    return text;
}

static top_view_t s_view(int rows, int columns)
{
    return (top_view_t){.rows = rows,
                        .columns = columns,
                        .symbols = true,
                        .workers = true,
                        .interval = 1,
                        .time = "12:03:44"};
}

static void test_layout(void **state)
{
    top_view_t view = s_view(0, 0);
    (void)state;

    s_fill(1, 1);
    char *text = s_layout(&view);
    assert_string_equal(
        text, "lexmq top  12:03:44  every 1 s  by load\n"
              "\n"
              "tcp://a:1  up 4m12s  open 412  11203 req/s  bad 0  unroutable 0  refused 0\n"
              "  SERVICE WORK  OPEN QUEUE      FREE  REQ/S  REP/S BUSY/S TIME/S UNAV/S REDISP    "
              "P50    P99\n"
              "  lookup     2   400     3   112/512  10900  10800    0.5      0      0      0  "
              "870us   12ms\n"
              "  WORKER  SERVICE      OPEN  REP/S    AGE SILENT\n"
              "  host:12 lookup    200/256   5400  1m00s   12ms\n"
              "\n"
              "tcp://b:2  away: No connection.\n"
              "\n"
              "tcp://c:3  asking\n");
    free(text);
    s_empty();
}

static void test_first_look_has_no_rates(void **state)
{
    top_view_t view = s_view(0, 0);
    (void)state;

    s_fill(1, 1);
    s_figures.has_rates = false;
    char *text = s_layout(&view);
    assert_non_null(strstr(text, "  - req/s"));
    assert_non_null(strstr(text, "112/512      -      -      -      -      -      0"));
    free(text);
    s_empty();
}

/* Whatever the size, nothing is beyond the edge, and what is left out is counted. */
static void test_fits(void **state)
{
    (void)state;
    s_fill(30, 50);
    for (int rows = 1; rows < 100; rows++) {
        for (int columns = 1; columns < 130; columns += 3) {
            top_view_t view = s_view(rows, columns);
            char *text = s_layout(&view);
            int lines = 0;
            for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
                assert_true(text_columns(line) <= columns);
            free(text);
            text = s_layout(&view);
            for (const char *at = text; (at = strchr(at, '\n')); at++)
                lines++;
            assert_true(lines <= rows);
            free(text);
        }
    }
    top_view_t view = s_view(24, 100);
    char *text = s_layout(&view);
    assert_non_null(strstr(text, "  … 23 more services\n"));
    assert_non_null(strstr(text, "  … 44 more workers\n"));
    free(text);
    view.workers = false;
    view.symbols = false;
    text = s_layout(&view);
    assert_non_null(strstr(text, "  ... 15 more services\n"));
    assert_null(strstr(text, "WORKER"));
    free(text);
    s_empty();
}

static void test_narrow_drops_the_least_first(void **state)
{
    (void)state;
    s_fill(1, 0);
    top_view_t view = s_view(24, 80);
    char *text = s_layout(&view);
    assert_null(strstr(text, "REDISP"));
    assert_non_null(strstr(text, "P99\n"));
    free(text);
    s_empty();
}

static void test_colours(void **state)
{
    top_view_t view = s_view(0, 0);
    (void)state;

    s_fill(1, 0);
    s_figures.services[0].workers = 0;
    view.colours = true;
    char *text = s_layout(&view);
    assert_non_null(strstr(text, "\033[31m0\033[0m")); /* no worker */
    assert_non_null(strstr(text, "\033[31m  away: No connection.\033[0m"));
    free(text);
    view.colours = false;
    text = s_layout(&view);
    assert_null(strchr(text, '\033'));
    free(text);
    s_empty();
}

/* What a gateway says may be anything. */
static void test_names_are_cleaned(void **state)
{
    lexmq_service_t service = {.service = "\033[2Jx\ny"};
    lexmq_worker_t worker = {.service = "\033]0;t\a",
                             .name = "\xC2\x9B"
                                     "31m"};
    lexmq_gateway_status_t status = s_status(1000, &service, 1);
    lexmq_workers_t workers = {&worker, 1};
    top_view_t view = s_view(0, 0);
    (void)state;

    status.version = "\033c";
    top_figures_t *figures = top_figures_new(NULL, NULL, &status, &workers);
    s_gateways[0] = (top_gateway_t){.endpoint = "tcp://\033a:1", .figures = figures};
    s_gateways[1] = s_gateways[2] = (top_gateway_t){.endpoint = "x"};
    char *text = s_layout(&view);
    for (const char *at = text; *at; at++)
        assert_true(*at == '\n' || (unsigned char)*at >= ' ');
    assert_null(strstr(text, "\xC2\x9B"));
    assert_non_null(strstr(text, "^[[2Jx y"));
    free(text);
    top_figures_destroy(&figures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),  cmocka_unit_test(test_first_look_has_no_rates),
        cmocka_unit_test(test_fits),    cmocka_unit_test(test_narrow_drops_the_least_first),
        cmocka_unit_test(test_colours), cmocka_unit_test(test_names_are_cleaned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
