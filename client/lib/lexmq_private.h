/* What the files of the library share: the handle, its connections and the steps of a call. Not
 * installed.
 *
 * The library stands on libzmq alone and gives every handle a context of its own. czmq would bring
 * process-wide state into a host program that did not ask for it: signal handlers, an atexit hook
 * that prints, srandom. */

#ifndef LEXMQ_PRIVATE_H
#define LEXMQ_PRIVATE_H

#include <lexmq.h>
#include <stdatomic.h>
#include <zmq.h>

#include "common/body.h"
#include "common/writer.h"

#define LEXMQ_GATEWAYS_MAX 16
#define LEXMQ_KEYS_MAX     4 /* of the gateways: old, new, and some in reserve */
#define LEXMQ_ROUTES_MAX   (LEXMQ_GATEWAYS_MAX * LEXMQ_KEYS_MAX)
#define LEXMQ_LINKS_MAX    8  /* connections one call listens on */
#define LEXMQ_KEY_SIZE     40 /* a CURVE key in Z85 */
#define LEXMQ_MESSAGE_SIZE 512
#define LEXMQ_REPLY_FRAME_MAX                                                                      \
    (16 << 20) /* twice what a worker may send (docs/protocol.md section 6) */

/* One connection to one gateway. */
typedef struct {
    void *socket;  /* NULL: none could be had */
    void *monitor; /* where libzmq says that the connection broke; NULL: silence alone tells */
    size_t gateway;
    bool asked;        /* the request of the call under way was sent through it */
    bool proven;       /* a gateway has answered through it */
    int64_t connected; /* monotonic ms: when it last was, as far as is known */
} lexmq_link_t;

struct lexmq {
    /* Those named, and all of them again for each further key that they may have: an entry with the wrong key is as good as a
     * gateway that is not there. */
    char *gateways[LEXMQ_ROUTES_MAX];
    size_t gateway_count;
    size_t named_count;
    size_t preferred; /* the gateway that answered last */
    bool insecure;
    char server_keys[LEXMQ_KEYS_MAX][LEXMQ_KEY_SIZE + 1]; /* of gateway i: number i / named_count */
    size_t key_count;
    char server_key[LEXMQ_KEYS_MAX * (LEXMQ_KEY_SIZE + 1)]; /* all of them, with commas between */
    char public_key[LEXMQ_KEY_SIZE + 1];                    /* ours, made for this handle alone */
    char secret_key[LEXMQ_KEY_SIZE + 1];
    int timeout_ms;

    void *context;
    lexmq_link_t links[LEXMQ_LINKS_MAX]; /* between calls at most one */
    size_t link_count;
    bool closed_early;     /* in this call a gateway ended a new connection at once */
    unsigned links_opened; /* ever: each monitor has an address of its own */
    int wake;              /* eventfd: written by lexmq_cancel */
    atomic_int cancelled;  /* by a handler of signals or another thread */

    unsigned char token[LEXMQ_TOKEN_MAX];
    size_t token_size;
    unsigned char
        earlier[LEXMQ_TOKEN_MAX]; /* one that is good for nothing but being shown at a login */
    size_t earlier_size;

    unsigned char id[LEX_ID_SIZE]; /* of the call under way */
    char id_text[LEX_ID_SIZE * 2 + 1];
    lex_writer_t request;
    zmq_msg_t frame; /* the reply's bytes, which `reply` points into */
    lex_body_t *reply;

    char message[LEXMQ_MESSAGE_SIZE];
    uint64_t retry_ms;
};

/* ---- lexmq_server_key.c ---- */

/* Reads the public keys in `text` into self->server_keys, each once: keys in Z85 or names of certificate files, which may list
 * several, with commas between. False and a sentence in `why`. */
bool lexmq_server_keys_read(lexmq_t *self, const char *text, char *why, size_t why_size);

/* ---- lexmq_link.c ---- */

/* Opens a connection to a gateway and puts it last; the oldest goes when there are too many. */
void lexmq_link_open(lexmq_t *self, size_t gateway);
/* True when the connection stood and broke: an answer to what was sent through it will not come. */
bool lexmq_link_is_lost(lexmq_t *self, size_t link);
/* Closes one connection; those behind it move up. */
void lexmq_link_close(lexmq_t *self, size_t link);
/* Closes all connections but number `keep`, -1 for none. */
void lexmq_link_close_others(lexmq_t *self, int keep);
/* Sends self->request. False when the connection does not stand yet, or its queue is full. */
bool lexmq_link_send(lexmq_t *self, size_t link, const char *service);
/* Takes one message, without waiting, and leaves its body in self->frame. */
typedef enum {
    LEXMQ_LINK_EMPTY,   /* there is none */
    LEXMQ_LINK_IGNORED, /* one that is no FINAL of this service */
    LEXMQ_LINK_FINAL
} lexmq_received_t;
lexmq_received_t lexmq_link_receive(lexmq_t *self, size_t link, const char *service);

/* ---- lexmq_call.c ---- */

/* Starts a request under a new id. The caller writes `arguments` pairs to the writer returned. */
lex_writer_t *lexmq_call_begin(lexmq_t *self, const char *op, size_t arguments);
/* The same with the session token; NULL, and the error set, when there is none. */
lex_writer_t *lexmq_call_begin_as_user(lexmq_t *self, const char *op, size_t arguments);
/* Sends the request until it is answered, and leaves the reply in self->reply. */
lexmq_status_t lexmq_call_run(lexmq_t *self, const char *service);
/* Sets the error's message, without a time to wait; returns `status`. */
lexmq_status_t lexmq_call_fail(lexmq_t *self, lexmq_status_t status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Says that field `what` of the reply is missing or wrong. LEXMQ_SERVER_ERROR. */
lexmq_status_t lexmq_call_broken(lexmq_t *self, const char *what);

/* ---- lexmq_answer.c ---- */

/* Judges the FINAL in self->frame. False when it is none of the call under way. */
bool lexmq_answer_judge(lexmq_t *self, const char *service, lexmq_status_t *status);

/* ---- lexmq_result.c: a result is one allocation with others hung under it ---- */

void *lexmq_result_new(size_t size);
void *lexmq_result_array(void *result, size_t count, size_t size);
/* A copy with a NUL behind; NULs inside become spaces. */
const char *lexmq_result_text(void *result, const char *text, size_t size);
void lexmq_result_free(void *result);

/* A str of the reply as text of the result, and a uint that is a time. False when missing or wrong.
 */
bool lexmq_result_str(void *result, const msgpack_object *map, const char *key, const char **out);
bool lexmq_result_time(const msgpack_object *map, const char *key, int64_t *out);
/* The 16-byte `session` of a map. */
bool lexmq_result_session(const msgpack_object *map, unsigned char out[LEXMQ_ID_SIZE]);
/* An array of the reply whose items are maps (or, with lexmq_result_texts, str). */
bool lexmq_result_maps(const msgpack_object *map, const char *key,
                       const msgpack_object_array **out);
bool lexmq_result_texts(void *result, const msgpack_object *map, const char *key,
                        const char ***list, size_t *count);
/* The same for what may be missing: then NULL, or 0, and true. */
bool lexmq_result_maybe_str(void *result, const msgpack_object *map, const char *key,
                            const char **out);
bool lexmq_result_maybe_texts(void *result, const msgpack_object *map, const char *key,
                              const char ***list, size_t *count);
bool lexmq_result_maybe_uint(const msgpack_object *map, const char *key, uint32_t *out);

#endif
