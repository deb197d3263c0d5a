/* ECDICT's CSV: a line of names, then an entry a line in 13 columns, quoted as RFC 4180 has it. In columns of text \n is
 * a line feed, \r a carriage return, \\ a backslash. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dict/exporter.h"
#include "dict/text_buffer.h"

#define HEAD                                                                                       \
    "word,phonetic,definition,translation,pos,collins,oxford,tag,bnc,frq,exchange,detail,audio\n"

typedef struct {
    FILE *out;
    text_buffer_t line;
} s_ecdict_t;

static int s_open(exporter_t *exporter)
{
    s_ecdict_t *self = lex_calloc(1, sizeof(*self));
    exporter->impl = self;
    self->out = output_open(exporter->output, "");
    return self->out ? exporter_write(exporter, self->out, HEAD, strlen(HEAD)) : -1;
}

static void s_close(exporter_t *exporter)
{
    s_ecdict_t *self = exporter->impl;
    if (self)
        text_buffer_free(&self->line);
    free(self);
}

/* A byte as it stands in a column. */
static size_t s_escape(char c, bool escapes, char out[2])
{
    out[0] = c;
    if (c == '"') {
        out[1] = '"';
        return 2;
    }
    if (!escapes || (c != '\n' && c != '\r' && c != '\\'))
        return 1;
    out[0] = '\\';
    out[1] = c == '\n' ? 'n' : c == '\r' ? 'r' : '\\';
    return 2;
}

/* A column with the comma in front of it. */
static void s_put(s_ecdict_t *self, lex_span_t text, bool escapes)
{
    bool quotes = false;
    for (size_t i = 0; i < text.size && !quotes; i++)
        quotes = text.data[i] == ',' || text.data[i] == '"' ||
                 (!escapes && (text.data[i] == '\n' || text.data[i] == '\r'));
    text_buffer_reserve(&self->line, 2 * text.size + 3);
    char *at = self->line.data + self->line.size;
    if (self->line.size > 0)
        *at++ = ',';
    if (quotes)
        *at++ = '"';
    for (size_t i = 0; i < text.size; i++) {
        char escaped[2];
        size_t size = s_escape(text.data[i], escapes, escaped);
        memcpy(at, escaped, size);
        at += size;
    }
    if (quotes)
        *at++ = '"';
    self->line.size = (size_t)(at - self->line.data);
}

/* `zero`: what 0 is written as. */
static void s_put_number(s_ecdict_t *self, uint32_t number, const char *zero)
{
    char text[16];
    snprintf(text, sizeof(text), "%" PRIu32, number);
    const char *shown = number > 0 ? text : zero;
    s_put(self, (lex_span_t){shown, strlen(shown)}, false);
}

static bool s_has_han(const char *text, size_t size)
{
    size_t offset = 0;
    int code;
    while ((code = lex_text_next(text, size, &offset)) >= 0)
        if (lex_text_is_han(code))
            return true;
    return false;
}

/* A text that nobody has parted is a translation when it has Chinese in it. */
static void s_part(const lex_entry_t *entry, lex_span_t *definition, lex_span_t *translation)
{
    size_t size = entry->fields.number[LEX_TRANSLATION_BYTES];
    *definition = *translation = (lex_span_t){entry->text, 0};
    if (size == 0 || size > entry->text_size) {
        lex_span_t *all = s_has_han(entry->text, entry->text_size) ? translation : definition;
        all->size = entry->text_size;
        return;
    }
    translation->size = size;
    if (size < entry->text_size && entry->text[size] == '\n')
        size++;
    *definition = (lex_span_t){entry->text + size, entry->text_size - size};
}

static int s_add(exporter_t *exporter, const lex_entry_t *entry)
{
    s_ecdict_t *self = exporter->impl;
    const lex_fields_t *fields = &entry->fields;
    lex_span_t definition, translation;
    s_part(entry, &definition, &translation);
    self->line.size = 0;
    s_put(self, (lex_span_t){entry->headword, entry->headword_size}, true);
    s_put(self, fields->text[LEX_PHONETIC], true);
    s_put(self, definition, true);
    s_put(self, translation, true);
    s_put(self, fields->text[LEX_POS], true);
    s_put_number(self, fields->number[LEX_COLLINS], "");
    s_put_number(self, fields->number[LEX_OXFORD], "");
    s_put(self, fields->text[LEX_TAGS], true);
    s_put_number(self, fields->number[LEX_BNC_RANK], "0");
    s_put_number(self, fields->number[LEX_MODERN_RANK], "0");
    s_put(self, fields->text[LEX_FORMS], true);
    s_put(self, fields->text[LEX_DETAIL], false); /* JSON, with escapes of its own */
    s_put(self, fields->text[LEX_AUDIO], true);
    text_buffer_add(&self->line, "\n", 1);
    return exporter_write(exporter, self->out, self->line.data, self->line.size);
}

static int s_finish(exporter_t *exporter)
{
    (void)exporter;
    return 0;
}

const exporter_format_t exporter_ecdict = {
    .name = "ecdict",
    .endings = {".csv"},
    .open = s_open,
    .add = s_add,
    .finish = s_finish,
    .close = s_close,
};
