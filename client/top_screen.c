#include "client/top_screen.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define ROWS_USUAL    24
#define COLUMNS_USUAL 80

/* Alternate screen, no cursor, no wrapping at the edge; and back. */
#define OPEN  "\033[?1049h\033[?25l\033[?7l\033[2J"
#define CLOSE "\033[0m\033[?7h\033[?25h\033[?1049l"

static const int s_faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

/* What a handler of a fault has to know; it has nowhere else to look. */
static struct termios s_before;
static volatile sig_atomic_t s_is_open;

static void s_write(const char *text, size_t size)
{
    while (size > 0) {
        ssize_t done = write(STDOUT_FILENO, text, size);
        if (done < 0 && errno != EINTR)
            return; /* the terminal is gone: its keys tell so */
        if (done > 0) {
            text += done;
            size -= (size_t)done;
        }
    }
}

/* Nothing that may not be done in a signal handler. */
static void s_restore(void)
{
    if (!s_is_open)
        return;
    s_is_open = 0;
    s_write(CLOSE, sizeof CLOSE - 1);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &s_before);
}

static void s_fault(int number)
{
    s_restore();
    signal(number, SIG_DFL);
    raise(number);
}

static void s_catch_faults(bool on)
{
    for (size_t i = 0; i < sizeof s_faults / sizeof *s_faults; i++)
        signal(s_faults[i], on ? s_fault : SIG_DFL);
}

bool top_screen_is_possible(void)
{
    const char *term = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
           strcmp(term, "dumb") != 0;
}

void top_screen_open(void)
{
    if (tcgetattr(STDIN_FILENO, &s_before) != 0)
        return;
    struct termios keys = s_before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 0;
    keys.c_cc[VTIME] = 0;
    s_catch_faults(true);
    s_is_open = 1;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
    s_write(OPEN, sizeof OPEN - 1);
}

void top_screen_close(void)
{
    s_restore();
    s_catch_faults(false);
}

void top_screen_size(int *rows, int *columns)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;

    *rows = known ? size.ws_row : ROWS_USUAL;
    *columns = known ? size.ws_col : COLUMNS_USUAL;
}

void top_screen_draw(const char *text, size_t size)
{
    char *frame;
    size_t frame_size;
    FILE *out = open_memstream(&frame, &frame_size);

    if (!out)
        return;
    fputs("\033[H", out);
    for (const char *end = text + size; text < end;) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        line_end = line_end ? line_end : end;
        fwrite(text, 1, (size_t)(line_end - text), out);
        text = line_end + 1;
        /* No line end behind the last line: it would push the first one out. */
        fputs(text < end ? "\033[K\r\n" : "\033[K", out);
    }
    fputs("\033[J", out);
    fclose(out);
    s_write(frame, frame_size);
    free(frame);
}

int top_screen_key(void)
{
    char key, rest[32];
    ssize_t size = read(STDIN_FILENO, &key, 1);

    if (size < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : -1;
    /* With VMIN 0 nothing is read as 0 bytes; only the caller knows that something was to be there. */
    if (size == 0)
        return -1;
    if (key != '\033')
        return (unsigned char)key;
    /* An arrow key and the like comes as one piece. */
    ssize_t ignored = read(STDIN_FILENO, rest, sizeof rest);
    (void)ignored;
    return 0;
}
