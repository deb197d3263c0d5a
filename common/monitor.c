/* One question at a time: the HTTP library's thread puts it, wakes the loop and waits. A loop that did not answer in time still has
 * the question in front of it; until it took it, everybody else is told so at once. */

#include "common/monitor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

#define CONNECTIONS_MAX 32
#define IDLE_S          10
#define MEMORY_BYTES    (8 << 10) /* of a connection, for its request */
#define REASONS_SIZE    1024

typedef enum { PAGE_METRICS, PAGE_LIVE, PAGE_HEALTH, PAGE_READY } s_page_t;

static const struct {
    const char *path;
    s_page_t page;
} s_pages[] = {
    {"/metrics", PAGE_METRICS},
    {"/livez", PAGE_LIVE},
    {"/healthz", PAGE_HEALTH},
    {"/readyz", PAGE_READY},
};

struct lex_inspection {
    lex_metrics_t *metrics; /* NULL: not asked for */
    char reasons[REASONS_SIZE];
    size_t reasons_size;
    bool is_ready;
};

typedef enum { QUESTION_NONE, QUESTION_ASKED, QUESTION_ANSWERED } s_state_t;

struct lex_monitor {
    struct MHD_Daemon *daemon;
    uint16_t port;
    const char *program;
    lex_wake_fn *wake;
    lex_inspect_fn *inspect;
    void *arg;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    s_state_t state;
    bool is_waited_for; /* the one who asked is still there */
    bool was_ready;
    bool is_closing;
    lex_inspection_t inspection; /* the loop's while ASKED */
};

/* ---- the loop's side ---- */

lex_metrics_t *lex_inspection_metrics(lex_inspection_t *self)
{
    return self->metrics;
}

void lex_inspection_not_ready(lex_inspection_t *self, const char *format, ...)
{
    self->is_ready = false;
    size_t room = sizeof self->reasons - self->reasons_size;
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(self->reasons + self->reasons_size, room, format, arguments);
    va_end(arguments);
    if (wanted < 0 || (size_t)wanted + 1 >= room)
        return; /* what does not fit whole is left out */
    self->reasons_size += (size_t)wanted;
    self->reasons[self->reasons_size++] = '\n';
}

void lex_monitor_answer(lex_monitor_t *self)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    if (self->state == QUESTION_ASKED) {
        /* With the lock: who asked waits anyway, and gives up only when it can have it. */
        lex_inspection_t *inspection = &self->inspection;
        if (inspection->metrics)
            lex_metrics_put_process(inspection->metrics, self->program);
        self->inspect(self->arg, inspection);
        self->was_ready = self->was_ready || inspection->is_ready;
        self->state = self->is_waited_for ? QUESTION_ANSWERED : QUESTION_NONE;
        pthread_cond_signal(&self->changed);
    }
    pthread_mutex_unlock(&self->lock);
}

/* ---- the HTTP thread's side ---- */

/* Puts the question and waits. True when the loop answered, with the answer in self->inspection. */
static bool s_ask(lex_monitor_t *self, bool with_metrics)
{
    struct timespec deadline = lex_monotonic_after(LEX_MONITOR_WAIT_MS);
    pthread_mutex_lock(&self->lock);
    bool is_free = self->state == QUESTION_NONE && !self->is_closing;
    if (is_free) {
        lex_metrics_destroy(&self->inspection.metrics);
        self->inspection = (lex_inspection_t){.is_ready = true};
        if (with_metrics)
            self->inspection.metrics = lex_metrics_new();
        self->state = QUESTION_ASKED;
        self->is_waited_for = true;
    }
    pthread_mutex_unlock(&self->lock);
    if (!is_free)
        return false;
    self->wake(self->arg);
    pthread_mutex_lock(&self->lock);
    int rc = 0;
    while (self->state == QUESTION_ASKED && !self->is_closing && rc == 0)
        rc = pthread_cond_timedwait(&self->changed, &self->lock, &deadline);
    bool is_answered = self->state == QUESTION_ANSWERED;
    self->is_waited_for = false;
    if (is_answered)
        self->state = QUESTION_NONE;
    pthread_mutex_unlock(&self->lock);
    return is_answered;
}

static enum MHD_Result s_reply(struct MHD_Connection *connection, unsigned status, const char *type,
                               const char *text, size_t size)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, (void *)text, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result s_reply_text(struct MHD_Connection *connection, unsigned status,
                                    const char *text)
{
    return s_reply(connection, status, "text/plain; charset=utf-8", text, strlen(text));
}

