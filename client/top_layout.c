#include "client/top_layout.h"

#include <stdlib.h>

#include "client/text_clean.h"
#include "client/top_lines.h"
#include "client/top_number.h"
#include "client/top_table.h"

#define SILENT_LONG_MS 2500 /* two heartbeats and a half were missed */

/* ---- services ---- */

static const char *s_service_text(const void *row, size_t index)
{
    (void)index;
    return ((const top_service_t *)row)->name;
}

static page_style_t s_rate(double value, bool has_rates, page_style_t style,
                           char out[TOP_CELL_SIZE])
{
    if (!has_rates) {
        snprintf(out, TOP_CELL_SIZE, "-");
        return PAGE_DIM;
    }
    top_rate(out, value);
    return value > 0 ? style : PAGE_PLAIN;
}

#define s_service_count(field, style)                                                              \
    static page_style_t s_##field(const void *row, bool has_rates, char out[TOP_CELL_SIZE])        \
    {                                                                                              \
        const top_service_t *service = row;                                                        \
        (void)has_rates;                                                                           \
        top_count(out, service->field);                                                            \
        return (style);                                                                            \
    }
#define s_service_rate(field, style)                                                               \
    static page_style_t s_##field(const void *row, bool has_rates, char out[TOP_CELL_SIZE])        \
    {                                                                                              \
        return s_rate(((const top_service_t *)row)->field, has_rates, (style), out);               \
    }
#define s_service_time(field)                                                                      \
    static page_style_t s_##field(const void *row, bool has_rates, char out[TOP_CELL_SIZE])        \
    {                                                                                              \
        (void)has_rates;                                                                           \
        top_duration(out, ((const top_service_t *)row)->field);                                    \
        return PAGE_PLAIN;                                                                         \
    }

s_service_count(workers, service->workers ? PAGE_PLAIN : PAGE_ALERT);
s_service_count(open, PAGE_PLAIN);
s_service_count(queued, service->queued ? PAGE_BOLD : PAGE_PLAIN);
s_service_count(redispatched, PAGE_PLAIN);
s_service_rate(requests, PAGE_BOLD);
s_service_rate(replies, PAGE_PLAIN);
s_service_rate(busy, PAGE_ALERT);
s_service_rate(timeouts, PAGE_ALERT);
s_service_rate(unavailable, PAGE_ALERT);
s_service_time(p50_us);
s_service_time(p99_us);

static page_style_t s_free(const void *row, bool has_rates, char out[TOP_CELL_SIZE])
{
    const top_service_t *service = row;
    char unused[TOP_NUMBER_SIZE], all[TOP_NUMBER_SIZE];

    (void)has_rates;
    snprintf(out, TOP_CELL_SIZE, "%s/%s", top_count(unused, service->free),
             top_count(all, service->credit));
    return PAGE_PLAIN;
}

static const char *const s_service_texts[] = {"SERVICE"};
static const top_column_t s_service_columns[] = {
    {"WORK", 4, 1, s_workers},        {"OPEN", 5, 1, s_open},       {"QUEUE", 5, 2, s_queued},
    {"FREE", 9, 5, s_free},           {"REQ/S", 6, 1, s_requests},  {"REP/S", 6, 4, s_replies},
    {"BUSY/S", 6, 6, s_busy},         {"TIME/S", 6, 7, s_timeouts}, {"UNAV/S", 6, 6, s_unavailable},
    {"REDISP", 6, 8, s_redispatched}, {"P50", 6, 3, s_p50_us},      {"P99", 6, 2, s_p99_us},
};

static top_table_t s_services(const top_figures_t *figures)
{
    return (top_table_t){
        .columns = s_service_columns,
        .column_count = sizeof s_service_columns / sizeof *s_service_columns,
        .texts = s_service_texts,
        .text_count = 1,
        .text = s_service_text,
        .rows = (const char *)figures->services,
        .row_size = sizeof *figures->services,
        .count = figures->service_count,
        .noun = "services",
    };
}

/* ---- workers ---- */

