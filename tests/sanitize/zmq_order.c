/* What libzmq orders, told to ThreadSanitizer. Only `make tsan` links this, into every program, in front of libzmq.
 *
 * libzmq and libczmq are not instrumented, so tsan.supp has everything ignored that they do, and with it that a thread which
 * receives a message comes after the one that sent it. That is said here again, as narrowly as it can be seen from outside: who
 * sends a frame releases the place of its content, who receives one of the same content acquires that place. Threads that merely
 * use the same socket or context are not ordered, nor is anything by frames below SHORTEST bytes: constants of the protocol that
 * everybody sends. A memory block given to libzmq for good is released when it is sent or closed and acquired by the function
 * that frees it, which runs on whichever thread is last. */

#include <czmq.h>
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>
#include <stdint.h>
#include <stdlib.h>
#include <zmq.h>

#define SHORTEST 8
#define PLACES                                                                                     \
    65536 /* few enough frames are under way that two contents hardly ever share a place */

#define ORDERED __attribute__((visibility("default")))

static char s_places[PLACES];

/* FNV-1a, after http://www.isthe.com/chongo/tech/comp/fnv/. The content is read on libzmq's behalf, before its order is told. */
__attribute__((no_sanitize("thread"))) static void *s_place(const unsigned char *data, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ data[i]) * 0x100000001b3u;
    }
    return &s_places[(hash ^ hash >> 32) % PLACES];
}

static void s_sends(const void *data, size_t size)
{
    if (size >= SHORTEST) {
        __tsan_release(s_place(data, size));
    }
}

static void s_sends_msg(zmq_msg_t *msg)
{
    s_sends(zmq_msg_data(msg), zmq_msg_size(msg));
    __tsan_release(zmq_msg_data(msg));
}

static void s_received(const void *data, size_t size)
{
    if (size >= SHORTEST) {
        __tsan_acquire(s_place(data, size));
    }
}

/* libzmq's own function of that name. */
#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

ORDERED int zmq_msg_send(zmq_msg_t *msg, void *socket, int flags)
{
    s_sends_msg(msg);
    return NEXT(zmq_msg_send)(msg, socket, flags);
}

ORDERED int zmq_sendmsg(void *socket, zmq_msg_t *msg, int flags)
{
    s_sends_msg(msg);
    return NEXT(zmq_sendmsg)(socket, msg, flags);
}

ORDERED int zmq_send(void *socket, const void *data, size_t size, int flags)
{
    s_sends(data, size);
    return NEXT(zmq_send)(socket, data, size, flags);
}

ORDERED int zmq_msg_recv(zmq_msg_t *msg, void *socket, int flags)
{
    int size = NEXT(zmq_msg_recv)(msg, socket, flags);
    if (size > 0) {
        s_received(zmq_msg_data(msg), (size_t)size);
    }
    return size;
}

ORDERED int zmq_recvmsg(void *socket, zmq_msg_t *msg, int flags)
{
    int size = NEXT(zmq_recvmsg)(socket, msg, flags);
    if (size > 0) {
        s_received(zmq_msg_data(msg), (size_t)size);
    }
    return size;
}

/* A frame cut to the buffer's length has no place of its own. */
ORDERED int zmq_recv(void *socket, void *buffer, size_t capacity, int flags)
{
    int size = NEXT(zmq_recv)(socket, buffer, capacity, flags);
    if (size > 0 && (size_t)size <= capacity) {
        s_received(buffer, (size_t)size);
    }
    return size;
}

typedef struct {
    zmq_free_fn *free;
    void *hint;
} given_t;

static void s_free(void *data, void *hint)
{
    __tsan_acquire(data);
    given_t given = *(given_t *)hint;
    free(hint);
    given.free(data, given.hint);
}

ORDERED int zmq_msg_init_data(zmq_msg_t *msg, void *data, size_t size, zmq_free_fn *ffn, void *hint)
{
    given_t *given = ffn ? malloc(sizeof(*given)) : NULL;
    if (!given) {
        return NEXT(zmq_msg_init_data)(msg, data, size, ffn, hint);
    }
    *given = (given_t){ffn, hint};
    int rc = NEXT(zmq_msg_init_data)(msg, data, size, s_free, given);
    if (rc != 0) {
        free(given);
    }
    return rc;
}

/* Its end is a jump to pthread_mutex_unlock, which so seems to be called by whoever called this, although the lock was taken inside
 * libczmq and ignored. With this between, the wrong report has a name of its own (tsan.supp). */
ORDERED __attribute__((noinline)) void zsys_set_io_threads(size_t threads)
{
    NEXT(zsys_set_io_threads)(threads);
    __asm__ volatile(""); /* or our call would be such a jump too */
}

ORDERED int zmq_msg_close(zmq_msg_t *msg)
{
    __tsan_release(zmq_msg_data(msg));
    return NEXT(zmq_msg_close)(msg);
}
