/* status: every gateway of the list with its services and workers, for people or as one object of JSON
 * each. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/command.h"
#include "client/gateways.h"
#include "client/machine.h"
#include "client/text_clean.h"
#include "client/top_number.h"

#define WORKER_SERVICE 16 /* columns of a worker's service */

static void s_number_json(const char *key, uint64_t value)
{
    printf(",\"%s\":%" PRIu64, key, value);
}

static void s_service_json(const lexmq_service_t *service)
{
    fputs("{\"service\":", stdout);
    json_string(stdout, service->service);
    s_number_json("workers", service->workers);
    s_number_json("credit", service->credit);
    s_number_json("free", service->free);
    s_number_json("queued", service->queued);
    s_number_json("queued_bytes", service->queued_bytes);
    s_number_json("open", service->open);
    s_number_json("requests", service->requests);
    s_number_json("finals", service->finals);
    s_number_json("busy", service->busy);
    s_number_json("timeouts", service->timeouts);
    s_number_json("unavailable", service->unavailable);
    s_number_json("redispatched", service->redispatched);
    s_number_json("lost", service->lost);
    putchar('}');
}

static void s_worker_json(const lexmq_worker_t *worker)
{
    fputs("{\"service\":", stdout);
    json_string(stdout, worker->service);
    fputs(",\"name\":", stdout);
    json_string(stdout, worker->name);
    s_number_json("credit", worker->credit);
    s_number_json("held", worker->held);
    s_number_json("open", worker->open);
    s_number_json("finals", worker->finals);
    s_number_json("ready_ms", worker->ready_ms);
    s_number_json("silent_ms", worker->silent_ms);
    printf(",\"draining\":%s}", worker->draining ? "true" : "false");
}

static void s_away_json(const char *gateway, const char *reason)
{
    fputs("{\"gateway\":", stdout);
    json_string(stdout, gateway);
    fputs(",\"away\":", stdout);
    json_string(stdout, reason);
    puts("}");
}

static void s_json(const char *gateway, const lexmq_gateway_status_t *status,
                   const lexmq_workers_t *workers)
{
    fputs("{\"gateway\":", stdout);
    json_string(stdout, gateway);
    fputs(",\"version\":", stdout);
    json_string(stdout, status->version);
    s_number_json("uptime_ms", status->uptime_ms);
    printf(",\"draining\":%s", status->draining ? "true" : "false");
    s_number_json("open", status->open);
    s_number_json("bad_frames", status->bad_frames);
    s_number_json("unroutable", status->unroutable);
    s_number_json("late_replies", status->late_replies);
    s_number_json("refused", status->refused);
    fputs(",\"services\":[", stdout);
    for (size_t i = 0; i < status->service_count; i++) {
        if (i > 0)
            putchar(',');
        s_service_json(&status->services[i]);
    }
    fputs("],\"workers\":[", stdout);
    for (size_t i = 0; workers && i < workers->count; i++) {
        if (i > 0)
            putchar(',');
        s_worker_json(&workers->list[i]);
    }
    puts("]}");
}

static void s_uptime(uint64_t ms)
{
    uint64_t seconds = ms / 1000, minutes = seconds / 60, hours = minutes / 60;

    if (hours >= 24)
        printf("up %" PRIu64 " d %" PRIu64 " h", hours / 24, hours % 24);
    else if (hours > 0)
        printf("up %" PRIu64 " h %" PRIu64 " min", hours, minutes % 60);
    else
        printf("up %" PRIu64 " min %" PRIu64 " s", minutes, seconds % 60);
}

static void s_service(const lexmq_service_t *service, int width)
{
    char *name = text_clean(service->service, false);

    printf("%s%*s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %10" PRIu64 " %8" PRIu64 " %8" PRIu64
           " %8" PRIu64 "\n",
           name, width - text_columns(name), "", service->workers, service->queued, service->open,
           service->requests, service->busy, service->timeouts, service->unavailable);
    free(name);
}

