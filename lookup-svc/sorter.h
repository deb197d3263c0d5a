/* Sorts records, which are strings of bytes, by memcmp, a shorter one first where both agree.
 *
 * Memory is bounded whatever is sorted: when the records reach the budget they are sorted and go to
 * a temporary file as a run, and the runs are merged at the end (D. Knuth, "The Art of Computer
 * Programming", volume 3, section 5.4). It takes at most twice the budget, because arrays grow by
 * doubling, and SORTER_RUNS readers of runs. */

#ifndef SORTER_H
#define SORTER_H

#include <stddef.h>

#define SORTER_RECORD_MAX 4096u /* bytes: an entry's key, a number and some fields */
#define SORTER_RUNS       16u   /* so many are merged into one as soon as there are so many */

typedef struct sorter sorter_t;

/* Temporary files are made in the folder of the file `beside`. `budget` is in bytes, less than 2
 * GiB. Never NULL. */
sorter_t *sorter_new(const char *beside, size_t budget);
void sorter_destroy(sorter_t **self_p);

/* Adds a record of 1 to SORTER_RECORD_MAX bytes. 0, or -1 after a logged error. */
int sorter_add(sorter_t *self, const void *record, size_t size);

/* Ends the adding and starts the reading. 0, or -1 after a logged error. */
int sorter_sort(sorter_t *self);

/* The next record in order, valid until the next call. 1, 0 at the end, -1 after a logged error. */
int sorter_next(sorter_t *self, const void **record, size_t *size);

#endif
