/* A DICT database for dictd: X.dict.dz and X.index.
 *
 * The database says that it is UTF-8 and that its index keeps punctuation ("C" and "C++" are two words). The index has
 * headwords in lower case, sorted by their bytes, which is what dictd searches; the fourth column has a headword whose
 * lower case is another. An article is the headword, perhaps with its pronunciation between slashes, a line feed, the
 * text, a line feed; where our reader (dict/article.h) would not give that back, it is the text alone. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/text.h"
#include "dict/article.h"
#include "dict/dict_line.h"
#include "dict/dictzip_write.h"
#include "dict/exporter.h"
#include "dict/sorted_entries.h"

#define META_PREFIX "00-database-"
/* Lower case has at most three bytes for one of the original. */
#define FOLDED_MAX ((size_t)3 * LEX_WORD_MAX)

typedef struct {
    FILE *text;
    FILE *index;
    FILE *scratch;
    sorted_entries_t *entries;
    dictzip_writer_t *writer;
    text_buffer_t article;
    text_buffer_t copy; /* of it, to be read */
} s_dict_t;

static int s_fail(exporter_t *exporter)
{
    if (errno == EFBIG)
        return exporter_fail(exporter, "the texts are larger than dictzip can hold (%llu bytes)",
                             (unsigned long long)DICTZIP_TEXT_MAX);
    return exporter_fail(exporter, "cannot write: %s", strerror(errno));
}

/* The headword as the index has it: in lower case, without blanks around it. */
static size_t s_fold(const char *word, size_t size, char out[FOLDED_MAX])
{
    size_t length = 0;
    size_t offset = 0;
    int code;
    while (size > 0 && word[size - 1] == ' ')
        size--;
    while (size > 0 && *word == ' ') {
        word++;
        size--;
    }
    while ((code = lex_text_next(word, size, &offset)) >= 0 && length + 4 <= FOLDED_MAX)
        length +=
            (size_t)utf8proc_encode_char(utf8proc_tolower(code), (utf8proc_uint8_t *)out + length);
    return length;
}

/* Adds what the database says about itself, as an entry that dictd knows by its headword. */
static int s_add_meta(s_dict_t *self, const char *name, const char *text)
{
    char *word = lex_format("%s%s", META_PREFIX, name);
    char *article = text ? lex_format("     %s", text) : lex_strdup("");
    lex_entry_t entry = lex_entry_plain(word, strlen(word), article, strlen(article));
    int rc = sorted_entries_add(self->entries, word, strlen(word), &entry);
    free(article);
    free(word);
    return rc;
}

static int s_open(exporter_t *exporter)
{
    s_dict_t *self = lex_calloc(1, sizeof(*self));
    exporter->impl = self;
    self->text = output_open(exporter->output, ".dict.dz");
    self->index = self->text ? output_open(exporter->output, ".index") : NULL;
    self->scratch = self->index ? output_scratch(exporter->output) : NULL;
    self->entries = sorted_entries_new(self->scratch ? output_scratch(exporter->output) : NULL);
    if (output_error(exporter->output))
        return -1;
    self->writer = dictzip_writer_new(self->text, self->scratch);
    if (!self->writer)
        return exporter_fail(exporter, "zlib cannot be set up");
    if (s_add_meta(self, "utf8", NULL) != 0 || s_add_meta(self, "allchars", NULL) != 0 ||
        s_add_meta(self, "short", exporter->title) != 0 ||
        s_add_meta(self, "info", "Written by lexmq-dict.") != 0)
        return s_fail(exporter);
    return 0;
}

static bool s_is_meta(const lex_entry_t *entry)
{
    size_t size;
    dict_line_t line = {.word = entry->headword, .word_size = entry->headword_size};
    return dict_line_meta(&line, &size) != NULL;
}

static int s_add(exporter_t *exporter, const lex_entry_t *entry)
{
    s_dict_t *self = exporter->impl;
    char folded[FOLDED_MAX];
    size_t size = s_fold(entry->headword, entry->headword_size, folded);
    if (s_is_meta(entry)) {
        lex_warning("export: %.*s is a name that DICT keeps for itself, left out",
                    (int)entry->headword_size, entry->headword);
        return 0;
    }
    if (sorted_entries_add(self->entries, folded, size, entry) != 0)
        return s_fail(exporter);
    return 0;
}

/* The ways to write an article, the first that reads back as it was is taken. */
typedef enum { FORM_PHONETIC, FORM_HEADWORD, FORM_TEXT, FORMS } s_form_t;

