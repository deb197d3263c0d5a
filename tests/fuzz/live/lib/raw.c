#include "tests/fuzz/live/lib/raw.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GREETING_SIZE 64 /* of ZMTP 3 */

void raw_open(raw_t *self)
{
    *self = (raw_t){0};
    for (unsigned i = 0; i < RAW_SOCKETS; i++)
        self->sockets[i] = -1;
}

void raw_close(raw_t *self)
{
    for (unsigned i = 0; i < RAW_SOCKETS; i++)
        if (self->sockets[i] != -1)
            close(self->sockets[i]);
}

/* signature 10 bytes, version 2, mechanism 20, as-server 1, filler 31 */
static size_t s_greeting(unsigned char *out, const char *mechanism)
{
    memset(out, 0, GREETING_SIZE);
    out[0] = 0xFF;
    out[8] = 1;
    out[9] = 0x7F;
    out[10] = 3;
    memcpy(out + 12, mechanism, strlen(mechanism));
    return GREETING_SIZE;
}

/* A command frame: flags, size, name with its size, body. */
static size_t s_command(unsigned char *out, const char *name, const void *body, size_t size)
{
    size_t name_size = strlen(name);
    out[0] = 0x04;
    out[1] = (unsigned char)(1 + name_size + size);
    out[2] = (unsigned char)name_size;
    memcpy(out + 3, name, name_size);
    memcpy(out + 3 + name_size, body, size);
    return 3 + name_size + size;
}

/* Something to say, valid so far as it goes. */
static size_t s_handshake(unsigned char *out, dice_t *dice)
{
    static const char ready[] = "\x0BSocket-Type\x00\x00\x00\x06"
                                "DEALER";
    unsigned char hello[194] = {1, 0};
    size_t size;
    switch (dice_below(dice, 4)) {
    case 0:
        size = s_greeting(out, "NULL");
        return size + s_command(out + size, "READY", ready, sizeof ready - 1);
    case 1:
        size = s_greeting(out, "CURVE");
        for (size_t i = 2; i < sizeof hello; i++)
            hello[i] = i < 74 ? 0 : (unsigned char)dice_next(dice);
        return size + s_command(out + size, "HELLO", hello, sizeof hello);
    case 2:
        size = s_greeting(out, "PLAIN");
        return size + s_command(out + size, "HELLO", "\x01u\x01p", 4);
    default:
        memcpy(out, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
        return 27;
    }
}

static size_t s_say(unsigned char *out, size_t max, dice_t *dice)
{
    size_t size = s_handshake(out, dice);
    if (dice_one_in(dice, 4)) { /* nothing but noise */
        size = 1 + dice_below(dice, (unsigned)max);
        for (size_t i = 0; i < size; i++)
            out[i] = (unsigned char)dice_next(dice);
    }
    for (unsigned times = dice_below(dice, 4); times > 0; times--)
        out[dice_below(dice, (unsigned)size)] = (unsigned char)dice_next(dice);
    return dice_one_in(dice, 2) ? size : dice_below(dice, (unsigned)size);
}

void raw_send(raw_t *self, unsigned port, dice_t *dice)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned char bytes[1024];
    int *place = &self->sockets[self->next++ % RAW_SOCKETS];
    if (*place != -1)
        close(*place);
    *place = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*place == -1 || connect(*place, (struct sockaddr *)&address, sizeof address) == -1) {
        self->refused++;
        return;
    }
    size_t size = s_say(bytes, sizeof bytes, dice);
    /* The other side may be gone already, which is right. */
    if (send(*place, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 || dice_one_in(dice, 2)) {
        close(*place);
        *place = -1;
    }
}
