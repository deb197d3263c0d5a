#include "dict/markup_scan.h"

#include <string.h>
#include <strings.h>

#define CDATA "<![CDATA["

void scan_open(scan_t *self, const char *data, size_t size)
{
    *self = (scan_t){.data = data, .size = size};
}

static bool s_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool s_starts(const scan_t *self, const char *what)
{
    size_t size = strlen(what);
    return self->size - self->at >= size && memcmp(self->data + self->at, what, size) == 0;
}

/* Where a tag's '>' is, one inside of quotes not counted; `size` when there is none. */
static size_t s_tag_end(scan_t *self)
{
    size_t limit = self->size - self->at > SCAN_TAG_MAX ? self->at + SCAN_TAG_MAX : self->size;
    char quote = '\0';
    if (self->no_tag_end)
        return self->size;
    for (size_t i = self->at; i < limit; i++) {
        char c = self->data[i];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i;
    }
    const char *end = memchr(self->data + self->at, '>', self->size - self->at);
    self->no_tag_end = !end;
    return end ? (size_t)(end - self->data) : self->size;
}

/* A name begins with a letter; PowerWord's are Chinese. */
static bool s_begins_name(const scan_t *self, size_t at)
{
    unsigned char c = at < self->size ? (unsigned char)self->data[at] : 0;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static void s_take_name(const char *from, const char *end, char *name)
{
    size_t size = 0;
    for (; from < end && !s_is_blank(*from) && *from != '/' && size < SCAN_NAME_MAX; from++)
        name[size++] = *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a') : *from;
    name[size] = '\0';
}

/* Passes over <!…> or <?…>. False when it is not ended. */
static bool s_pass_declaration(scan_t *self)
{
    if (s_starts(self, "<!--")) {
        const char *from = self->data + self->at + 4;
        size_t left = self->size - self->at - 4;
        const char *end = self->no_comment_end ? NULL : memmem(from, left, "-->", 3);
        self->no_comment_end = !end;
        self->at = end ? (size_t)(end - self->data) + 3 : self->at + 4;
        return true;
    }
    size_t end = s_tag_end(self);
    if (end == self->size)
        return false;
    self->at = end + 1;
    return true;
}

static scan_type_t s_cdata(scan_t *self, scan_token_t *token)
{
    size_t from = self->at + strlen(CDATA);
    const char *end = memmem(self->data + from, self->size - from, "]]>", 3);
    size_t stop = end ? (size_t)(end - self->data) : self->size;
    token->data = self->data + from;
    token->size = stop - from;
    self->at = end ? stop + 3 : self->size;
    return SCAN_CDATA;
}

/* A tag at a '<' behind which a name begins. SCAN_END when it is not ended. */
static scan_type_t s_tag(scan_t *self, scan_token_t *token, bool close)
{
    size_t end = s_tag_end(self);
    if (end == self->size)
        return SCAN_END;
    s_take_name(self->data + self->at + (close ? 2 : 1), self->data + end, token->name);
    token->empty = self->data[end - 1] == '/';
    self->at = end + 1;
    return close ? SCAN_CLOSE : SCAN_OPEN;
}

/* Text up to the next '<' behind the first byte. */
static scan_type_t s_text(scan_t *self, scan_token_t *token)
{
    const char *from = self->data + self->at;
    const char *next = memchr(from + 1, '<', self->size - self->at - 1);
    token->data = from;
    token->size = next ? (size_t)(next - from) : self->size - self->at;
    self->at += token->size;
    return SCAN_TEXT;
}

scan_type_t scan_next(scan_t *self, scan_token_t *token)
{
    while (self->at < self->size) {
        if (self->data[self->at] != '<')
            return s_text(self, token);
        if (s_starts(self, CDATA))
            return s_cdata(self, token);
        scan_type_t type = SCAN_END;
        if (s_starts(self, "<!") || s_starts(self, "<?")) {
            if (s_pass_declaration(self))
                continue;
        } else if (s_begins_name(self, self->at + 1)) {
            type = s_tag(self, token, false);
        } else if (s_starts(self, "</") && s_begins_name(self, self->at + 2)) {
            type = s_tag(self, token, true);
        }
        return type != SCAN_END ? type : s_text(self, token);
    }
    return SCAN_END;
}

bool scan_pass(scan_t *self, const char *name)
{
    size_t length = strlen(name);
    const char *end = self->data + self->size;
    const char *at = self->data + self->at;
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        at++;
        if ((size_t)(end - at) < length + 2 || at[0] != '/' ||
            strncasecmp(at + 1, name, length) != 0)
            continue;
        char behind = at[1 + length];
        if (behind != '>' && !s_is_blank(behind))
            continue;
        const char *stop = memchr(at, '>', (size_t)(end - at));
        self->at = stop ? (size_t)(stop - self->data) + 1 : self->size;
        return true;
    }
    return false;
}
