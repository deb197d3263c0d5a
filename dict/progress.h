/* How far a long piece of work is: a bar on a terminal, a line every few seconds elsewhere (a log,
 * a pipe). */

#ifndef DICT_PROGRESS_H
#define DICT_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

#define PROGRESS_BAR_MS  100  /* between two pictures of the bar */
#define PROGRESS_LINE_MS 5000 /* between two lines where there is no terminal */

typedef struct progress progress_t;

/* `stream`: usually stderr. `what`: the dictionary's name, shown in front; copied. */
progress_t *progress_new(FILE *stream, const char *what);
void progress_destroy(progress_t **self_p);

/* Shows the state if it is time to. `done` of `total` is the share of the work, in any unit; total
 * 0: not known. */
void progress_update(progress_t *self, uint64_t rows, uint64_t done, uint64_t total);
/* Takes the bar off the terminal's line, before something else is written there. */
void progress_clear(progress_t *self);
/* Milliseconds since progress_new. */
int64_t progress_elapsed(const progress_t *self);

/* One picture without its line end, for `columns` of a terminal or a line of its own (0), into
 * `out`. */
void progress_format(char *out, size_t size, unsigned columns, const char *what, uint64_t rows,
                     uint64_t done, uint64_t total, int64_t elapsed_ms);

#endif
