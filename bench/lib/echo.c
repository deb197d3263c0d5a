#include "bench/lib/echo.h"

#include <string.h>
#include <time.h>

#include "bench/lib/failure.h"
#include "bench/lib/load.h"
#include "bench/lib/wire.h"
#include "common/clock.h"
#include "common/mdp.h"
#include "common/packet.h"
#include "common/writer.h"

static void s_fill(unsigned char *reply, const void *request, size_t size)
{
    if (size != LOAD_REQUEST_SIZE)
        fail("a request of %zu bytes", size);
    memcpy(reply, request, size);
    memset(reply + size, 'e', LOAD_REPLY_SIZE - size);
}

static int64_t s_processor_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* As a service would: its own processor time, however long the machine makes it wait for that. */
static void s_work(unsigned cost_us)
{
    if (cost_us == 0)
        return;
    for (int64_t end = s_processor_us() + cost_us; s_processor_us() < end;)
        ;
}

static void s_send_reply(void *socket, zmq_msg_t *request)
{
    zmq_msg_t reply;
    expect(zmq_msg_init_size(&reply, LOAD_REPLY_SIZE) == 0, "message");
    s_fill(zmq_msg_data(&reply), zmq_msg_data(request), zmq_msg_size(request));
    wire_send_message(socket, &reply, false);
}

void echo_for_proxy(void *socket)
{
    wire_frames_t frames = {.count = 0};
    for (;;) {
        if (!wire_receive(socket, &frames))
            continue;
        if (frames.count != 2)
            fail("the proxy sends %u frames", frames.count);
        wire_send_message(socket, &frames.parts[0], true);
        s_send_reply(socket, &frames.parts[1]);
    }
}

static void s_send_head(void *socket, char command, bool more)
{
    wire_send(socket, MDP_WORKER, MDP_HEADER_SIZE, true);
    wire_send(socket, &command, 1, more);
}

static void s_send_ready(void *socket, const echo_worker_t *worker)
{
    lex_writer_t options;
    lex_writer_init(&options);
    lex_write_map(&options, 2);
    lex_put_uint(&options, "credit", worker->credit);
    lex_put_uint(&options, "batch", worker->batch);
    s_send_head(socket, MDPW_READY, true);
    wire_send(socket, worker->service, strlen(worker->service), true);
    wire_send(socket, options.buffer.data, options.buffer.size, false);
    lex_writer_close(&options);
}

/* MDPW02 07 packed: the requests are all answered in one frame of the same kind. */
static void s_answer_batch(void *socket, zmq_msg_t *requests, unsigned cost_us)
{
    const void *data = zmq_msg_data(requests);
    size_t size = zmq_msg_size(requests);
    size_t total = 0;
    size_t offset = 0;
    lex_packet_record_t record;
    while (lex_packet_next(data, size, &offset, &record) == 1)
        total += lex_packet_record_size(record.address_size, LOAD_REPLY_SIZE);
    if (offset != size || total == 0)
        fail("a BATCH that is broken");

    zmq_msg_t replies;
    expect(zmq_msg_init_size(&replies, total) == 0, "message");
    unsigned char *out = zmq_msg_data(&replies);
    unsigned char reply[LOAD_REPLY_SIZE];
    for (offset = 0; lex_packet_next(data, size, &offset, &record) == 1;) {
        s_work(cost_us);
        s_fill(reply, record.body, record.body_size);
        out = lex_packet_write(out, MDPW_FINAL, record.address, record.address_size, reply,
                               sizeof reply);
    }
    s_send_head(socket, MDPW_BATCH, true);
    wire_send_message(socket, &replies, false);
}

/* MDPW02 02 address empty body. */
static void s_answer(void *socket, wire_frames_t *frames, unsigned cost_us)
{
    if (frames->count != 5)
        fail("a REQUEST of %u frames", frames->count);
    s_work(cost_us);
    s_send_head(socket, MDPW_FINAL, true);
    wire_send_message(socket, &frames->parts[2], true);
    wire_send_message(socket, &frames->parts[3], true);
    s_send_reply(socket, &frames->parts[4]);
}

static void s_message(void *socket, wire_frames_t *frames, unsigned cost_us)
{
    if (frames->count < 2 || !wire_frame_is(frames, 0, MDP_WORKER, MDP_HEADER_SIZE) ||
        zmq_msg_size(&frames->parts[1]) != 1)
        fail("what came is not for a worker");
    int command = *(unsigned char *)zmq_msg_data(&frames->parts[1]);
    if (command == MDPW_BATCH && frames->count == 3)
        s_answer_batch(socket, &frames->parts[2], cost_us);
    else if (command == MDPW_REQUEST)
        s_answer(socket, frames, cost_us);
    else if (command != MDPW_HEARTBEAT)
        fail("the gateway ends the session with command %d", command);
}

void echo_for_gateway(void *socket, const echo_worker_t *worker)
{
    wire_frames_t frames = {.count = 0};
    int64_t heartbeat_at = 0;
    /* A quiet spell must not keep the heartbeat waiting. */
    expect(zmq_setsockopt(socket, ZMQ_RCVTIMEO, &(int){MDP_HEARTBEAT_MS / 4}, sizeof(int)) == 0,
           "receive timeout");
    s_send_ready(socket, worker);
    for (;;) {
        if (wire_receive(socket, &frames))
            s_message(socket, &frames, worker->cost_us);
        int64_t now = lex_monotonic_ms();
        if (now >= heartbeat_at) {
            s_send_head(socket, MDPW_HEARTBEAT, false);
            heartbeat_at = now + MDP_HEARTBEAT_MS;
        }
    }
}
