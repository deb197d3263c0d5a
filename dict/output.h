/* The files that an export writes: one, or several that have a stem in common. Each appears under its name when it is
 * whole, all of them after the last has been written. */

#ifndef DICT_OUTPUT_H
#define DICT_OUTPUT_H

#include <stdio.h>

#define OUTPUT_FILES_MAX 4

typedef struct output output_t;

/* `path`: of the one file, NULL for standard output; or the stem. A path that is there and no file (a pipe, a device) is
 * written to and stays what it is; a link stays a link. */
output_t *output_new(const char *path);
/* Removes what was not committed. */
void output_destroy(output_t **self_p);

/* Opens the file with this ending, "" for the path itself. The stream stays the output's. NULL: output_error. */
FILE *output_open(output_t *self, const char *ending);
/* A file without a name in the folder of the others, for what has to wait. The caller closes it. NULL: output_error. */
FILE *output_scratch(output_t *self);
/* A file of an older export that this one does not have: it goes when the others come. */
void output_retire(output_t *self, const char *ending);

/* Brings everything to the disk and under its name, in the order in which the files were opened. 0, or -1 and
 * output_error; up to the first renaming nothing has changed then. */
int output_commit(output_t *self);
/* Whether everything could be written so far, and if not, why. NULL: no fault. */
const char *output_error(const output_t *self);

#endif
