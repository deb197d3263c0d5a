#include "client/top_number.h"

#include <inttypes.h>
#include <stdio.h>

static void s_tenths(char out[TOP_NUMBER_SIZE], uint64_t tenths, char unit)
{
    snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10, unit);
}

char *top_count(char out[TOP_NUMBER_SIZE], uint64_t value)
{
    if (value < 100000)
        snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64, value);
    else if (value < 1000000)
        snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64 "k", value / 1000);
    else if (value < 1000000000)
        s_tenths(out, value / 100000, 'M');
    else if (value < UINT64_C(1000000000000))
        s_tenths(out, value / 100000000, 'G');
    else
        snprintf(out, TOP_NUMBER_SIZE, ">999G");
    return out;
}

char *top_rate(char out[TOP_NUMBER_SIZE], double value)
{
    if (value < 0.05)
        snprintf(out, TOP_NUMBER_SIZE, value > 0 ? "<0.1" : "0");
    else if (value < 99.95)
        snprintf(out, TOP_NUMBER_SIZE, "%.1f", value);
    else
        top_count(out, value < 1e18 ? (uint64_t)(value + 0.5) : UINT64_MAX);
    return out;
}

char *top_duration(char out[TOP_NUMBER_SIZE], int64_t us)
{
    if (us < 0)
        snprintf(out, TOP_NUMBER_SIZE, "-");
    else if (us < 1000)
        snprintf(out, TOP_NUMBER_SIZE, "%" PRId64 "us", us);
    else if (us < 9995)
        snprintf(out, TOP_NUMBER_SIZE, "%.2fms", (double)us / 1e3);
    else if (us < 999500)
        snprintf(out, TOP_NUMBER_SIZE, "%.0fms", (double)us / 1e3);
    else
        snprintf(out, TOP_NUMBER_SIZE, "%.1fs",
                 us < INT64_C(1000000000) ? (double)us / 1e6 : 999.9);
    return out;
}

char *top_age(char out[TOP_NUMBER_SIZE], uint64_t ms)
{
    uint64_t seconds = ms / 1000, minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

    if (seconds < 60)
        snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64 "s", seconds);
    else if (minutes < 60)
        snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64 "m%02" PRIu64 "s", minutes, seconds % 60);
    else if (hours < 24)
        snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64 "h%02" PRIu64 "m", hours, minutes % 60);
    else if (days < 100)
        snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64 "d%02" PRIu64 "h", days, hours % 24);
    else
        snprintf(out, TOP_NUMBER_SIZE, "%" PRIu64 "d", days < 99999 ? days : 99999);
    return out;
}
