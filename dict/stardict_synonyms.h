/* The synonyms of a StarDict dictionary (.syn), by the entry they stand for.
 *
 * The file is sorted by synonym, entries come by their number, so all of it is held in memory: the words and, for each,
 * where it is and which entry it belongs to. */

#ifndef DICT_STARDICT_SYNONYMS_H
#define DICT_STARDICT_SYNONYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/entry.h"

#define SYNONYMS_BYTES_MAX ((size_t)512 << 20) /* of words; what is beyond is passed over */
#define SYNONYMS_MAX       ((size_t)32 << 20)  /* words */
#define SYNONYMS_OF_ENTRY  64                  /* more than these of one entry are passed over */

/* Told of each synonym that is passed over, by its number in the file (from 1). */
typedef void(synonyms_fault_fn)(void *arg, uint64_t number, const char *message);

typedef struct synonyms synonyms_t;

/* NULL and why in *error (the caller's to free) when the file cannot be opened. One that breaks off is reported and
 * gives what it has. */
synonyms_t *synonyms_open(const char *path, synonyms_fault_fn *fault, void *arg, char **error);
void synonyms_close(synonyms_t **self_p);

/* How many words the file has. */
uint64_t synonyms_count(const synonyms_t *self);

/* The synonyms of an entry, a line each, for LEX_ALIASES: without the headword and without doubles, at most
 * SYNONYMS_OF_ENTRY of them and LEX_FIELD_MAX bytes. Entries are asked for in rising order. Valid until the next call.
 */
lex_span_t synonyms_of(synonyms_t *self, uint32_t entry, const char *headword, size_t size);

/* Reports those of entries from `entries` on, which there are none of. */
void synonyms_finish(synonyms_t *self, uint32_t entries);

#endif