static void s_worker(const lexmq_worker_t *worker, int width)
{
    char *name = text_clean(worker->name, false), *service = text_clean(worker->service, false);
    char age[TOP_NUMBER_SIZE], silent[TOP_NUMBER_SIZE];
    int name_width = text_columns(name), service_width = text_columns(service);

    printf("%s%*s %s%*s %8" PRIu64 " %8" PRIu64 " %10" PRIu64 " %8s %8s%s\n", name,
           width > name_width ? width - name_width : 0, "", service,
           WORKER_SERVICE > service_width ? WORKER_SERVICE - service_width : 0, "", worker->open,
           worker->credit, worker->finals, top_age(age, worker->ready_ms),
           top_age(silent, worker->silent_ms), worker->draining ? "  draining" : "");
    free(name);
    free(service);
}

static void s_workers(const lexmq_workers_t *workers)
{
    int width = 16;

    for (size_t i = 0; i < workers->count; i++) {
        char *name = text_clean(workers->list[i].name, false);
        width = text_columns(name) > width ? text_columns(name) : width;
        free(name);
    }
    printf("%-*s %-*s %8s %8s %10s %8s %8s\n", width, "WORKER", WORKER_SERVICE, "SERVICE", "OPEN",
           "CREDIT", "ANSWERED", "AGE", "SILENT");
    for (size_t i = 0; i < workers->count; i++)
        s_worker(&workers->list[i], width);
}

static void s_text(const char *gateway, const lexmq_gateway_status_t *status,
                   const lexmq_workers_t *workers)
{
    int width = 16;

    printf("Gateway %s, version ", gateway);
    text_print(stdout, status->version);
    fputs(", ", stdout);
    s_uptime(status->uptime_ms);
    printf(", %" PRIu64 " requests open%s\n", status->open, status->draining ? ", draining" : "");
    for (size_t i = 0; i < status->service_count; i++) {
        char *name = text_clean(status->services[i].service, false);
        width = text_columns(name) > width ? text_columns(name) : width;
        free(name);
    }
    printf("%-*s %8s %8s %8s %10s %8s %8s %8s\n", width, "SERVICE", "WORKERS", "QUEUED", "OPEN",
           "REQUESTS", "BUSY", "TIMEOUTS", "UNAVAIL.");
    for (size_t i = 0; i < status->service_count; i++)
        s_service(&status->services[i], width);
    if (workers && workers->count > 0)
        s_workers(workers);
}

/* One gateway; what fails is said of one alone as of any call, of several in its place. */
static int s_show(client_t *client, const char *name, bool alone, const gateway_answer_t *answer)
{
    bool json = client->options->given & OPTION_JSON;

    if (answer->status && json)
        s_json(name, answer->status, answer->workers);
    else if (answer->status)
        s_text(name, answer->status, answer->workers);
    else if (alone)
        client_say(0, "%s", answer->reason);
    else if (json)
        s_away_json(name, answer->reason);
    else
        printf("Gateway %s is away: %s\n", name, answer->reason);
    return exit_code(answer->outcome);
}

int command_status(client_t *client, const char *const *arguments, int count)
{
    bool json = client->options->given & OPTION_JSON, found = false;
    int code = EXIT_DONE;

    (void)arguments;
    (void)count;
    gateways_t *gateways = gateways_new(client->lexmq, client->options->timeout_ms);
    bool alone = gateways_count(gateways) == 1;
    gateways_ask(gateways);
    gateways_wait(gateways);
    for (size_t i = 0; i < gateways_count(gateways); i++) {
        gateway_answer_t answer = {0};
        gateways_take(gateways, i, &answer);
        if (i > 0 && !json)
            putchar('\n');
        code = s_show(client, gateways_name(gateways, i), alone, &answer);
        found = found || answer.status;
        gateway_answer_clear(&answer);
    }
    gateways_destroy(&gateways);
    return found ? EXIT_DONE : code;
}
