/* Questions and their answers. At a terminal lines are edited and passwords hidden; from a pipe or
 * a file the same answers are read line by line. Questions go to `out` all the same. */

#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "client/line_reader.h"

#define PROMPT_PASSWORD_MAX 512 /* bytes */

typedef struct prompt prompt_t;

typedef enum {
    PROMPT_ANSWER,
    PROMPT_INTERRUPTED, /* Ctrl-C: what is being asked is given up */
    PROMPT_END          /* Ctrl-D, or the end of the input */
} prompt_result_t;

/* Never NULL. */
prompt_t *prompt_new(FILE *out);
void prompt_destroy(prompt_t **self_p);

/* True when somebody sits at the other end. */
bool prompt_is_terminal(const prompt_t *self);

/* A line without blanks around it; `out` holds max + 1 bytes. Too long a line is asked for again.
 * `remember`: for the arrow keys. */
prompt_result_t prompt_line(prompt_t *self, const char *question, bool remember, char *out,
                            size_t max);

/* Room for a password in locked memory, PROMPT_PASSWORD_MAX + 1 bytes. Free it with lex_secret_free (common/secret.h). */
char *prompt_password_new(void);

/* A password, exactly as typed; `out` holds PROMPT_PASSWORD_MAX + 1 bytes, and is to be wiped by
 * the caller. */
prompt_result_t prompt_password(prompt_t *self, const char *question, char *out);

/* The lines of the standard input, for commands that read them without asking. */
line_reader_t *prompt_lines(prompt_t *self);

#endif