static const char *s_worker_text(const void *row, size_t index)
{
    const top_worker_t *worker = row;

    return index == 0 ? worker->name : worker->service;
}

static page_style_t s_held(const void *row, bool has_rates, char out[TOP_CELL_SIZE])
{
    const top_worker_t *worker = row;
    char open[TOP_NUMBER_SIZE], credit[TOP_NUMBER_SIZE];

    (void)has_rates;
    snprintf(out, TOP_CELL_SIZE, "%s/%s", top_count(open, worker->open),
             top_count(credit, worker->credit));
    return PAGE_PLAIN;
}

static page_style_t s_finals(const void *row, bool has_rates, char out[TOP_CELL_SIZE])
{
    return s_rate(((const top_worker_t *)row)->finals, has_rates, PAGE_BOLD, out);
}

static page_style_t s_age(const void *row, bool has_rates, char out[TOP_CELL_SIZE])
{
    (void)has_rates;
    top_age(out, ((const top_worker_t *)row)->ready_ms);
    return PAGE_PLAIN;
}

static page_style_t s_silent(const void *row, bool has_rates, char out[TOP_CELL_SIZE])
{
    uint64_t ms = ((const top_worker_t *)row)->silent_ms;

    (void)has_rates;
    if (ms < 1000)
        snprintf(out, TOP_CELL_SIZE, "%ums", (unsigned)ms);
    else
        top_duration(out, ms < INT64_MAX / 1000 ? (int64_t)ms * 1000 : INT64_MAX);
    return ms > SILENT_LONG_MS ? PAGE_ALERT : PAGE_PLAIN;
}

static page_style_t s_state(const void *row, bool has_rates, char out[TOP_CELL_SIZE])
{
    (void)has_rates;
    snprintf(out, TOP_CELL_SIZE, "%s", ((const top_worker_t *)row)->draining ? "draining" : "");
    return PAGE_BOLD;
}

static const char *const s_worker_texts[] = {"WORKER", "SERVICE"};
static const top_column_t s_worker_columns[] = {
    {"OPEN", 9, 1, s_held},     {"REP/S", 6, 1, s_finals}, {"AGE", 6, 3, s_age},
    {"SILENT", 6, 2, s_silent}, {"", 8, 2, s_state},
};

static top_table_t s_workers_table(const top_figures_t *figures)
{
    return (top_table_t){
        .columns = s_worker_columns,
        .column_count = sizeof s_worker_columns / sizeof *s_worker_columns,
        .texts = s_worker_texts,
        .text_count = 2,
        .text = s_worker_text,
        .rows = (const char *)figures->workers,
        .row_size = sizeof *figures->workers,
        .count = figures->worker_count,
        .noun = "workers",
    };
}

/* ---- a gateway ---- */

static void s_gateway_line(top_lines_t *lines, const top_gateway_t *gateway)
{
    const top_figures_t *figures = gateway->figures;
    char *endpoint = text_clean(gateway->endpoint, false);
    char one[TOP_NUMBER_SIZE];

    top_lines_put(lines, PAGE_BOLD, endpoint);
    free(endpoint);
    if (!figures) {
        top_lines_printf(lines, gateway->reason ? PAGE_ALERT : PAGE_DIM, "  %s%s",
                         gateway->reason ? "away: " : "asking",
                         gateway->reason ? gateway->reason : "");
    } else {
        top_lines_printf(lines, PAGE_PLAIN, "  up %s", top_age(one, figures->uptime_ms));
        if (figures->draining)
            top_lines_put(lines, PAGE_ALERT, "  draining");
        top_lines_printf(lines, PAGE_PLAIN, "  open %s", top_count(one, figures->open));
        top_lines_printf(lines, PAGE_PLAIN, "  %s req/s",
                         figures->has_rates ? top_rate(one, figures->requests) : "-");
        top_lines_printf(lines, PAGE_PLAIN, "  bad %s", top_count(one, figures->bad_frames));
        top_lines_printf(lines, PAGE_PLAIN, "  unroutable %s", top_count(one, figures->unroutable));
        top_lines_printf(lines, PAGE_PLAIN, "  refused %s", top_count(one, figures->refused));
    }
    top_lines_end(lines);
}

