/* What an import says of the lines that it passes over and the fields that it leaves out: the first
 * on the log, all of them in a file when one is asked for, and their numbers by reason. */

#ifndef DICT_REPORT_H
#define DICT_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "dict/format.h"
#include "dict/progress.h"

#define REPORT_SHOWN       20 /* warnings that are logged one by one */
#define REPORT_REASONS_MAX 64 /* that are counted apart; there are fewer in all formats together */

typedef struct report report_t;

/* `source`: the file's name in what is logged; kept, as `progress` is, until report_destroy.
 * `path`: a file that gets every warning as "LINE TAB entry|FIELD TAB MESSAGE"; NULL: none. NULL
 * with errno when that cannot be made. */
report_t *report_new(const char *source, const char *path, progress_t *progress);
void report_destroy(report_t **self_p);

/* A reader_warning_fn; `arg` is a report_t. */
void report_take(void *arg, const reader_warning_t *warning);

/* Logs how many more there were than were logged, and writes the file to its end. 0, or -1 with
 * errno when the file is not whole. */
int report_finish(report_t *self);

/* A line for each reason: how often, what was left out, why. */
void report_print(const report_t *self, FILE *out);

#endif
