#include "dict/markup.h"

#include <string.h>

#include "dict/headword.h"
#include "dict/markup_entities.h"
#include "dict/markup_layout.h"
#include "dict/markup_scan.h"
#include "dict/markup_tags.h"
#include "dict/markup_wiki.h"

typedef struct {
    markup_kind_t kind;
    const char *headword;
    size_t headword_size;
    scan_t scan;
    layout_t layout;
    unsigned lists;  /* open ones; never less than 0, whatever is closed */
    unsigned exacts; /* open <pre> */
    bool in_key;
    layout_t before_key; /* what to come back to when it is the headword */
    size_t key_start;
    bool never_closed[TAGS_MAX]; /* no such end tag is left in the source */
} s_markup_t;

static layout_spacing_t s_spacing(const s_markup_t *self)
{
    if (self->exacts > 0)
        return LAYOUT_EXACT;
    return self->kind == MARKUP_HTML ? LAYOUT_FLOW : LAYOUT_LINES;
}

/* PowerWord marks text as &b{bold} and so on: bytes of the mark at `text`, 0 for none. */
static size_t s_power_mark(const char *text, size_t size)
{
    bool letter = size > 2 && ((text[1] | 0x20) >= 'a' && (text[1] | 0x20) <= 'z');
    return letter && text[2] == '{' ? 3 : 0;
}

/* What the byte at `text` stands for where it is not itself: bytes taken, 0 when it is itself. */
static size_t s_special(s_markup_t *self, const char *text, size_t size, bool entities)
{
    char character[4];
    size_t length = 0;
    if (self->kind == MARKUP_POWERWORD) {
        size_t mark = *text == '}' ? 1 : s_power_mark(text, size);
        if (mark > 0)
            return mark;
    }
    size_t taken = entities && *text == '&' ? entity_decode(text, size, character, &length) : 0;
    if (taken > 0)
        layout_text(&self->layout, s_spacing(self), character, length);
    return taken;
}

static void s_text(s_markup_t *self, const char *text, size_t size, bool entities)
{
    size_t from = 0;
    for (size_t at = 0; at < size;) {
        if (text[at] != '&' && !(text[at] == '}' && self->kind == MARKUP_POWERWORD)) {
            at++;
            continue;
        }
        layout_text(&self->layout, s_spacing(self), text + from, at - from);
        size_t taken = s_special(self, text + at, size - at, entities);
        from = at + taken;
        at += taken > 0 ? taken : 1;
    }
    layout_text(&self->layout, s_spacing(self), text + from, size - from);
}

/* The end of <k>: takes back what it held if that is the headword. */
static void s_end_key(s_markup_t *self)
{
    if (!self->in_key)
        return;
    self->in_key = false;
    text_buffer_t *out = self->layout.out;
    const char *key = out->data + self->key_start;
    size_t size = out->size - self->key_start;
    while (size > 0 && (*key == '\n' || *key == ' ')) {
        key++;
        size--;
    }
    if (!headword_same(key, size, self->headword, self->headword_size))
        return;
    out->size = self->key_start;
    self->layout = self->before_key;
}

static void s_begin_key(s_markup_t *self)
{
    text_buffer_reserve(self->layout.out, 0);
    self->in_key = true;
    self->before_key = self->layout;
    self->key_start = self->layout.out->size;
}

static void s_pass(s_markup_t *self, const char *name, size_t place)
{
    if (!self->never_closed[place])
        self->never_closed[place] = !scan_pass(&self->scan, name);
}

static void s_begin(s_markup_t *self, const scan_token_t *token)
{
    size_t place = 0;
    tag_t tag = tag_find(self->kind, token->name, &place);
    if (tag == TAG_LINE)
        layout_line(&self->layout);
    else if (tag == TAG_CELL)
        layout_blank(&self->layout);
    else if (tag == TAG_ITEM)
        layout_item(&self->layout, self->lists);
    else if (tag == TAG_KEY && !token->empty && !self->in_key)
        s_begin_key(self);
    else if (tag == TAG_GONE && !token->empty)
        s_pass(self, token->name, place);
    else if (tag == TAG_BLOCK || tag == TAG_LIST || tag == TAG_EXACT)
        layout_block(&self->layout);
    if (tag == TAG_LIST && !token->empty)
        self->lists++;
    if (tag == TAG_EXACT && !token->empty)
        self->exacts++;
}

static void s_end(s_markup_t *self, const scan_token_t *token)
{
    size_t place = 0;
    tag_t tag = tag_find(self->kind, token->name, &place);
    if (tag == TAG_KEY)
        s_end_key(self);
    else if (tag == TAG_CELL)
        layout_blank(&self->layout);
    else if (tag == TAG_BLOCK || tag == TAG_LIST || tag == TAG_EXACT || tag == TAG_ITEM)
        layout_block(&self->layout);
    if (tag == TAG_LIST && self->lists > 0)
        self->lists--;
    if (tag == TAG_EXACT && self->exacts > 0)
        self->exacts--;
}

/* PowerWord begins an article with its headword. */
static void s_drop_first_line(s_markup_t *self)
{
    text_buffer_t *out = self->layout.out;
    char *text = out->data + self->layout.start;
    size_t size = out->size - self->layout.start;
    char *feed = size > 0 ? memchr(text, '\n', size) : NULL;
    if (!feed || !headword_same(text, (size_t)(feed - text), self->headword, self->headword_size))
        return;
    size_t drop = (size_t)(feed - text);
    while (drop < size && text[drop] == '\n')
        drop++;
    memmove(text, text + drop, size - drop);
    out->size -= drop;
}

static void s_run(s_markup_t *self)
{
    scan_token_t token;
    scan_type_t type;
    while (!self->layout.full && (type = scan_next(&self->scan, &token)) != SCAN_END) {
        if (type == SCAN_OPEN)
            s_begin(self, &token);
        else if (type == SCAN_CLOSE)
            s_end(self, &token);
        else
            s_text(self, token.data, token.size, type == SCAN_TEXT);
    }
    if (self->kind == MARKUP_POWERWORD)
        s_drop_first_line(self);
}

bool markup_to_text(markup_kind_t kind, const char *headword, size_t headword_size,
                    const char *source, size_t size, text_buffer_t *out)
{
    text_buffer_t untagged = {0};
    s_markup_t self = {.kind = kind, .headword = headword, .headword_size = headword_size};
    text_buffer_reserve(out, 0);
    scan_open(&self.scan, source, size);
    layout_open(&self.layout, kind == MARKUP_MEDIAWIKI ? &untagged : out);
    s_run(&self);
    bool fits = !self.layout.full;
    if (fits && kind == MARKUP_MEDIAWIKI)
        fits = wiki_to_text(untagged.data, untagged.size, out);
    text_buffer_free(&untagged);
    return fits;
}
