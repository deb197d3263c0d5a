/* Text from elsewhere, made safe to show: a terminal obeys control characters, and people believe
 * what they see. */

#ifndef TEXT_CLEAN_H
#define TEXT_CLEAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A copy in which control characters are visible (ESC as ^[, U+009B as <9B>), characters that turn
 * the writing direction or are line ends of their own are left out, and bytes that are not UTF-8
 * are U+FFFD. `lines`: newlines stay and a tab is four spaces; else both are a space. Caller owns
 * return value and must free it when done. */
char *text_clean(const char *text, bool lines);

/* Characters that turn the writing direction, or end lines without being control characters. */
bool text_is_misleading(int32_t code);

/* Prints text_clean(text, false). */
void text_print(FILE *out, const char *text);

/* Columns that clean text takes on a terminal; wide characters take two, combining ones none. */
int text_columns(const char *text);

/* How many bytes of clean text fit into so many columns, whole characters with the marks on them. */
size_t text_fit(const char *text, int columns);

#endif
