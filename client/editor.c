/* libedit has a signal handling of its own, which signals the whole process group again (a `make`
 * above us would end twice): it is left off, and characters come through a function that waits for
 * both. */

#include "client/editor.h"

#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "client/signals.h"
#include "common/memory.h"

#define REMEMBERED_MAX 500 /* lines */

struct editor {
    EditLine *line;
    History *history;
    const char *prompt;
    signals_t signals;
    bool interrupted;
};

static editor_t *s_self(EditLine *line)
{
    void *self = NULL;

    el_get(line, EL_CLIENTDATA, &self);
    return self;
}

static char *s_prompt(EditLine *line)
{
    return (char *)s_self(line)->prompt;
}

static void s_redraw(EditLine *line)
{
    el_set(line, EL_PREP_TERM, 0);
    el_set(line, EL_PREP_TERM, 1);
    el_set(line, EL_REFRESH);
}

/* What a signal does while a line is being typed. False when it ends the line. */
static bool s_signal(editor_t *self, int number)
{
    switch (number) {
    case SIGINT:
        self->interrupted = true;
        return false;
    case SIGWINCH:
        el_resize(self->line);
        el_set(self->line, EL_REFRESH);
        return true;
    case SIGTSTP:
        el_set(self->line, EL_PREP_TERM, 0);
        signals_stop();
        s_redraw(self->line);
        return true;
    case SIGCONT:
        s_redraw(self->line);
        return true;
    default:
        el_set(self->line, EL_PREP_TERM, 0);
        signals_die(number);
    }
}

/* Next character for libedit: 1, 0 at the end, -1 to give the line up. */
static int s_character(EditLine *line, wchar_t *out)
{
    editor_t *self = s_self(line);
    mbstate_t state = {0};

    while (true) {
        char byte;
        int number = signals_wait(&self->signals, STDIN_FILENO);
        if (number != 0) {
            if (!s_signal(self, number))
                return -1;
            continue;
        }
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return (int)got;
        size_t used = mbrtowc(out, &byte, 1, &state);
        if (used != (size_t)-1 && used != (size_t)-2)
            return 1;
        if (used == (size_t)-1)
            memset(&state, 0, sizeof state);
    }
}

editor_t *editor_new(void)
{
    editor_t *self = lex_calloc(1, sizeof *self);
    HistEvent event;

    self->line = el_init("lexmq", stdin, stdout, stderr);
    self->history = history_init();
    if (!self->line || !self->history) {
        editor_destroy(&self);
        return NULL;
    }
    history(self->history, &event, H_SETSIZE, REMEMBERED_MAX);
    history(self->history, &event, H_SETUNIQUE, 1);
    el_set(self->line, EL_CLIENTDATA, self);
    el_set(self->line, EL_SIGNAL, 0);
    el_set(self->line, EL_EDITOR, "emacs");
    el_set(self->line, EL_PROMPT, s_prompt);
    el_set(self->line, EL_HIST, history, self->history);
    el_wset(self->line, EL_GETCFN, s_character);
    return self;
}

void editor_destroy(editor_t **self_p)
{
    editor_t *self = *self_p;

    if (self) {
        if (self->line)
            el_end(self->line);
        if (self->history)
            history_end(self->history);
        free(self);
        *self_p = NULL;
    }
}

editor_result_t editor_read(editor_t *self, const char *prompt, bool remember, char *out,
                            size_t max)
{
    editor_result_t result = EDITOR_LINE;
    HistEvent event;
    int count = 0;

    self->prompt = prompt;
    self->interrupted = false;
    signals_hold(&self->signals);
    /* The terminal may have been resized since the last line. */
    el_resize(self->line);
    /* libedit would do this only after the prompt is out, and a quick answer would be echoed by the terminal. */
    el_set(self->line, EL_PREP_TERM, 1);
    const char *line = el_gets(self->line, &count);
    signals_release(&self->signals);
    size_t size = line && count > 0 ? strcspn(line, "\r\n") : 0;
    out[0] = '\0';
    if (self->interrupted) {
        result = EDITOR_INTERRUPTED;
        el_reset(self->line);
    } else if (!line || count <= 0) {
        result = EDITOR_END;
    } else if (size > max) {
        result = EDITOR_TOO_LONG;
    } else {
        memcpy(out, line, size);
        out[size] = '\0';
        if (remember && size > 0)
            history(self->history, &event, H_ENTER, out);
    }
    if (result == EDITOR_INTERRUPTED || result == EDITOR_END)
        fputc('\n', stdout);
    return result;
}
