/* A line of log is one write(2) of at most PIPE_BUF bytes, so that lines of several threads and
 * several processes on one pipe never mix. What a message carries may come from anybody: control
 * characters, bytes that are not UTF-8 and, in JSON, quotes are escaped, so that nobody can forge a
 * line. */

#include "common/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/utf8.h"

#define MESSAGE_MAX 2048
#define LINE_SIZE   PIPE_BUF
#define PROGRAM_MAX 64

static const char *const s_levels[] = {"error", "warning", "info", "debug"};
static const char *const s_labels[] = {"ERROR", "WARNING", "INFO", "DEBUG"};

/* Written once by lex_log_setup before there are threads, read ever after. A log that had to be
 * handed through every call would be the worse of the two evils. */
static struct {
    char program[PROGRAM_MAX];
    lex_log_level_t level;
    bool json;
    unsigned follow; /* one request of so many is told of in full; 0: none */
    int64_t slow_ms;
} s_log = {"lexmq", LEX_LOG_INFO, false, 0, 1000};

static _Atomic uint64_t s_counts[4]; /* lines, by level */

/* A line while it is put together. What does not fit is cut at a whole character. */
typedef struct {
    char text[LINE_SIZE];
    size_t size;
    size_t limit; /* kept free above it: the end of the line */
} s_line_t;

static bool s_append(s_line_t *self, const char *text, size_t size)
{
    if (self->size + size > self->limit)
        return false;
    memcpy(self->text + self->size, text, size);
    self->size += size;
    return true;
}

/* Format and Line separators would break a line, or hide one, in some viewers: U+2028, U+2029 and
 * the bidirectional controls. */
static bool s_is_unsafe(int code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

/* One character of a message, escaped as the format wants it. */
static bool s_append_code(s_line_t *self, const unsigned char *text, size_t length, int code)
{
    char escape[8];
    int size = 0;

    if (code == '\n' || code == '\r' || code == '\t')
        size = snprintf(escape, sizeof escape, "\\%c",
                        code == '\n'   ? 'n'
                        : code == '\r' ? 'r'
                                       : 't');
    else if (s_is_unsafe(code))
        size = snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code & 0xFFFF);
    else if (s_log.json && (code == '"' || code == '\\'))
        size = snprintf(escape, sizeof escape, "\\%c", code);
    if (size > 0)
        return s_append(self, escape, (size_t)size);
    return s_append(self, (const char *)text, length);
}

static void s_append_escaped(s_line_t *self, const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t offset = 0;

    while (offset < size) {
        int code = 0xFFFD;
        const unsigned char *from = bytes + offset;
        size_t length = lex_utf8_decode(from, size - offset, &code);
        bool fits = length > 0 ? s_append_code(self, from, length, code)
                               : s_append(self, "\xEF\xBF\xBD", 3); /* U+FFFD */
        if (!fits)
            return;
        offset += length > 0 ? length : 1;
    }
}

char *lex_log_hex(const unsigned char id[LEX_LOG_ID_SIZE], char out[LEX_LOG_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < LEX_LOG_ID_SIZE; i++) {
        out[2 * i] = digits[id[i] >> 4];
        out[2 * i + 1] = digits[id[i] & 15];
    }
    out[2 * LEX_LOG_ID_SIZE] = '\0';
    return out;
}

/* The id of a request as the format wants it, with what divides it from the message. */
static void s_append_request(s_line_t *self, const unsigned char *id)
{
    char hex[LEX_LOG_HEX_SIZE];
    s_append(self, s_log.json ? ",\"request\":\"" : "[", s_log.json ? 12 : 1);
    s_append(self, lex_log_hex(id, hex), LEX_LOG_HEX_SIZE - 1);
    s_append(self, s_log.json ? "\"" : "] ", s_log.json ? 1 : 2);
}

