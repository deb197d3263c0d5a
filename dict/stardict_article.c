#include "dict/stardict_article.h"

#include <string.h>

#include "common/text.h"
#include "dict/article.h"
#include "dict/format.h"
#include "dict/markup.h"
#include "dict/stardict_words.h"

#define LENGTH_SIZE 4

typedef struct {
    const char *data;
    size_t size;
    size_t at;
    const char *types; /* that are still to come; NULL: the article names them */
} s_fields_t;

typedef struct {
    char type;
    const char *data;
    size_t size;
} s_field_t;

/* A field whose size is in front of it. */
static void s_sized(s_fields_t *self, bool last, s_field_t *field)
{
    size_t left = self->size - self->at;
    size_t size = left;
    if (!last) {
        size_t head = left < LENGTH_SIZE ? left : LENGTH_SIZE;
        size = head < LENGTH_SIZE
                   ? 0
                   : (size_t)stardict_number((const unsigned char *)self->data + self->at, head);
        self->at += head;
        left -= head;
    }
    field->data = self->data + self->at;
    field->size = size < left ? size : left;
    self->at += field->size;
}

/* A field with a NUL behind it. */
static void s_ended(s_fields_t *self, bool last, s_field_t *field)
{
    size_t left = self->size - self->at;
    field->data = self->data + self->at;
    const char *end = last || left == 0 ? NULL : memchr(field->data, '\0', left);
    field->size = end ? (size_t)(end - field->data) : left;
    self->at += field->size + (end ? 1 : 0);
}

static bool s_next(s_fields_t *self, s_field_t *field)
{
    if (self->at >= self->size || (self->types && *self->types == '\0'))
        return false;
    field->type = self->types ? *self->types++ : self->data[self->at++];
    bool last = self->types && *self->types == '\0';
    if (field->type >= 'A' && field->type <= 'Z')
        s_sized(self, last, field);
    else
        s_ended(self, last, field);
    return true;
}

/* A text that is too long ends up longer than FORMAT_TEXT_MAX, so that the entry is refused and not cut. */
static void s_add_markup(stardict_article_t *self, markup_kind_t kind, const s_field_t *field,
                         const lex_entry_t *entry)
{
    if (!markup_to_text(kind, entry->headword, entry->headword_size, field->data, field->size,
                        &self->text))
        text_buffer_add(&self->text, "\n", 1);
}

/* Text as it is, without the line ends behind it and the NULs that some converters put there. */
static void s_add_plain(stardict_article_t *self, const char *data, size_t size)
{
    while (size > 0 && memchr("\n\r", data[size - 1], 3))
        size--;
    text_buffer_add(&self->text, data, size);
}

static void s_add_local(stardict_article_t *self, const s_field_t *field)
{
    if (lex_text_is_utf8(field->data, field->size)) {
        s_add_plain(self, field->data, field->size);
        return;
    }
    self->converted.size = 0;
    text_buffer_reserve(&self->converted, 2 * field->size);
    s_add_plain(self, self->converted.data,
                article_from_latin1(field->data, field->size, self->converted.data));
}

/* True when it was taken for a pronunciation: a line of text that is not too long. */
static bool s_add_phonetic(stardict_article_t *self, const s_field_t *field)
{
    const char *data = field->data;
    size_t size = field->size;
    for (; size > 0 && strchr(" \t\r\n", data[size - 1]); size--)
        ;
    for (; size > 0 && strchr(" \t\r\n", *data); size--)
        data++;
    if (size + 2 > STARDICT_PHONETIC_MAX - self->phonetic.size || !lex_text_is_utf8(data, size) ||
        lex_text_has_control(data, size))
        return false;
    if (self->phonetic.size > 0 && size > 0)
        text_buffer_add(&self->phonetic, "; ", 2);
    text_buffer_add(&self->phonetic, data, size);
    return true;
}

static void s_add_text(stardict_article_t *self, const s_field_t *field, const lex_entry_t *entry)
{
    if (field->type == 'x')
        s_add_markup(self, MARKUP_XDXF, field, entry);
    else if (field->type == 'g')
        s_add_markup(self, MARKUP_PANGO, field, entry);
    else if (field->type == 'h')
        s_add_markup(self, MARKUP_HTML, field, entry);
    else if (field->type == 'k')
        s_add_markup(self, MARKUP_POWERWORD, field, entry);
    else if (field->type == 'w')
        s_add_markup(self, MARKUP_MEDIAWIKI, field, entry);
    else if (field->type == 'l')
        s_add_local(self, field);
    else if (field->type == 'm' || field->type == 'n' || field->type == 't' || field->type == 'y')
        s_add_plain(self, field->data, field->size);
}

/* Adds a field to what is there. */
static void s_add(stardict_article_t *self, const s_field_t *field, const lex_entry_t *entry)
{
    if ((field->type == 't' || field->type == 'y') && s_add_phonetic(self, field))
        return;
    size_t before = self->text.size;
    if (before > 0)
        text_buffer_add(&self->text, "\n\n", 2);
    size_t start = self->text.size;
    s_add_text(self, field, entry);
    if (self->text.size == start)
        self->text.size = before;
}

void stardict_article_read(stardict_article_t *self, const char *types, const char *data,
                           size_t size, lex_entry_t *entry)
{
    s_fields_t fields = {.data = data, .size = size, .types = *types ? types : NULL};
    s_field_t field;
    self->text.size = 0;
    self->phonetic.size = 0;
    text_buffer_reserve(&self->text, 0);
    text_buffer_reserve(&self->phonetic, 0);
    /* Beyond that the entry is refused, so what else there is need not be read. */
    while (self->text.size <= FORMAT_TEXT_MAX && s_next(&fields, &field))
        s_add(self, &field, entry);
    bool only_phonetic = self->text.size == 0;
    const text_buffer_t *text = only_phonetic ? &self->phonetic : &self->text;
    entry->text = text->data;
    entry->text_size = text->size;
    if (!only_phonetic)
        entry->fields.text[LEX_PHONETIC] = (lex_span_t){self->phonetic.data, self->phonetic.size};
}

void stardict_article_free(stardict_article_t *self)
{
    text_buffer_free(&self->text);
    text_buffer_free(&self->phonetic);
    text_buffer_free(&self->converted);
}
