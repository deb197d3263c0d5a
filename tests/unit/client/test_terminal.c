/* Questions at a real terminal (a pty): hidden passwords, line editing, Ctrl-C, Ctrl-D, resizing, and the terminal in order
 * afterwards whatever happens. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "client/prompt.h"
#include "common/clock.h"
#include "tests/unit/patience.h"

#define LIMIT_MS (10000 * TEST_PATIENCE) /* for anything the child is to do */

typedef struct {
    int fd; /* the master side */
    pid_t child;
    char seen[16384];
    size_t size;
    char skipped[16384]; /* what the last s_expect went past */
} s_terminal_t;

/* Runs `body` on a terminal of its own. */
static s_terminal_t s_start(void (*body)(prompt_t *prompt))
{
    s_terminal_t self = {0};
    struct winsize size = {.ws_row = 24, .ws_col = 80};

    self.child = forkpty(&self.fd, NULL, NULL, &size);
    assert_true(self.child >= 0);
    if (self.child == 0) {
        setenv("TERM", "xterm", 1);
        setlocale(LC_CTYPE, "C.UTF-8");
        prompt_t *prompt = prompt_new(stdout);
        body(prompt);
        prompt_destroy(&prompt);
        fflush(stdout);
        _exit(0);
    }
    return self;
}

/* Reads more of what the child shows. False at its end. */
static bool s_more(s_terminal_t *self, int64_t until)
{
    struct pollfd input = {.fd = self->fd, .events = POLLIN};
    int64_t left = until - lex_monotonic_ms();

    if (left <= 0 || poll(&input, 1, (int)left) <= 0)
        fail_msg("nothing more came after: %s", self->seen);
    ssize_t got = read(self->fd, self->seen + self->size, sizeof self->seen - 1 - self->size);
    if (got <= 0)
        return false;
    self->size += (size_t)got;
    self->seen[self->size] = '\0';
    return true;
}

/* Waits until the child shows `text`, and forgets all up to there. */
static void s_expect(s_terminal_t *self, const char *text)
{
    int64_t until = lex_monotonic_ms() + LIMIT_MS;
    char *at;

    while (!(at = strstr(self->seen, text)))
        if (!s_more(self, until))
            fail_msg("the end came before %s, after: %s", text, self->seen);
    memcpy(self->skipped, self->seen, (size_t)(at - self->seen));
    self->skipped[at - self->seen] = '\0';
    at += strlen(text);
    self->size -= (size_t)(at - self->seen);
    memmove(self->seen, at, self->size + 1);
}