static void s_append_head(s_line_t *self, lex_log_level_t level, const unsigned char *id)
{
    char time[LEX_ISO_TIME_SIZE];
    char head[LEX_ISO_TIME_SIZE + PROGRAM_MAX + 128];
    int size;

    lex_iso_time(lex_utc_ms(), time, sizeof time);
    if (s_log.json)
        size = snprintf(head, sizeof head,
                        "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\",\"pid\":%d", time,
                        s_levels[level], s_log.program, (int)getpid());
    else
        size = snprintf(head, sizeof head, "%s %s %s[%d] ", time, s_labels[level], s_log.program,
                        (int)getpid());
    s_append(self, head, (size_t)size);
    if (id)
        s_append_request(self, id);
    if (s_log.json)
        s_append(self, ",\"message\":\"", 12);
}

__attribute__((format(printf, 3, 0))) static void
s_write(lex_log_level_t level, const unsigned char *id, const char *format, va_list arguments)
{
    if (level > s_log.level)
        return;

    /* The caller may still want to look at errno after it has logged. */
    int saved_errno = errno;
    char message[MESSAGE_MAX];
    int wanted = vsnprintf(message, sizeof message, format, arguments);
    size_t size = wanted < 0                        ? 0
                  : (size_t)wanted < sizeof message ? (size_t)wanted
                                                    : MESSAGE_MAX - 1;

    const char *end = s_log.json ? "\"}\n" : "\n";
    s_line_t line = {.limit = LINE_SIZE - strlen(end)};
    s_append_head(&line, level, id);
    s_append_escaped(&line, message, size);
    line.limit = LINE_SIZE;
    s_append(&line, end, strlen(end));
    while (write(STDERR_FILENO, line.text, line.size) < 0 && errno == EINTR)
        continue;
    atomic_fetch_add_explicit(&s_counts[level], 1, memory_order_relaxed);
    errno = saved_errno;
}

void lex_log(lex_log_level_t level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    s_write(level, NULL, format, arguments);
    va_end(arguments);
}

void lex_log_request(lex_log_level_t level, const unsigned char id[LEX_LOG_ID_SIZE],
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    s_write(level, id, format, arguments);
    va_end(arguments);
}

void lex_log_setup_requests(unsigned every, int64_t slow_ms)
{
    s_log.follow = every;
    s_log.slow_ms = slow_ms;
}

bool lex_log_is_slow(int64_t ms)
{
    return ms >= s_log.slow_ms;
}

/* By the last four bytes, which are random whatever the first may be. */
bool lex_log_is_followed(const unsigned char id[LEX_LOG_ID_SIZE])
{
    if (s_log.follow == 0 || !id)
        return false;
    const unsigned char *end = id + LEX_LOG_ID_SIZE - 4;
    uint32_t random =
        (uint32_t)end[0] << 24 | (uint32_t)end[1] << 16 | (uint32_t)end[2] << 8 | end[3];
    return random % s_log.follow == 0;
}

uint64_t lex_log_count(lex_log_level_t level)
{
    return atomic_load_explicit(&s_counts[level], memory_order_relaxed);
}

const char *lex_log_level_name(lex_log_level_t level)
{
    return s_levels[level];
}

int lex_log_setup(const char *program, const char *level, const char *format)
{
    size_t found = 0;

    while (found < 4 && strcmp(s_levels[found], level) != 0)
        found++;
    bool json = strcmp(format, "json") == 0;
    if (found == 4 || (!json && strcmp(format, "text") != 0))
        return -1;
    snprintf(s_log.program, sizeof s_log.program, "%s", program);
    s_log.level = (lex_log_level_t)found;
    s_log.json = json;
    return 0;
}

int lex_log_due(int64_t *last, int64_t interval_ms)
{
    int64_t now = lex_monotonic_ms();
    int64_t before = __atomic_load_n(last, __ATOMIC_RELAXED);

    /* 0 is "never": the monotonic clock starts near it when the machine does. */
    if (before != 0 && now - before < interval_ms)
        return 0;
    if (now == 0)
        now = 1;
    return __atomic_compare_exchange_n(last, &before, now, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
}
