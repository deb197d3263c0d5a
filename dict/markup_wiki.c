#include "dict/markup_wiki.h"

#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "dict/markup_layout.h"

#define LINK_MAX 512 /* bytes of a link; a longer one stays as it is */

typedef struct {
    const char *data;
    size_t size;
    size_t at;
    layout_t layout;
    unsigned hidden; /* open templates and links to files: their text goes */
} s_wiki_t;

static bool s_at(const s_wiki_t *self, const char *what)
{
    size_t size = strlen(what);
    return self->size - self->at >= size && memcmp(self->data + self->at, what, size) == 0;
}

static void s_put(s_wiki_t *self, const char *text, size_t size)
{
    if (self->hidden == 0)
        layout_text(&self->layout, LAYOUT_LINES, text, size);
}

/* The bytes from `from` to before `end` on this line, within a link's length; -1 when that is not there. */
static ssize_t s_until(const s_wiki_t *self, size_t from, const char *end)
{
    size_t left = self->size - from < LINK_MAX ? self->size - from : LINK_MAX;
    const char *feed = memchr(self->data + from, '\n', left);
    size_t line = feed ? (size_t)(feed - (self->data + from)) : left;
    const char *found = memmem(self->data + from, line, end, strlen(end));
    return found ? found - (self->data + from) : -1;
}

static bool s_links_to_a_file(const s_wiki_t *self)
{
    static const char *const spaces[] = {"[[file:", "[[image:", "[[category:", "[[media:"};
    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        size_t size = strlen(spaces[i]);
        if (self->size - self->at >= size &&
            strncasecmp(self->data + self->at, spaces[i], size) == 0)
            return true;
    }
    return false;
}

/* [[target]] or [[target|label]]. False when it is none. */
static bool s_link(s_wiki_t *self)
{
    if (self->hidden > 0 || s_links_to_a_file(self)) {
        self->hidden++;
        self->at += 2;
        return true;
    }
    size_t from = self->at + 2;
    ssize_t size = s_until(self, from, "]]");
    if (size < 0)
        return false;
    const char *bar = memrchr(self->data + from, '|', (size_t)size);
    size_t label = bar ? (size_t)(bar - self->data) + 1 : from;
    s_put(self, self->data + label, from + (size_t)size - label);
    self->at = from + (size_t)size + 2;
    return true;
}

/* [http://address label]: the label stays. False when it is none. */
static bool s_address(s_wiki_t *self)
{
    if (!s_at(self, "[http://") && !s_at(self, "[https://") && !s_at(self, "[//"))
        return false;
    ssize_t size = s_until(self, self->at, "]");
    if (size < 0)
        return false;
    const char *blank = memchr(self->data + self->at, ' ', (size_t)size);
    if (blank)
        s_put(self, blank, self->at + (size_t)size - (size_t)(blank - self->data));
    self->at += (size_t)size + 1;
    return true;
}

/* A mark inside of a line. False when there is none here. */
static bool s_inline(s_wiki_t *self)
{
    if (s_at(self, "{{")) {
        self->hidden++;
        self->at += 2;
    } else if (self->hidden > 0 && (s_at(self, "}}") || s_at(self, "]]"))) {
        self->hidden--;
        self->at += 2;
    } else if (s_at(self, "''")) {
        while (self->at < self->size && self->data[self->at] == '\'')
            self->at++;
    } else if (s_at(self, "[[")) {
        return s_link(self);
    } else if (s_at(self, "||") || s_at(self, "!!")) {
        s_put(self, " ", 1);
        self->at += 2;
    } else {
        return s_address(self);
    }
    return true;
}

/* Passes over a run of one of these characters; returns how many. */
static size_t s_run(s_wiki_t *self, const char *characters)
{
    size_t from = self->at;
    while (self->at < self->size && self->data[self->at] &&
           strchr(characters, self->data[self->at]))
        self->at++;
    return self->at - from;
}

/* Passes over a line that only shapes a table or a page, with its line feed. False when this is none. */
static bool s_pass_line(s_wiki_t *self)
{
    if (self->hidden > 0 ||
        !(s_at(self, "{|") || s_at(self, "|}") || s_at(self, "|-") || s_at(self, "----")))
        return false;
    const char *feed = memchr(self->data + self->at, '\n', self->size - self->at);
    self->at = feed ? (size_t)(feed - self->data) + 1 : self->size;
    return true;
}

/* What else a line begins with: headings, lists and cells. */
static void s_begin_line(s_wiki_t *self)
{
    if (s_at(self, "\n"))
        self->hidden = 0; /* what was never closed ends with its paragraph */
    else if (self->hidden > 0)
        return;
    else if (s_at(self, "=="))
        s_run(self, "=");
    else if (s_at(self, "*") || s_at(self, "#"))
        layout_item(&self->layout, (unsigned)s_run(self, "*#:"));
    else if (s_at(self, ":") || s_at(self, ";"))
        s_run(self, ":;");
    else if (s_at(self, "|+"))
        self->at += 2;
    else if (s_at(self, "|") || s_at(self, "!"))
        self->at++;
}

/* A run of '=', which goes at the end of a line, and else stays. */
static void s_equals(s_wiki_t *self)
{
    size_t from = self->at;
    size_t run = s_run(self, "=");
    if (self->at < self->size && self->data[self->at] != '\n')
        s_put(self, self->data + from, run);
}

/* Text up to the next byte that may be a mark; at least one byte. Marks are ASCII, so no character is cut. */
static void s_plain(s_wiki_t *self)
{
    static const char marks[] = "\n'{}[]|!=";
    size_t from = self->at++;
    while (self->at < self->size && !memchr(marks, self->data[self->at], sizeof(marks) - 1))
        self->at++;
    s_put(self, self->data + from, self->at - from);
}

bool wiki_to_text(const char *source, size_t size, text_buffer_t *out)
{
    s_wiki_t self = {.data = source, .size = size};
    bool fresh = true; /* at the beginning of a line */
    layout_open(&self.layout, out);
    while (self.at < size && !self.layout.full) {
        while (fresh && s_pass_line(&self))
            ;
        if (fresh)
            s_begin_line(&self);
        fresh = false;
        if (self.at == size || s_inline(&self))
            continue;
        if (source[self.at] == '\n') {
            fresh = true;
            layout_text(&self.layout, LAYOUT_LINES, "\n", self.hidden > 0 ? 0 : 1);
            self.at++;
        } else if (source[self.at] == '=') {
            s_equals(&self);
        } else {
            s_plain(&self);
        }
    }
    return !self.layout.full;
}