static void s_compose_as(s_dict_t *self, const lex_entry_t *entry, s_form_t form)
{
    lex_span_t phonetic = entry->fields.text[LEX_PHONETIC];
    self->article.size = 0;
    if (form != FORM_TEXT)
        text_buffer_add(&self->article, entry->headword, entry->headword_size);
    if (form == FORM_PHONETIC) {
        text_buffer_add(&self->article, " /", 2);
        text_buffer_add(&self->article, phonetic.data, phonetic.size);
        text_buffer_add(&self->article, "/", 1);
    }
    if (form != FORM_TEXT)
        text_buffer_add(&self->article, "\n", 1);
    text_buffer_add(&self->article, entry->text, entry->text_size);
    text_buffer_add(&self->article, "\n", 1);
}

static bool s_equal(const char *one, size_t one_size, const char *other, size_t other_size)
{
    return one_size == other_size && (one_size == 0 || memcmp(one, other, one_size) == 0);
}

/* True when our reader would make the same of what is composed, all but the pronunciation if that is not asked for. */
static bool s_comes_back(s_dict_t *self, lex_span_t key, const lex_entry_t *entry, bool phonetics)
{
    lex_entry_t back = {0};
    bool final = !s_equal(key.data, key.size, entry->headword, entry->headword_size);
    lex_span_t word = final ? (lex_span_t){entry->headword, entry->headword_size} : key;
    lex_span_t phonetic = entry->fields.text[LEX_PHONETIC];
    self->copy.size = 0;
    text_buffer_add(&self->copy, self->article.data, self->article.size);
    article_clean(word.data, word.size, final, true, self->copy.data, self->copy.size, &back);
    lex_span_t said = back.fields.text[LEX_PHONETIC];
    return s_equal(back.headword, back.headword_size, entry->headword, entry->headword_size) &&
           s_equal(back.text, back.text_size, entry->text, entry->text_size) &&
           (!phonetics || s_equal(said.data, said.size, phonetic.data, phonetic.size));
}

static bool s_try(s_dict_t *self, lex_span_t key, const lex_entry_t *entry, bool phonetics)
{
    for (int form = phonetics ? FORM_PHONETIC : FORM_HEADWORD; form < FORMS; form++) {
        s_compose_as(self, entry, (s_form_t)form);
        if (s_comes_back(self, key, entry, phonetics))
            return true;
    }
    return false;
}

/* With the headword on top when nothing reads back, and always for what the database says about itself. */
static void s_compose(s_dict_t *self, lex_span_t key, const lex_entry_t *entry)
{
    bool phonetics = entry->fields.text[LEX_PHONETIC].size > 0;
    bool composed = !s_is_meta(entry) && ((phonetics && s_try(self, key, entry, true)) ||
                                          s_try(self, key, entry, false));
    if (!composed)
        s_compose_as(self, entry, FORM_HEADWORD);
}

static int s_write_line(s_dict_t *self, lex_span_t key, const lex_entry_t *entry, uint64_t offset)
{
    char from[DICT_NUMBER_MAX + 1];
    char size[DICT_NUMBER_MAX + 1];
    bool same =
        key.size == entry->headword_size && memcmp(key.data, entry->headword, key.size) == 0;
    dict_number_format(offset, from);
    dict_number_format(self->article.size, size);
    int rc = fprintf(self->index, "%.*s\t%s\t%s%s%.*s\n", (int)key.size, key.data, from, size,
                     same ? "" : "\t", same ? 0 : (int)entry->headword_size, entry->headword);
    return rc < 0 ? -1 : 0;
}

static int s_finish(exporter_t *exporter)
{
    s_dict_t *self = exporter->impl;
    if (sorted_entries_sort(self->entries, word_order_bytes) != 0)
        return s_fail(exporter);
    for (size_t i = 0; i < sorted_entries_count(self->entries); i++) {
        lex_span_t key;
        lex_entry_t entry;
        uint64_t offset = dictzip_writer_size(self->writer);
        if (sorted_entries_read(self->entries, i, &key, &entry) != 0)
            return s_fail(exporter);
        s_compose(self, key, &entry);
        if (dictzip_writer_add(self->writer, self->article.data, self->article.size) != 0 ||
            s_write_line(self, key, &entry, offset) != 0)
            return s_fail(exporter);
    }
    return dictzip_writer_finish(self->writer) == 0 ? 0 : s_fail(exporter);
}

static void s_close(exporter_t *exporter)
{
    s_dict_t *self = exporter->impl;
    if (!self)
        return;
    dictzip_writer_destroy(&self->writer);
    sorted_entries_destroy(&self->entries);
    if (self->scratch)
        fclose(self->scratch);
    text_buffer_free(&self->article);
    text_buffer_free(&self->copy);
    free(self);
}

const exporter_format_t exporter_dict = {
    .name = "dict",
    .endings = {".index", ".dict.dz", ".dict", ".dz"},
    .stem = true,
    .open = s_open,
    .add = s_add,
    .finish = s_finish,
    .close = s_close,
};
