#include "dict/markup_layout.h"

#include <string.h>

#include "common/utf8.h"
#include "dict/format.h"

#define NO_BREAK_SPACE 0xA0
#define REPLACEMENT    "\xEF\xBF\xBD"

void layout_open(layout_t *self, text_buffer_t *out)
{
    *self = (layout_t){.out = out, .start = out->size};
}

static void s_put(layout_t *self, const char *bytes, size_t size)
{
    if (self->full || size > FORMAT_TEXT_MAX - (self->out->size - self->start)) {
        self->full = true;
        return;
    }
    text_buffer_add(self->out, bytes, size);
}

static void s_put_blanks(layout_t *self, size_t count)
{
    for (; count > 0 && !self->full; count--)
        s_put(self, " ", 1);
}

/* Writes what waits in front of a character. */
static void s_begin(layout_t *self)
{
    bool first = self->out->size == self->start;
    for (; self->breaks > 0 && !first; self->breaks--)
        s_put(self, "\n", 1);
    if (self->mark > 0) {
        s_put_blanks(self, first ? 0 : 2 * (size_t)(self->mark - 1));
        s_put(self, "- ", 2);
    } else if (!first) {
        s_put_blanks(self, self->blanks);
    }
    self->mark = 0;
    self->breaks = 0;
    self->blanks = 0;
}

static void s_blank(layout_t *self, layout_spacing_t spacing)
{
    if (spacing == LAYOUT_EXACT)
        self->blanks++;
    else
        layout_blank(self);
}

/* A character of white space. */
static void s_space(layout_t *self, layout_spacing_t spacing, int code)
{
    if (code == '\n' && spacing != LAYOUT_FLOW)
        layout_line(self);
    else if (code != '\r' || spacing == LAYOUT_FLOW)
        s_blank(self, spacing);
}

void layout_text(layout_t *self, layout_spacing_t spacing, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        int code = 0;
        size_t length = lex_utf8_decode((const unsigned char *)text + at, size - at, &code);
        if (length == 0) {
            s_begin(self);
            s_put(self, REPLACEMENT, strlen(REPLACEMENT));
            at++;
            continue;
        }
        if (code == ' ' || (code >= '\t' && code <= '\r') || code == NO_BREAK_SPACE) {
            s_space(self, spacing, code);
        } else if (code >= ' ' && !(code >= 0x7F && code < 0xA0)) {
            s_begin(self);
            s_put(self, text + at, length);
        }
        at += length;
    }
}

void layout_blank(layout_t *self)
{
    bool fresh = self->breaks > 0 || self->mark > 0 || self->out->size == self->start;
    if (!fresh && self->blanks == 0)
        self->blanks = 1;
}

void layout_block(layout_t *self)
{
    self->blanks = 0;
    if (self->breaks == 0)
        self->breaks = 1;
}

void layout_line(layout_t *self)
{
    self->blanks = 0;
    if (self->breaks < 2)
        self->breaks++;
}

void layout_item(layout_t *self, unsigned depth)
{
    layout_block(self);
    self->mark = depth < 1 ? 1 : depth > LAYOUT_DEPTH_MAX ? LAYOUT_DEPTH_MAX : depth;
}
