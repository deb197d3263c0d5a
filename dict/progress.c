#include "dict/progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/memory.h"

#define BAR_MAX         40
#define DEFAULT_COLUMNS 80
#define SHARE_MIN       0.01 /* before that the time left is a guess */

struct progress {
    FILE *stream;
    char *what;
    bool terminal;
    bool shown; /* a bar stands on the line */
    int64_t started;
    int64_t last;
};

progress_t *progress_new(FILE *stream, const char *what)
{
    progress_t *self = lex_calloc(1, sizeof(*self));
    self->stream = stream;
    self->what = lex_strdup(what);
    self->terminal = isatty(fileno(stream));
    self->started = self->last = lex_monotonic_ms();
    return self;
}

void progress_destroy(progress_t **self_p)
{
    progress_t *self = *self_p;
    if (!self)
        return;
    progress_clear(self);
    free(self->what);
    free(self);
    *self_p = NULL;
}

void progress_clear(progress_t *self)
{
    if (self->shown)
        fputs("\r\033[K", self->stream);
    self->shown = false;
    fflush(self->stream);
}

int64_t progress_elapsed(const progress_t *self)
{
    return lex_monotonic_ms() - self->started;
}

static unsigned s_columns(FILE *stream)
{
    struct winsize window;
    if (ioctl(fileno(stream), TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
        return DEFAULT_COLUMNS;
    return window.ws_col;
}

/* "[#####.....] " for what is left of the line, or nothing when that is too little. */
static void s_format_bar(char *out, size_t size, unsigned columns, size_t taken, double share)
{
    unsigned room = columns > taken + 4 ? columns - (unsigned)taken - 4 : 0;
    unsigned width = room < BAR_MAX ? room : BAR_MAX;
    *out = '\0';
    if (width < 5 || width + 4 > size)
        return;
    unsigned filled = (unsigned)(share * width);
    out[0] = '[';
    memset(out + 1, '#', filled);
    memset(out + 1 + filled, '.', width - filled);
    memcpy(out + 1 + width, "] ", sizeof "] ");
}

void progress_format(char *out, size_t size, unsigned columns, const char *what, uint64_t rows,
                     uint64_t done, uint64_t total, int64_t elapsed_ms)
{
    char tail[128];
    char bar[BAR_MAX + 8] = "";
    double seconds = elapsed_ms > 0 ? (double)elapsed_ms / 1000 : 0.001;
    double share = total > 0 && done < total ? (double)done / (double)total : 1.0;
    int length = 0;
    if (total > 0)
        length = snprintf(tail, sizeof(tail), "%3.0f %%, ", share * 100);
    length += snprintf(tail + length, sizeof(tail) - (size_t)length,
                       "%" PRIu64 " rows, %.0f rows/s", rows, (double)rows / seconds);
    if (total > 0 && share >= SHARE_MIN) {
        uint64_t left = (uint64_t)(seconds / share - seconds + 0.5);
        snprintf(tail + length, sizeof(tail) - (size_t)length, ", %" PRIu64 ":%02u left", left / 60,
                 (unsigned)(left % 60));
    }
    if (total > 0 && columns > 0)
        s_format_bar(bar, sizeof(bar), columns, strlen(what) + 2 + strlen(tail), share);
    snprintf(out, size, "%s: %s%s", what, bar, tail);
}

void progress_update(progress_t *self, uint64_t rows, uint64_t done, uint64_t total)
{
    int64_t now = lex_monotonic_ms();
    if (now - self->last < (self->terminal ? PROGRESS_BAR_MS : PROGRESS_LINE_MS))
        return;
    self->last = now;
    char text[512];
    unsigned columns = self->terminal ? s_columns(self->stream) : 0;
    progress_format(text, sizeof(text), columns, self->what, rows, done, total,
                    now - self->started);
    if (self->terminal && strlen(text) >= columns && columns > 1)
        text[columns - 1] = '\0';
    fprintf(self->stream, "%s%s%s", self->terminal ? "\r" : "", text,
            self->terminal ? "\033[K" : "\n");
    fflush(self->stream);
    self->shown = self->terminal;
}