static void s_type(s_terminal_t *self, const char *keys)
{
    assert_int_equal(write(self->fd, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static tcflag_t s_mode(const s_terminal_t *self)
{
    struct termios mode;

    assert_int_equal(tcgetattr(self->fd, &mode), 0);
    return mode.c_lflag;
}

static void s_wait_echo(const s_terminal_t *self, bool on)
{
    int64_t until = lex_monotonic_ms() + LIMIT_MS;

    while (!!(s_mode(self) & ECHO) != on) {
        assert_true(lex_monotonic_ms() < until);
        usleep(1000);
    }
}

/* Waits for the child's end; returns its status, with the terminal as a shell wants it. */
static int s_finish(s_terminal_t *self)
{
    int64_t until = lex_monotonic_ms() + LIMIT_MS;
    int status;

    while (s_more(self, until))
        ;
    assert_int_equal(waitpid(self->child, &status, 0), self->child);
    close(self->fd);
    return status;
}

static void s_assert_sane(const s_terminal_t *self)
{
    assert_int_equal(s_mode(self) & (ECHO | ICANON | ISIG), ECHO | ICANON | ISIG);
}

/* ---- passwords ---- */

static void s_ask_password(prompt_t *prompt)
{
    static const char *const results[] = {"answer", "interrupted", "end"};
    char password[PROMPT_PASSWORD_MAX + 1], line[100];

    prompt_result_t result = prompt_password(prompt, "Password: ", password);
    printf("(%s: %s)\n", results[result], password);
    fflush(stdout);
    prompt_line(prompt, "Done? ", false, line, sizeof line - 1);
}

static void test_password_is_hidden(void **state)
{
    s_terminal_t terminal = s_start(s_ask_password);
    (void)state;

    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    s_type(&terminal, "s3cret wörd \n");
    s_expect(&terminal, "(answer: s3cret wörd )");
    /* Nothing of it came back before. */
    assert_string_equal(terminal.skipped, "\r\n");
    s_expect(&terminal, "Done? ");
    s_type(&terminal, "\n");
    assert_int_equal(s_finish(&terminal), 0);
}

static void test_password_interrupted(void **state)
{
    s_terminal_t terminal = s_start(s_ask_password);
    (void)state;

    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    s_type(&terminal, "half\003");
    s_expect(&terminal, "(interrupted: )");
    s_expect(&terminal, "Done? ");
    s_type(&terminal, "\n");
    s_wait_echo(&terminal, true);
    s_assert_sane(&terminal);
    assert_int_equal(s_finish(&terminal), 0);
}

static void test_password_end(void **state)
{
    s_terminal_t terminal = s_start(s_ask_password);
    (void)state;

    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    s_type(&terminal, "\004");
    s_expect(&terminal, "(end: )");
    s_expect(&terminal, "Done? ");
    s_type(&terminal, "\n");
    assert_int_equal(s_finish(&terminal), 0);
}

static void test_password_too_long(void **state)
{
    s_terminal_t terminal = s_start(s_ask_password);
    char text[PROMPT_PASSWORD_MAX + 3];
    (void)state;

    memset(text, 'x', sizeof text);
    strcpy(text + PROMPT_PASSWORD_MAX + 1, "\n");
    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    s_type(&terminal, text);
    s_expect(&terminal, "too long");
    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    s_type(&terminal, "short\n");
    s_expect(&terminal, "(answer: short)");
    s_expect(&terminal, "Done? ");
    s_type(&terminal, "\n");
    assert_int_equal(s_finish(&terminal), 0);
}

static void test_password_terminated(void **state)
{
    s_terminal_t terminal = s_start(s_ask_password);
    (void)state;

    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    kill(terminal.child, SIGTERM);
    s_wait_echo(&terminal, true);
    s_assert_sane(&terminal);
    int status = s_finish(&terminal);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static void test_password_stopped(void **state)
{
    s_terminal_t terminal = s_start(s_ask_password);
    int status;
    (void)state;

    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    kill(terminal.child, SIGTSTP);
    assert_int_equal(waitpid(terminal.child, &status, WUNTRACED), terminal.child);
    assert_true(WIFSTOPPED(status));
    s_assert_sane(&terminal);
    kill(terminal.child, SIGCONT);
    s_expect(&terminal, "Password: ");
    s_wait_echo(&terminal, false);
    s_type(&terminal, "secret\n");
    s_expect(&terminal, "(answer: secret)");
    s_expect(&terminal, "Done? ");
    s_type(&terminal, "\n");
    assert_int_equal(s_finish(&terminal), 0);
}

/* ---- lines ---- */

static void s_ask_lines(prompt_t *prompt)
{
    static const char *const results[] = {"answer", "interrupted", "end"};
    char line[21];
    prompt_result_t result;

    do {
        result = prompt_line(prompt, "> ", true, line, sizeof line - 1);
        printf("(%s: %s)\n", results[result], line);
        fflush(stdout);
    } while (result != PROMPT_END);
}

static void test_lines(void **state)
{
    s_terminal_t terminal = s_start(s_ask_lines);
    (void)state;

    s_expect(&terminal, "> ");
    s_type(&terminal, "  cafè 猫 \n");
    s_expect(&terminal, "(answer: cafè 猫)");
    s_expect(&terminal, "> ");
    /* Left, delete backwards, insert. */
    s_type(&terminal, "cst\033[D\177a\n");
    s_expect(&terminal, "(answer: cat)");
    s_expect(&terminal, "> ");
    /* Up, up: the first line again. */
    s_type(&terminal, "\033[A\033[A\n");
    s_expect(&terminal, "(answer: cafè 猫)");
    s_expect(&terminal, "> ");
    s_type(&terminal, "a line of more than twenty bytes\n");
    s_expect(&terminal, "too long");
    s_expect(&terminal, "> ");
    s_type(&terminal, "\004");
    s_expect(&terminal, "(end: )");
    assert_int_equal(s_finish(&terminal), 0);
}

static void test_line_interrupted(void **state)
{
    s_terminal_t terminal = s_start(s_ask_lines);
    (void)state;

    s_expect(&terminal, "> ");
    s_type(&terminal, "half");
    s_expect(&terminal, "half");
    s_type(&terminal, "\003");
    s_expect(&terminal, "(interrupted: )");
    s_expect(&terminal, "> ");
    /* Nothing of it is left. */
    s_type(&terminal, "whole\n");
    s_expect(&terminal, "(answer: whole)");
    s_expect(&terminal, "> ");
    s_type(&terminal, "\004");
    s_expect(&terminal, "(end: )");
    assert_int_equal(s_finish(&terminal), 0);
}

static void test_resize(void **state)
{
    s_terminal_t terminal = s_start(s_ask_lines);
    struct winsize narrow = {.ws_row = 24, .ws_col = 30}, wide = {.ws_row = 24, .ws_col = 120};
    (void)state;

    s_expect(&terminal, "> ");
    s_type(&terminal, "first");
    s_expect(&terminal, "first");
    assert_int_equal(ioctl(terminal.fd, TIOCSWINSZ, &narrow), 0);
    /* The line is drawn anew. */
    s_expect(&terminal, "> first");
    s_type(&terminal, " second");
    s_expect(&terminal, "second");
    assert_int_equal(ioctl(terminal.fd, TIOCSWINSZ, &wide), 0);
    s_expect(&terminal, "> first second");
    s_type(&terminal, "\n");
    s_expect(&terminal, "(answer: first second)");
    s_expect(&terminal, "> ");
    s_type(&terminal, "\004");
    assert_int_equal(s_finish(&terminal), 0);
}

static void test_line_terminated(void **state)
{
    s_terminal_t terminal = s_start(s_ask_lines);
    (void)state;

    s_expect(&terminal, "> ");
    s_type(&terminal, "half");
    s_expect(&terminal, "half");
    kill(terminal.child, SIGHUP);
    s_wait_echo(&terminal, true);
    s_assert_sane(&terminal);
    int status = s_finish(&terminal);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
}

static void test_line_stopped(void **state)
{
    s_terminal_t terminal = s_start(s_ask_lines);
    int status;
    (void)state;

    s_expect(&terminal, "> ");
    s_type(&terminal, "half");
    s_expect(&terminal, "half");
    kill(terminal.child, SIGTSTP);
    assert_int_equal(waitpid(terminal.child, &status, WUNTRACED), terminal.child);
    s_assert_sane(&terminal);
    kill(terminal.child, SIGCONT);
    s_expect(&terminal, "half");
    s_type(&terminal, " and half\n");
    s_expect(&terminal, "(answer: half and half)");
    s_expect(&terminal, "> ");
    s_type(&terminal, "\004");
    assert_int_equal(s_finish(&terminal), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password_is_hidden),
        cmocka_unit_test(test_password_interrupted),
        cmocka_unit_test(test_password_end),
        cmocka_unit_test(test_password_too_long),
        cmocka_unit_test(test_password_terminated),
        cmocka_unit_test(test_password_stopped),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_line_interrupted),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_line_terminated),
        cmocka_unit_test(test_line_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
