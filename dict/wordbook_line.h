/* One line of a word book: how it is cut, and how it is written. docs/dictionaries.md is the
 * contract.
 *
 * A plain book has "word, padded to 16 columns, one space, explanation" and nothing else. A marked
 * book, whose first line is WORDBOOK_MARK, adds what `lexmq-dict export` needs to write any text: a
 * line with a tab is cut at its first tab, and in explanations \n, \r and \\ mean a newline, a
 * carriage return and a backslash. */

#ifndef DICT_WORDBOOK_LINE_H
#define DICT_WORDBOOK_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "dict/format.h"

#define WORDBOOK_MARK     "# lexmq word book 1"
#define WORDBOOK_COLUMNS  16
#define WORDBOOK_LINE_MAX ((size_t)1 << 20)
/* A marked book holds whatever we export: every byte of a text may be escaped. */
#define WORDBOOK_MARKED_LINE_MAX (2 * FORMAT_TEXT_MAX + 2 * FORMAT_HEADWORD_MAX)

/* Cuts a line without its line end into headword and text (pointers into `line`), as written:
 * nothing is unescaped. Either may come out empty when the line lacks it. */
void wordbook_split(const char *line, size_t size, bool marked, lex_entry_t *out);

/* Resolves the escapes of a marked book in place; returns the new size. Other backslashes stay as
 * they are. */
size_t wordbook_unescape(char *text, size_t size);

/* A line of a marked book, with its line feed. */
typedef struct {
    char *data;
    size_t size;
    size_t capacity;
} wordbook_line_t;

/* Writes the entry so that splitting and unescaping give it back, in columns where that is
 * possible. `line` starts zeroed and is reused; its data is the caller's to free. */
void wordbook_compose(wordbook_line_t *line, const lex_entry_t *entry);

#endif
