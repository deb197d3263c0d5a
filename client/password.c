#include "client/password.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/signals.h"

typedef struct {
    FILE *out;
    const char *question;
    signals_t signals;
    struct termios visible;
} s_terminal_t;

/* What was typed ahead is kept: TCSANOW, not TCSAFLUSH. */
static void s_show(const s_terminal_t *self)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &self->visible);
}

static void s_hide(const s_terminal_t *self)
{
    struct termios hidden = self->visible;

    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    hidden.c_lflag |= ICANON | ISIG;
    tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
}

/* Waits for input. False on Ctrl-C. Other signals do what they always do, on a terminal in order.
 */
static bool s_wait(s_terminal_t *self)
{
    int number;

    while ((number = signals_wait(&self->signals, STDIN_FILENO)) != 0) {
        if (number == SIGINT)
            return false;
        if (number == SIGWINCH)
            continue;
        s_show(self);
        if (number == SIGTSTP) {
            signals_stop();
        } else if (number != SIGCONT) {
            fputc('\n', self->out);
            fflush(self->out);
            signals_die(number);
        }
        s_hide(self);
        fprintf(self->out, "\r%s", self->question);
        fflush(self->out);
    }
    return true;
}

static password_result_t s_read(s_terminal_t *self, char *text, size_t max)
{
    size_t size = 0;
    char byte;

    while (true) {
        if (!s_wait(self))
            return PASSWORD_INTERRUPTED;
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0 && size == 0)
            return PASSWORD_END;
        if (got <= 0 || byte == '\n')
            break;
        if (size < max)
            text[size] = byte;
        size++;
    }
    text[size < max ? size : max] = '\0';
    /* A NUL would silently end it early. */
    return size > max || strlen(text) != size ? PASSWORD_TOO_LONG : PASSWORD_READ;
}

password_result_t password_read(FILE *out, const char *question, char *text, size_t max)
{
    s_terminal_t terminal = {.out = out, .question = question};

    text[0] = '\0';
    if (tcgetattr(STDIN_FILENO, &terminal.visible) < 0)
        return PASSWORD_END;
    signals_hold(&terminal.signals);
    s_hide(&terminal);
    fputs(question, out);
    fflush(out);
    password_result_t result = s_read(&terminal, text, max);
    s_show(&terminal);
    fputc('\n', out);
    fflush(out);
    signals_release(&terminal.signals);
    return result;
}
