#include "common/clock.h"

#include <stdio.h>

static int64_t s_now_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t lex_monotonic_ms(void)
{
    return s_now_ms(CLOCK_MONOTONIC);
}

int64_t lex_monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct timespec lex_monotonic_after(int64_t ms)
{
    int64_t at = lex_monotonic_ms() + ms;
    return (struct timespec){.tv_sec = (time_t)(at / 1000), .tv_nsec = (long)(at % 1000) * 1000000};
}

int64_t lex_utc_ms(void)
{
    return s_now_ms(CLOCK_REALTIME);
}

char *lex_iso_time(int64_t utc_ms, char *out, size_t size)
{
    int64_t milliseconds = utc_ms % 1000;
    time_t seconds = (time_t)(utc_ms / 1000);
    struct tm parts;

    /* Times before 1970 round towards the past, like every other time. */
    if (milliseconds < 0) {
        milliseconds += 1000;
        seconds--;
    }
    /* Four digits are all that the format has: a time beyond is a broken number from somewhere. */
    if (!gmtime_r(&seconds, &parts) || parts.tm_year < -1900 || parts.tm_year > 8099) {
        snprintf(out, size, "(time out of range)");
        return out;
    }
    size_t length = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &parts);
    if (length > 0)
        snprintf(out + length, size - length, ".%03dZ", (int)milliseconds);
    else if (size > 0)
        out[0] = '\0';
    return out;
}
