/* dictd over TCP (RFC 2229), asked so that it shows its best: commands that fall due together leave in one write, and
 * its answers, which it sends in several small writes, are acknowledged at once instead of after the kernel's delay. */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/lib/failure.h"
#include "bench/lib/load.h"
#include "common/memory.h"
#include "common/text.h"

#define INPUT_SIZE    65536
#define LINE_SIZE_MAX 6144 /* RFC 2229 allows 1,024 characters, which may have several bytes */
#define COMMAND_MAX   (LEX_WORD_MAX + 64)

typedef enum {
    S_STATUS,     /* 150: definitions follow; 152: matches do; 552: there is none */
    S_DEFINITION, /* 151: a text follows; 250: that was the last */
    S_TEXT,       /* lines up to a single dot */
    S_MATCHES,    /* lines up to a single dot */
    S_END,        /* 250 */
} s_state_t;

typedef struct {
    const load_t *load;
    int fd;
    unsigned place; /* in the words */
    char *output;   /* commands gathered */
    size_t output_size;
    char input[INPUT_SIZE];
    size_t input_begin;
    size_t input_end;
    s_state_t state;
    unsigned texts;  /* of the answer in hand */
    unsigned *asked; /* word by slot */
    unsigned *queue; /* open slots in the order asked: answers come in that order */
    unsigned oldest; /* index in the queue */
    unsigned open;
} s_dict_t;

static void s_set(int fd, int option)
{
    expect(setsockopt(fd, IPPROTO_TCP, option, &(int){1}, sizeof(int)) == 0, "TCP option");
}

/* Of "127.0.0.1:2628". */
static int s_connect(const char *endpoint)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char host[INET_ADDRSTRLEN] = "";
    unsigned short port = 0;
    if (sscanf(endpoint, "%15[0-9.]:%hu", host, &port) != 2 ||
        inet_pton(AF_INET, host, &address.sin_addr) != 1)
        fail("'%s' is no address and port", endpoint);
    address.sin_port = htons(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    expect(fd != -1, "socket");
    expect(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, endpoint);
    s_set(fd, TCP_NODELAY);
    s_set(fd, TCP_QUICKACK);
    return fd;
}

static void s_flush(s_dict_t *self)
{
    size_t done = 0;
    while (done < self->output_size) {
        ssize_t sent = send(self->fd, self->output + done, self->output_size - done, MSG_NOSIGNAL);
        expect(sent != -1, "send to dictd");
        done += (size_t)sent;
    }
    self->output_size = 0;
}

static void s_read(s_dict_t *self)
{
    if (self->input_begin > 0) {
        memmove(self->input, self->input + self->input_begin, self->input_end - self->input_begin);
        self->input_end -= self->input_begin;
        self->input_begin = 0;
    }
    struct pollfd item = {.fd = self->fd, .events = POLLIN};
    if (poll(&item, 1, WIRE_SILENCE_MS) != 1)
        fail("no answer of dictd within %d ms", WIRE_SILENCE_MS);
    ssize_t got = recv(self->fd, self->input + self->input_end, INPUT_SIZE - self->input_end, 0);
    expect(got != -1, "receive from dictd");
    if (got == 0)
        fail("dictd closed the connection");
    self->input_end += (size_t)got;
    s_set(self->fd, TCP_QUICKACK); /* the kernel forgets it */
}

/* The next line, without its end; asks for more input, after sending what is due, when there is none. */
static char *s_line(s_dict_t *self)
{
    for (;;) {
        char *line = self->input + self->input_begin;
        size_t size = self->input_end - self->input_begin;
        char *end = memchr(line, '\n', size);
        if (end) {
            self->input_begin += (size_t)(end - line) + 1;
            *end = '\0';
            if (end > line && end[-1] == '\r')
                end[-1] = '\0';
            return line;
        }
        if (size > LINE_SIZE_MAX)
            fail("dictd sends a line without an end");
        s_flush(self);
        s_read(self);
    }
}

