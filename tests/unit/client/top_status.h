/* What a gateway would answer; what the tests of lexmq top share. */

#ifndef TOP_STATUS_H
#define TOP_STATUS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "client/top_layout.h"

static const uint64_t s_bounds[] = {100, 200, 1000};

static inline lexmq_gateway_status_t s_status(uint64_t uptime_ms, lexmq_service_t *services,
                                              size_t count)
{
    return (lexmq_gateway_status_t){.version = "0.1.0",
                                    .uptime_ms = uptime_ms,
                                    .open = 7,
                                    .services = services,
                                    .service_count = count,
                                    .latency_bounds_us = s_bounds,
                                    .latency_bound_count = 3};
}

#endif
