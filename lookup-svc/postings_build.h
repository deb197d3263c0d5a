/* Builds inverted lists (postings.h) in bounded memory: single-pass in-memory indexing (S. Heinz
 * and J. Zobel, "Efficient single-pass index construction for text databases", JASIST 54(8), 2003).
 * A hash table leads from each term to its growing list; when the budget is reached the lists go to
 * a temporary file in the order of their terms, and at the end these runs are merged.
 *
 * It takes at most twice the budget, because arrays grow by doubling, what the terms of one number
 * take, because a number is never parted, the list that is being merged (at most INDEX_ENTRIES_MAX
 * items of some two bytes), and POSTINGS_RUNS readers of runs. */

#ifndef POSTINGS_BUILD_H
#define POSTINGS_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POSTINGS_TERM_MAX 64u /* bytes */
#define POSTINGS_RUNS     16u /* so many are merged into one as soon as there are so many */

typedef struct postings_builder postings_builder_t;

/* Temporary files are made in the folder of the file `beside`. `budget` is in bytes, less than 2
 * GiB. Without `with_times` it does not matter how often a term is added with the same number.
 * Never NULL. */
postings_builder_t *postings_builder_new(const char *beside, size_t budget, bool with_times);
void postings_builder_destroy(postings_builder_t **self_p);

/* Adds a term of 1 to POSTINGS_TERM_MAX bytes to a number, which is never less than the one before.
 * 0, or -1 after a logged error. */
int postings_builder_add(postings_builder_t *self, const char *term, size_t size, uint32_t number);

/* Takes a term and its list; anything but 0 ends the writing. */
typedef int(postings_list_fn)(void *arg, const char *term, size_t term_size, const void *list,
                              size_t list_size);

/* Gives all terms in byte order; nothing may be added any more. 0, or -1. */
int postings_builder_finish(postings_builder_t *self, postings_list_fn *list, void *arg);

#endif
