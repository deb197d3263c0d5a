/* status: the gateway's counters, for people or as one object of JSON. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/command.h"
#include "client/machine.h"
#include "client/text_clean.h"

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
    putchar('}');
}

static void s_json(const char *gateway, const lexmq_gateway_status_t *status)
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
    fputs(",\"services\":[", stdout);
    for (size_t i = 0; i < status->service_count; i++) {
        if (i > 0)
            putchar(',');
        s_service_json(&status->services[i]);
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

static void s_text(const char *gateway, const lexmq_gateway_status_t *status)
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
}

int command_status(client_t *client, const char *const *arguments, int count)
{
    lexmq_gateway_status_t *status;
    lexmq_status_t outcome = lexmq_gateway_status(client->lexmq, &status);

    (void)arguments;
    (void)count;
    if (outcome != LEXMQ_OK)
        return client_fail(client, outcome);
    if (client->options->given & OPTION_JSON)
        s_json(lexmq_gateway(client->lexmq), status);
    else
        s_text(lexmq_gateway(client->lexmq), status);
    lexmq_gateway_status_destroy(&status);
    return EXIT_DONE;
}
