/* A line typed at a terminal, with editing and the lines of this run to go back to (libedit). */

#ifndef EDITOR_H
#define EDITOR_H

#include <stdbool.h>
#include <stddef.h>

typedef struct editor editor_t;

/* On the standard input and output, both terminals. NULL when libedit cannot work with them. */
editor_t *editor_new(void);
void editor_destroy(editor_t **self_p);

typedef enum { EDITOR_LINE, EDITOR_TOO_LONG, EDITOR_END, EDITOR_INTERRUPTED } editor_result_t;

/* Asks with `prompt`; `out` holds max + 1 bytes. `remember`: the line can be called back with the
 * arrow keys. Resizing and stopping the program redraw the line; SIGTERM and the like end the
 * program with the terminal in order. */
editor_result_t editor_read(editor_t *self, const char *prompt, bool remember, char *out,
                            size_t max);

#endif
