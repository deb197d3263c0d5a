/* Text wrapped to a width in columns, counting wide and combining characters right. */

#ifndef WRAP_H
#define WRAP_H

#include <stdio.h>

/* Prints text, cleaned (text_clean.h), with every line indented by `indent` columns; width 0: only that.
 *
 * What goes over stands under the line's own indentation. Dictionaries often come wrapped for a width of their own, the
 * lines that go on being indented deeper than the first: where one of these does not fit they are joined and wrapped anew. */
void wrap_text(FILE *out, const char *text, int width, int indent);

#endif