static enum MHD_Result s_reply_page(lex_monitor_t *self, struct MHD_Connection *connection,
                                    s_page_t page)
{
    if (!s_ask(self, page == PAGE_METRICS))
        return s_reply_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "the loop does not answer\n");
    /* Questions are put by this thread only, so the answer stays as it is until the next one. */
    lex_inspection_t *inspection = &self->inspection;
    if (page == PAGE_METRICS) {
        size_t size;
        const char *text = lex_metrics_text(inspection->metrics, &size);
        return s_reply(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text,
                       size);
    }
    bool is_good =
        page == PAGE_LIVE || (page == PAGE_HEALTH && self->was_ready) || inspection->is_ready;
    if (is_good)
        return s_reply_text(connection, MHD_HTTP_OK, "ok\n");
    return s_reply(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8",
                   inspection->reasons, inspection->reasons_size);
}

static enum MHD_Result s_handle(void *arg, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **context)
{
    static const char was_seen = 0;
    (void)version;
    (void)upload;
    if (!*context) { /* headers only; answered at the next call, when the whole request is there */
        *context = (void *)&was_seen;
        return MHD_YES;
    }
    if (*upload_size) { /* a body that nobody asked for */
        *upload_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return s_reply_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD\n");
    for (size_t i = 0; i < sizeof s_pages / sizeof *s_pages; i++)
        if (strcmp(url, s_pages[i].path) == 0)
            return s_reply_page(arg, connection, s_pages[i].page);
    return s_reply_text(connection, MHD_HTTP_NOT_FOUND, "/metrics, /livez, /healthz or /readyz\n");
}

/* ---- listening ---- */

/* HOST and PORT of an address; *host is NULL for every address. Caller frees both. */
static bool s_split(const char *address, char **host, char **port)
{
    const char *colon = strrchr(address, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    /* The library takes a port modulo 2^16. */
    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' || atoi(colon + 1) > UINT16_MAX)
        return false;
    size_t size = (size_t)(colon - address);
    if (size >= 2 && address[0] == '[' && address[size - 1] == ']') {
        address++;
        size -= 2;
    }
    bool is_any = size == 0 || (size == 1 && address[0] == '*');
    *host = is_any ? NULL : lex_strndup(address, size);
    *port = lex_strdup(colon + 1);
    return true;
}

static struct addrinfo *s_resolve(const char *address)
{
    char *host, *port;
    if (!s_split(address, &host, &port)) {
        lex_error("metrics address %s is not HOST:PORT", address);
        return NULL;
    }
    struct addrinfo hints = {.ai_family = host ? AF_UNSPEC : AF_INET,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(host, port, &hints, &found);
    if (rc != 0)
        lex_error("metrics address %s: %s", address, gai_strerror(rc));
    free(host);
    free(port);
    return rc == 0 ? found : NULL;
}

/* -1 and a logged error when it cannot be listened there. */
static int s_listen(lex_monitor_t *self, const char *address)
{
    struct addrinfo *found = s_resolve(address);
    if (!found)
        return -1;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
    if (found->ai_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    self->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, s_handle, self, MHD_OPTION_SOCK_ADDR, found->ai_addr,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES, MHD_OPTION_END);
    freeaddrinfo(found);
    if (!self->daemon) {
        lex_error("metrics cannot be served at %s: %s", address, strerror(errno));
        return -1;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_BIND_PORT);
    self->port = info ? info->port : 0;
    lex_info("metrics at http://%s, port %u", address, self->port);
    return 0;
}

lex_monitor_t *lex_monitor_new(const lex_monitor_options_t *options)
{
    lex_monitor_t *self = lex_calloc(1, sizeof *self);
    self->program = options->program;
    self->wake = options->wake;
    self->inspect = options->inspect;
    self->arg = options->arg;
    pthread_mutex_init(&self->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&self->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (s_listen(self, options->address) != 0)
        lex_monitor_destroy(&self);
    return self;
}

void lex_monitor_destroy(lex_monitor_t **self_p)
{
    lex_monitor_t *self = *self_p;
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->is_closing = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
    if (self->daemon)
        MHD_stop_daemon(self->daemon);
    lex_metrics_destroy(&self->inspection.metrics);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    free(self);
    *self_p = NULL;
}

uint16_t lex_monitor_port(const lex_monitor_t *self)
{
    return self->port;
}
