#include "client/top_lines.h"

#include <stdarg.h>
#include <string.h>

#include "client/text_clean.h"

#define LINE_MAX_BYTES 1024

void top_lines_init(top_lines_t *self, FILE *out, int rows, int columns, bool colours)
{
    *self = (top_lines_t){.out = out, .colours = colours};
    self->rows = rows > 0 ? rows : INT_MAX;
    self->width = self->columns = columns > 0 ? columns : INT_MAX;
}

static void s_write(top_lines_t *self, page_style_t style, const char *text, size_t size)
{
    static const char *const codes[] = {"", "\033[1m", "\033[2m", "\033[31m"};
    bool styled = self->colours && style != PAGE_PLAIN && size > 0;

    if (styled)
        fputs(codes[style], self->out);
    fwrite(text, 1, size, self->out);
    if (styled)
        fputs("\033[0m", self->out);
}

void top_lines_cell(top_lines_t *self, page_style_t style, const char *text, int width,
                    bool to_the_right)
{
    if (self->rows == 0)
        return;
    int room = width < self->columns ? width : self->columns;
    int columns = text_columns(text);
    size_t size = columns <= room ? strlen(text) : text_fit(text, room);
    int blanks = columns < room ? room - columns : 0;

    if (to_the_right)
        fprintf(self->out, "%*s", blanks, "");
    s_write(self, style, text, size);
    if (!to_the_right)
        fprintf(self->out, "%*s", blanks, "");
    self->columns -= room;
}

void top_lines_put(top_lines_t *self, page_style_t style, const char *text)
{
    top_lines_cell(self, style, text, text_columns(text), false);
}

void top_lines_printf(top_lines_t *self, page_style_t style, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    top_lines_put(self, style, text);
}

void top_lines_end(top_lines_t *self)
{
    if (self->rows == 0)
        return;
    putc('\n', self->out);
    self->columns = self->width;
    if (self->rows != INT_MAX)
        self->rows--;
}
