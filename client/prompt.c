#include "client/prompt.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/editor.h"
#include "client/password.h"
#include "client/signals.h"
#include "common/memory.h"
#include "common/secret.h"

struct prompt {
    FILE *out;
    bool is_terminal;
    bool is_edited;   /* both ends are terminals */
    editor_t *editor; /* made when first needed */
    line_reader_t *lines;
};

prompt_t *prompt_new(FILE *out)
{
    prompt_t *self = lex_calloc(1, sizeof *self);

    self->out = out;
    self->is_terminal = isatty(STDIN_FILENO);
    self->is_edited = self->is_terminal && out == stdout && isatty(STDOUT_FILENO);
    self->lines = line_reader_new(STDIN_FILENO);
    return self;
}

void prompt_destroy(prompt_t **self_p)
{
    prompt_t *self = *self_p;

    if (self) {
        editor_destroy(&self->editor);
        line_reader_destroy(&self->lines);
        free(self);
        *self_p = NULL;
    }
}

bool prompt_is_terminal(const prompt_t *self)
{
    return self->is_terminal;
}

line_reader_t *prompt_lines(prompt_t *self)
{
    return self->lines;
}

static void s_trim(char *text)
{
    size_t size = strlen(text), skip = strspn(text, " \t");

    while (size > skip && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    memmove(text, text + skip, size - skip);
    text[size - skip] = '\0';
}

/* A terminal for input only: its own line editing will do. False on Ctrl-C. */
static bool s_wait(void)
{
    signals_t signals;
    int number;

    signals_hold(&signals);
    while ((number = signals_wait(&signals, STDIN_FILENO)) != 0 && number != SIGINT) {
        if (number == SIGTSTP)
            signals_stop();
        else if (number != SIGCONT && number != SIGWINCH)
            signals_die(number);
    }
    signals_release(&signals);
    return number == 0;
}

static editor_result_t s_read_plain(prompt_t *self, const char *question, char *out, size_t max)
{
    fputs(question, self->out);
    fflush(self->out);
    if (self->is_terminal && !s_wait()) {
        fputc('\n', self->out);
        return EDITOR_INTERRUPTED;
    }
    line_result_t result = line_reader_next(self->lines, out, max);
    /* Nobody's Enter has ended the line with the question. */
    if (!self->is_terminal || result == LINE_END)
        fputc('\n', self->out);
    return result == LINE_READ       ? EDITOR_LINE
           : result == LINE_TOO_LONG ? EDITOR_TOO_LONG
                                     : EDITOR_END;
}

static editor_result_t s_read(prompt_t *self, const char *question, bool remember, char *out,
                              size_t max)
{
    if (self->is_edited && !self->editor)
        self->editor = editor_new();
    self->is_edited = self->editor != NULL;
    fflush(self->out);
    return self->editor ? editor_read(self->editor, question, remember, out, max)
                        : s_read_plain(self, question, out, max);
}

prompt_result_t prompt_line(prompt_t *self, const char *question, bool remember, char *out,
                            size_t max)
{
    editor_result_t result;

    while ((result = s_read(self, question, remember, out, max)) == EDITOR_TOO_LONG)
        fprintf(self->out, "That is too long: at most %zu bytes, please.\n", max);
    s_trim(out);
    return result == EDITOR_LINE          ? PROMPT_ANSWER
           : result == EDITOR_INTERRUPTED ? PROMPT_INTERRUPTED
                                          : PROMPT_END;
}

char *prompt_password_new(void)
{
    return lex_secret_new(PROMPT_PASSWORD_MAX + 1);
}

static password_result_t s_read_password(prompt_t *self, const char *question, char *out)
{
    if (self->is_terminal)
        return password_read(self->out, question, out, PROMPT_PASSWORD_MAX);
    editor_result_t result = s_read_plain(self, question, out, PROMPT_PASSWORD_MAX);
    return result == EDITOR_LINE       ? PASSWORD_READ
           : result == EDITOR_TOO_LONG ? PASSWORD_TOO_LONG
                                       : PASSWORD_END;
}

prompt_result_t prompt_password(prompt_t *self, const char *question, char *out)
{
    password_result_t result;

    while ((result = s_read_password(self, question, out)) == PASSWORD_TOO_LONG)
        fprintf(self->out, "That is too long: at most %d bytes, please.\n", PROMPT_PASSWORD_MAX);
    if (result == PASSWORD_READ)
        return PROMPT_ANSWER;
    sodium_memzero(out, PROMPT_PASSWORD_MAX + 1);
    return result == PASSWORD_INTERRUPTED ? PROMPT_INTERRUPTED : PROMPT_END;
}
