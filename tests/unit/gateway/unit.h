/* What every unit test of the gateway includes, in the order that cmocka wants. */

#ifndef TEST_GATEWAY_UNIT_H
#define TEST_GATEWAY_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A frame of these bytes. */
#include <zmq.h>

static inline void unit_frame(zmq_msg_t *frame, const void *data, size_t size)
{
    zmq_msg_init_size(frame, size);
    if (size)
        memcpy(zmq_msg_data(frame), data, size);
}

#endif