static bool s_has_code(const char *line, const char *code)
{
    return strncmp(line, code, 3) == 0 && line[3] == ' ';
}

/* A definition's head, 151 "word" database …: it has to be the word that was asked. */
static bool s_is_of(const char *line, const char *word)
{
    size_t size = strlen(word);
    return s_has_code(line, "151") && line[4] == '"' && strncasecmp(line + 5, word, size) == 0 &&
           line[5 + size] == '"';
}

/* The first line of the answer to `word`. True when it is the last as well. Every word asked by DEFINE is there. */
static bool s_take_status(s_dict_t *self, const char *line, const char *word)
{
    bool matching = self->load->strategy != NULL;
    if (matching && s_has_code(line, "552"))
        return true;
    if (!s_has_code(line, matching ? "152" : "150"))
        fail("dictd on '%s': %s", word, line);
    self->state = matching ? S_MATCHES : S_DEFINITION;
    self->texts = 0;
    return false;
}

/* Takes a line of the answer to `word`. True when it is the last. */
static bool s_take(s_dict_t *self, const char *line, const char *word)
{
    switch (self->state) {
    case S_STATUS:
        return s_take_status(self, line, word);
    case S_DEFINITION:
        if (s_is_of(line, word))
            self->state = S_TEXT;
        else if (s_has_code(line, "250") && self->texts > 0)
            self->state = S_STATUS;
        else
            fail("dictd on '%s': %s", word, line);
        return self->state == S_STATUS;
    case S_TEXT:
        if (strcmp(line, ".") == 0) {
            self->state = S_DEFINITION;
            self->texts++;
        }
        return false;
    case S_MATCHES:
        if (strcmp(line, ".") == 0)
            self->state = S_END;
        return false;
    case S_END:
        if (!s_has_code(line, "250"))
            fail("dictd on '%s': %s", word, line);
        self->state = S_STATUS;
        return true;
    }
    return false;
}

static void *s_open(const load_t *load, unsigned client)
{
    s_dict_t *self = lex_calloc(1, sizeof *self);
    self->load = load;
    self->fd = s_connect(load->endpoint);
    self->place = words_begin(load->words, client);
    self->output = lex_malloc((size_t)load->window * COMMAND_MAX);
    self->asked = lex_calloc(load->window, sizeof *self->asked);
    self->queue = lex_calloc(load->window, sizeof *self->queue);
    const char *greeting = s_line(self);
    if (!s_has_code(greeting, "220"))
        fail("dictd greets with: %s", greeting);
    return self;
}

static void s_send(void *connection, unsigned slot)
{
    s_dict_t *self = connection;
    const load_t *load = self->load;
    self->asked[slot] = words_next(load->words, &self->place);
    self->queue[(self->oldest + self->open++) % load->window] = slot;
    bool matching = load->strategy != NULL;
    self->output_size += (size_t)snprintf(
        self->output + self->output_size, COMMAND_MAX, "%s %s %s%s\"%s\"\r\n",
        matching ? "MATCH" : "DEFINE", load->database, matching ? load->strategy : "",
        matching ? " " : "", words_get(load->words, self->asked[slot]));
}

static unsigned s_receive(void *connection, load_result_t *result)
{
    s_dict_t *self = connection;
    (void)result;
    unsigned slot = self->queue[self->oldest];
    const char *word = words_get(self->load->words, self->asked[slot]);
    while (!s_take(self, s_line(self), word))
        ;
    self->oldest = (self->oldest + 1) % self->load->window;
    self->open--;
    return slot;
}

static void s_close(void **self_p)
{
    s_dict_t *self = *self_p;
    close(self->fd);
    free(self->output);
    free(self->asked);
    free(self->queue);
    free(self);
    *self_p = NULL;
}

const contender_t contender_dict = {"dict", s_open, s_send, s_receive, s_close};
