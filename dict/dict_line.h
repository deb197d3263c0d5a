/* One line of a DICT index: headword TAB offset TAB length [TAB headword to show], numbers in
 * base 64. */

#ifndef DICT_DICT_LINE_H
#define DICT_DICT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *word; /* as it is sorted: often in lower case and without punctuation */
    size_t word_size;
    uint64_t offset; /* into the unpacked text */
    uint64_t size;
    const char *shown; /* NULL when the line has no fourth column */
    size_t shown_size;
} dict_line_t;

/* Digits A-Z a-z 0-9 + /, most significant first, no padding. false when empty, not base 64 or
 * beyond 64 bits. */
bool dict_number_parse(const char *text, size_t size, uint64_t *out);

/* The same the other way round: writes at most DICT_NUMBER_MAX digits and a NUL. */
#define DICT_NUMBER_MAX 11
void dict_number_format(uint64_t number, char out[DICT_NUMBER_MAX + 1]);

/* Cuts a line without its line end (pointers into `line`). false when it is no index line. */
bool dict_line_parse(const char *line, size_t size, dict_line_t *out);

/* The database's words about itself hide behind headwords like 00-database-short or
 * 00databaseshort. Returns what is behind the prefix ("short"), of *size bytes, or NULL for an
 * ordinary headword. */
const char *dict_line_meta(const dict_line_t *line, size_t *size);

#endif
