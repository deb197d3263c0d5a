/* top: what the gateways, their services and workers do at this moment; on a terminal until it is left,
 * else block by block. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "client/command.h"
#include "client/gateways.h"
#include "client/signals.h"
#include "client/top_layout.h"
#include "client/top_screen.h"
#include "common/clock.h"
#include "common/memory.h"

#define INTERVAL_MS 1000
#define PATIENCE_MS 2000 /* a gateway that has not answered for so long is away */
#define TIME_OF_DAY 16
#define WITHOUT_END 0

/* The last two answers of a gateway. */
typedef struct {
    gateway_answer_t before, now;
    top_figures_t *figures; /* of these two; NULL: away */
    char *reason;
} s_gateway_t;

typedef struct {
    gateways_t *gateways;
    s_gateway_t *list;
    size_t count;
    top_view_t view;
    unsigned interval_ms;
    bool help;              /* is shown in place of the figures */
    char time[TIME_OF_DAY]; /* of view */
} s_top_t;

static void s_take(s_top_t *self, size_t index)
{
    s_gateway_t *gateway = &self->list[index];
    gateway_answer_t answer;

    if (!gateways_take(self->gateways, index, &answer))
        return;
    top_figures_destroy(&gateway->figures);
    free(gateway->reason);
    gateway->reason = NULL;
    gateway_answer_clear(&gateway->before);
    if (!answer.status) {
        gateway_answer_clear(&gateway->now);
        gateway->reason = answer.reason;
        return;
    }
    gateway->before = gateway->now;
    gateway->now = answer;
    gateway->figures = top_figures_new(gateway->before.status, gateway->before.workers,
                                       gateway->now.status, gateway->now.workers);
}

static void s_take_all(s_top_t *self)
{
    gateways_heard(self->gateways);
    for (size_t i = 0; i < self->count; i++)
        s_take(self, i);
}

/* What is to be shown; the caller frees it. */
static char *s_text(s_top_t *self, size_t *size)
{
    char *text;
    FILE *out = lex_allocated(open_memstream(&text, size));
    top_gateway_t *shown = lex_calloc(self->count + 1, sizeof *shown);
    time_t now = time(NULL);
    struct tm local;

    strftime(self->time, sizeof self->time, "%H:%M:%S", localtime_r(&now, &local));
    self->view.time = self->time;
    self->view.interval = self->interval_ms / 1000.0;
    for (size_t i = 0; i < self->count; i++) {
        s_gateway_t *gateway = &self->list[i];
        if (gateway->figures)
            top_figures_sort(gateway->figures, self->view.order);
        shown[i] = (top_gateway_t){.endpoint = gateways_name(self->gateways, i),
                                   .reason = gateway->reason,
                                   .figures = gateway->figures};
    }
    if (self->help)
        top_layout_help(out, &self->view);
    else
        top_layout(out, &self->view, shown, self->count);
    fclose(out);
    free(shown);
    return text;
}

static void s_open(s_top_t *self, client_t *client, unsigned interval_ms)
{
    unsigned timeout = client->options->timeout_ms;

    *self = (s_top_t){.interval_ms = interval_ms, .view = {.workers = true}};
    self->gateways = gateways_new(client->lexmq, timeout < PATIENCE_MS ? timeout : PATIENCE_MS);
    self->count = gateways_count(self->gateways);
    self->list = lex_calloc(self->count + 1, sizeof *self->list);
    self->view.colours = client->page.colours;
    self->view.symbols = client->page.symbols;
}

static void s_close(s_top_t *self)
{
    gateways_destroy(&self->gateways);
    for (size_t i = 0; i < self->count; i++) {
        gateway_answer_clear(&self->list[i].before);
        gateway_answer_clear(&self->list[i].now);
        top_figures_destroy(&self->list[i].figures);
        free(self->list[i].reason);
    }
    free(self->list);
}

/* ---- without a terminal ---- */

static void s_sleep(unsigned ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

    while (nanosleep(&time, &time) != 0)
        ;
}

static void s_look(s_top_t *self)
{
    gateways_ask(self->gateways);
    gateways_wait(self->gateways);
    s_take_all(self);
}