/* How many of `count` rows are shown in `room`, where one is needed to say that there are more. */
static size_t s_shown(size_t count, size_t room)
{
    return count <= room ? count : room > 0 ? room - 1 : 0;
}

/* `room`: rows for both tables together, headings not counted. */
static void s_tables(top_lines_t *lines, const top_view_t *view, const top_figures_t *figures,
                     size_t room)
{
    top_table_t services = s_services(figures), workers = s_workers_table(figures);
    size_t for_workers = view->workers ? workers.count : 0;

    /* Workers have at most half while services want more than the other. */
    if (for_workers > room / 2)
        for_workers = services.count < room - room / 2 ? room - services.count : room / 2;
    size_t for_services = room - for_workers;
    if (services.count > 0 && for_services > 0)
        top_table(lines, &services, figures->has_rates, s_shown(services.count, for_services),
                  view->symbols);
    if (view->workers && workers.count > 0 && for_workers > 0)
        top_table(lines, &workers, figures->has_rates, s_shown(workers.count, for_workers),
                  view->symbols);
}

/* Rows of both tables that each gateway which is there may have. */
static size_t s_room(const top_view_t *view, const top_gateway_t *gateways, size_t count)
{
    int taken = 1, present = 0;

    for (size_t i = 0; i < count; i++) {
        taken += 2; /* a blank line before it */
        if (gateways[i].figures) {
            taken += 1 + (view->workers && gateways[i].figures->worker_count > 0);
            present++;
        }
    }
    if (view->rows == 0)
        return SIZE_MAX / 2;
    return present > 0 && view->rows > taken ? (size_t)((view->rows - taken) / present) : 0;
}

static void s_title(top_lines_t *lines, const top_view_t *view)
{
    top_lines_put(lines, PAGE_BOLD, "lexmq top");
    top_lines_printf(lines, PAGE_PLAIN, "  %s  every %g s  by %s", view->time, view->interval,
                     top_order_name(view->order));
    if (view->is_paused)
        top_lines_put(lines, PAGE_ALERT, "  paused");
    if (view->is_live)
        top_lines_put(lines, PAGE_DIM, "  ? for help, q to quit");
    top_lines_end(lines);
}

void top_layout(FILE *out, const top_view_t *view, const top_gateway_t *gateways, size_t count)
{
    size_t room = s_room(view, gateways, count);
    top_lines_t lines;

    top_lines_init(&lines, out, view->rows, view->columns, view->colours);
    s_title(&lines, view);
    for (size_t i = 0; i < count; i++) {
        top_lines_end(&lines);
        s_gateway_line(&lines, &gateways[i]);
        if (gateways[i].figures)
            s_tables(&lines, view, gateways[i].figures, room);
    }
}

void top_layout_help(FILE *out, const top_view_t *view)
{
    static const char *const help[] = {
        "",
        "  s      order: by load, by name, by wait (p99, silence)",
        "  w      workers on or off",
        "  1-9    seconds between two looks",
        "  space  pause, and go on",
        "  ?      this, and back",
        "  q      quit",
        "",
        "  WORK   workers that take requests         REQ/S  requests received",
        "  OPEN   requests not answered yet          REP/S  answered by a worker",
        "  QUEUE  of them, those without a worker    BUSY/S, TIME/S, UNAV/S  by the gateway:",
        "  FREE   of the credit of all workers         queue full, no answer in time, no worker",
        "  REDISP given to another worker after      P50, P99  from receipt to answer, of what was",
        "         one was lost, since the start        answered since the last look",
        "  AGE    since the worker came              SILENT  since the worker was heard",
        NULL,
    };
    top_lines_t lines;

    top_lines_init(&lines, out, view->rows, view->columns, view->colours);
    s_title(&lines, view);
    for (const char *const *line = help; *line; line++) {
        top_lines_put(&lines, PAGE_PLAIN, *line);
        top_lines_end(&lines);
    }
}
