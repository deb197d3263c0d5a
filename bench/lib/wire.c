#include "bench/lib/wire.h"

#include <czmq.h>

#include "bench/lib/failure.h"
#include "common/curve.h"
#include "common/mdp.h"

#define CLIENT_FRAMES 4

static void s_load_pair(wire_keys_t *keys, const char *certificate)
{
    zcert_t *loaded = zcert_load(certificate);
    if (!loaded)
        fail("%s is no certificate that can be read", certificate);
    snprintf(keys->public, sizeof keys->public, "%s", zcert_public_txt(loaded));
    snprintf(keys->secret, sizeof keys->secret, "%s", zcert_secret_txt(loaded));
    zcert_destroy(&loaded);
}

void wire_client_keys(wire_keys_t *keys, const char *certificate, const char *server)
{
    *keys = (wire_keys_t){0};
    if (!server)
        return;
    if (lex_curve_read_public(server, keys->server) == -1)
        fail("%s is no certificate that can be read", server);
    if (certificate)
        s_load_pair(keys, certificate);
    else
        expect(zmq_curve_keypair(keys->public, keys->secret) == 0, "CURVE key pair");
}

void wire_server_keys(wire_keys_t *keys, const char *certificate)
{
    *keys = (wire_keys_t){0};
    if (certificate)
        s_load_pair(keys, certificate);
}

static void s_set_key(void *socket, int option, const char *key)
{
    expect(zmq_setsockopt(socket, option, key, WIRE_KEY_SIZE) == 0, "CURVE key");
}

static void s_set_number(void *socket, int option, int value)
{
    expect(zmq_setsockopt(socket, option, &value, sizeof value) == 0, "socket option");
}

static void *s_open(void *context, int type, const wire_keys_t *keys)
{
    void *socket = zmq_socket(context, type);
    expect(socket != NULL, "socket");
    s_set_number(socket, ZMQ_LINGER, 0);
    if (!keys->secret[0])
        return socket;
    s_set_key(socket, ZMQ_CURVE_SECRETKEY, keys->secret);
    if (keys->server[0]) {
        s_set_key(socket, ZMQ_CURVE_PUBLICKEY, keys->public);
        s_set_key(socket, ZMQ_CURVE_SERVERKEY, keys->server);
    } else
        s_set_number(socket, ZMQ_CURVE_SERVER, 1);
    return socket;
}

static void *s_open_client(void *context, int type, const wire_keys_t *keys)
{
    void *socket = s_open(context, type, keys);
    s_set_number(socket, ZMQ_RCVTIMEO, WIRE_SILENCE_MS);
    return socket;
}

void *wire_dealer(void *context, const wire_keys_t *keys)
{
    return s_open_client(context, ZMQ_DEALER, keys);
}

void *wire_connect(void *context, int type, const wire_keys_t *keys, const char *endpoint)
{
    void *socket = s_open_client(context, type, keys);
    expect(zmq_connect(socket, endpoint) == 0, endpoint);
    return socket;
}

void *wire_bind(void *context, int type, const wire_keys_t *keys, const char *endpoint)
{
    void *socket = s_open(context, type, keys);
    expect(zmq_bind(socket, endpoint) == 0, endpoint);
    return socket;
}

void wire_send(void *socket, const void *data, size_t size, bool more)
{
    expect(zmq_send(socket, data, size, more ? ZMQ_SNDMORE : 0) != -1, "send");
}

void wire_send_message(void *socket, zmq_msg_t *message, bool more)
{
    expect(zmq_msg_send(message, socket, more ? ZMQ_SNDMORE : 0) != -1, "send");
}

bool wire_receive(void *socket, wire_frames_t *frames)
{
    wire_close_frames(frames);
    bool more = true;
    while (more) {
        if (frames->count == WIRE_FRAMES_MAX)
            fail("a message of more than %d frames", WIRE_FRAMES_MAX);
        zmq_msg_t *part = &frames->parts[frames->count++];
        zmq_msg_init(part);
        if (zmq_msg_recv(part, socket, 0) == -1) {
            expect(errno == EAGAIN && frames->count == 1, "receive");
            return false;
        }
        more = zmq_msg_more(part);
    }
    return true;
}

void wire_close_frames(wire_frames_t *frames)
{
    while (frames->count > 0)
        zmq_msg_close(&frames->parts[--frames->count]);
}

bool wire_frame_is(wire_frames_t *frames, unsigned index, const void *data, size_t size)
{
    zmq_msg_t *part = &frames->parts[index];
    return index < frames->count && zmq_msg_size(part) == size &&
           memcmp(zmq_msg_data(part), data, size) == 0;
}

void wire_request(void *socket, const char *service, const void *body, size_t size)
{
    wire_send(socket, MDP_CLIENT, MDP_HEADER_SIZE, true);
    wire_send(socket, &(char){MDPC_REQUEST}, 1, true);
    wire_send(socket, service, strlen(service), true);
    wire_send(socket, body, size, false);
}

zmq_msg_t *wire_final(void *socket, wire_frames_t *frames, const char *service)
{
    if (!wire_receive(socket, frames))
        fail("no reply of %s within %d ms", service, WIRE_SILENCE_MS);
    if (frames->count != CLIENT_FRAMES || !wire_frame_is(frames, 0, MDP_CLIENT, MDP_HEADER_SIZE) ||
        !wire_frame_is(frames, 1, &(char){MDPC_FINAL}, 1) ||
        !wire_frame_is(frames, 2, service, strlen(service)))
        fail("what came is no FINAL of %s", service);
    return &frames->parts[CLIENT_FRAMES - 1];
}