/* `blocks` times, or WITHOUT_END. EXIT_UNREACHABLE when no gateway was there at the last. */
static int s_run_batch(client_t *client, unsigned interval_ms, unsigned blocks)
{
    s_top_t self;
    int code = EXIT_DONE;

    s_open(&self, client, interval_ms);
    s_look(&self); /* what is a second is known from the second look on */
    for (unsigned i = 0; blocks == WITHOUT_END || i < blocks; i++) {
        size_t size;
        s_sleep(interval_ms);
        s_look(&self);
        char *text = s_text(&self, &size);
        printf("%s%s", i > 0 ? "\n" : "", text);
        free(text);
        code = client_finish(EXIT_UNREACHABLE);
        if (code != EXIT_UNREACHABLE)
            break;
        for (size_t k = 0; k < self.count; k++)
            code = self.list[k].figures ? EXIT_DONE : code;
    }
    s_close(&self);
    return code;
}

/* ---- on a terminal ---- */

static void s_draw(s_top_t *self)
{
    size_t size;

    top_screen_size(&self->view.rows, &self->view.columns);
    char *text = s_text(self, &size);
    top_screen_draw(text, size);
    free(text);
}

/* False when it is time to go. */
static bool s_key(s_top_t *self, int key)
{
    bool was_help = self->help;

    self->help = false;
    switch (key) {
    case 'q':
    case -1:
        return false;
    case 's':
        self->view.order = (self->view.order + 1) % TOP_ORDERS;
        break;
    case 'w':
        self->view.workers = !self->view.workers;
        break;
    case ' ':
        self->view.is_paused = !self->view.is_paused;
        break;
    case '?':
    case 'h':
        self->help = !was_help;
        break;
    default:
        if (key >= '1' && key <= '9')
            self->interval_ms = (unsigned)(key - '0') * 1000;
    }
    return true;
}

/* False when the program is to end; *die is then the signal to die of, or 0. */
static bool s_signal(int number, int *die)
{
    switch (number) {
    case SIGTSTP:
        top_screen_close();
        signals_stop();
        top_screen_open();
        return true;
    case SIGINT:
        return false;
    case SIGQUIT:
    case SIGTERM:
    case SIGHUP:
        *die = number;
        return false;
    case SIGCONT: /* somebody may have used the terminal meanwhile */
        top_screen_close();
        top_screen_open();
        return true;
    default: /* SIGWINCH: it is drawn anew in any case */
        return true;
    }
}

/* Until it is left; returns the signal to die of, or 0. */
static int s_run_loop(s_top_t *self, const signals_t *signals)
{
    int64_t due = lex_monotonic_ms();
    int die = 0;

    while (true) {
        struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                  {.fd = gateways_descriptor(self->gateways), .events = POLLIN}};
        int64_t now = lex_monotonic_ms();
        if (now >= due && !self->view.is_paused)
            gateways_ask(self->gateways);
        if (now >= due)
            due = now + self->interval_ms;
        s_draw(self);
        int number = signals_poll(signals, inputs, 2, (int)(due - now));
        if (number && !s_signal(number, &die))
            return die;
        if (number)
            continue;
        if (inputs[0].revents && !s_key(self, top_screen_key()))
            return 0;
        if (inputs[0].revents && due > now + self->interval_ms)
            due = now + self->interval_ms; /* a shorter interval counts at once */
        if (inputs[1].revents && !self->view.is_paused)
            s_take_all(self);
        else if (inputs[1].revents)
            gateways_heard(self->gateways);
    }
}

static int s_run_live(client_t *client, unsigned interval_ms)
{
    signals_t signals;
    s_top_t self;

    fflush(stdout);
    signals_hold(&signals); /* before there are threads, which then leave them to this one */
    s_open(&self, client, interval_ms);
    self.view.is_live = true;
    top_screen_open();
    int die = s_run_loop(&self, &signals);
    top_screen_close();
    s_close(&self);
    if (die)
        signals_die(die);
    signals_release(&signals);
    return EXIT_DONE;
}

int command_top(client_t *client, const char *const *arguments, int count)
{
    const options_t *options = client->options;
    unsigned interval_ms = options->interval_ms ? options->interval_ms : INTERVAL_MS;

    (void)arguments;
    (void)count;
    if (options->given & OPTION_ONCE)
        return s_run_batch(client, interval_ms, 1);
    if (options->given & OPTION_BATCH)
        return s_run_batch(client, interval_ms, options->batch);
    if (!top_screen_is_possible())
        return s_run_batch(client, interval_ms, WITHOUT_END);
    return s_run_live(client, interval_ms);
}
