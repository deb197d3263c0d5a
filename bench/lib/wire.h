/* Raw libzmq sockets, plaintext or CURVE, and whole messages on them. Everything fails loudly (failure.h). */

#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <zmq.h>

#define WIRE_KEY_SIZE   41 /* Z85 and a NUL */
#define WIRE_FRAMES_MAX 8
#define WIRE_SILENCE_MS                                                                            \
    15000 /* longer than the gateway's deadline, so that its own answer is seen */

/* Keys of one side. All zero means plaintext. */
typedef struct {
    char server[WIRE_KEY_SIZE]; /* the server's public key; empty on the server itself */
    char public[WIRE_KEY_SIZE];
    char secret[WIRE_KEY_SIZE];
} wire_keys_t;

/* Certificates are czmq's ZPL files. A NULL `server` is plaintext; a NULL `certificate` a fresh pair. */
void wire_client_keys(wire_keys_t *keys, const char *certificate, const char *server);
/* A NULL `certificate` is plaintext. */
void wire_server_keys(wire_keys_t *keys, const char *certificate);

/* A client's socket, for options of its own before it is connected. Receives give up after WIRE_SILENCE_MS. */
void *wire_dealer(void *context, const wire_keys_t *keys);
/* Receives give up after WIRE_SILENCE_MS. */
void *wire_connect(void *context, int type, const wire_keys_t *keys, const char *endpoint);
void *wire_bind(void *context, int type, const wire_keys_t *keys, const char *endpoint);

/* Sends one frame, copied. */
void wire_send(void *socket, const void *data, size_t size, bool more);
/* Sends one frame and takes it. */
void wire_send_message(void *socket, zmq_msg_t *message, bool more);

/* A message of up to WIRE_FRAMES_MAX frames. `frames` was zeroed once; each receive closes what the last one got. */
typedef struct {
    zmq_msg_t parts[WIRE_FRAMES_MAX];
    unsigned count;
} wire_frames_t;

/* False when nothing came in time. */
bool wire_receive(void *socket, wire_frames_t *frames);
void wire_close_frames(wire_frames_t *frames);
bool wire_frame_is(wire_frames_t *frames, unsigned index, const void *data, size_t size);

/* ---- MDP/0.2, client side (docs/protocol.md section 2.1) ---- */

void wire_request(void *socket, const char *service, const void *body, size_t size);
/* Receives a FINAL of `service` with one body frame, which is returned. */
zmq_msg_t *wire_final(void *socket, wire_frames_t *frames, const char *service);

#endif
