/* A StarDict dictionary, version 2.4.2: X.dict.dz, X.idx, X.syn where entries have aliases, and last X.ifo, without which
 * there is no dictionary. Articles are text (sametypesequence=m), or pronunciation and text (tm) where any entry has one;
 * entries with the same article share it. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dict/dictzip_write.h"
#include "dict/exporter.h"
#include "dict/sorted_entries.h"
#include "dict/stardict_article.h"
#include "dict/text_places.h"

typedef struct {
    FILE *text;
    FILE *index;
    FILE *scratch;
    sorted_entries_t *entries;
    dictzip_writer_t *writer;
    text_places_t *places;
    text_buffer_t article;
    word_list_t synonyms;
    bool phonetics;
    uint64_t index_size;
} s_stardict_t;

static int s_fail(exporter_t *exporter)
{
    if (errno == EFBIG)
        return exporter_fail(exporter, "the texts are larger than dictzip can hold (%llu bytes)",
                             (unsigned long long)DICTZIP_TEXT_MAX);
    return exporter_fail(exporter, "cannot write: %s", strerror(errno));
}

static int s_open(exporter_t *exporter)
{
    s_stardict_t *self = lex_calloc(1, sizeof(*self));
    exporter->impl = self;
    self->text = output_open(exporter->output, ".dict.dz");
    self->index = self->text ? output_open(exporter->output, ".idx") : NULL;
    self->scratch = self->index ? output_scratch(exporter->output) : NULL;
    self->entries = sorted_entries_new(self->scratch ? output_scratch(exporter->output) : NULL);
    self->places = text_places_new();
    if (output_error(exporter->output))
        return -1;
    self->writer = dictzip_writer_new(self->text, self->scratch);
    return self->writer ? 0 : exporter_fail(exporter, "zlib cannot be set up");
}

/* True when a pronunciation comes back as it is (dict/stardict_article.c): nothing in it that would end the field. */
static bool s_is_phonetic(lex_span_t text)
{
    return text.size > 0 && text.size <= STARDICT_PHONETIC_MAX - 2 &&
           !lex_text_has_control(text.data, text.size);
}

static int s_add(exporter_t *exporter, const lex_entry_t *entry)
{
    s_stardict_t *self = exporter->impl;
    lex_entry_t kept = *entry;
    if (s_is_phonetic(entry->fields.text[LEX_PHONETIC]))
        self->phonetics = true;
    else
        kept.fields.text[LEX_PHONETIC] = (lex_span_t){NULL, 0};
    if (sorted_entries_add(self->entries, entry->headword, entry->headword_size, &kept) != 0)
        return s_fail(exporter);
    return 0;
}

/* Writes a word of an index with the numbers behind it, most significant byte first. */
static int s_write_word(FILE *out, lex_span_t word, const uint32_t *numbers, size_t count,
                        uint64_t *size)
{
    unsigned char data[LEX_WORD_MAX + 1 + 8];
    unsigned char *at = data;
    if (word.size > LEX_WORD_MAX) {
        errno = EINVAL;
        return -1;
    }
    memcpy(at, word.data, word.size);
    at += word.size;
    *at++ = '\0';
    for (size_t i = 0; i < count; i++) {
        for (int shift = 24; shift >= 0; shift -= 8)
            *at++ = (unsigned char)(numbers[i] >> shift);
    }
    *size += (uint64_t)(at - data);
    return fwrite(data, 1, (size_t)(at - data), out) == (size_t)(at - data) ? 0 : -1;
}

static void s_compose(s_stardict_t *self, const lex_entry_t *entry)
{
    self->article.size = 0;
    if (self->phonetics) {
        lex_span_t phonetic = entry->fields.text[LEX_PHONETIC];
        text_buffer_add(&self->article, phonetic.data, phonetic.size);
        text_buffer_add(&self->article, "", 1);
    }
    text_buffer_add(&self->article, entry->text, entry->text_size);
}

/* Writes one entry, number `item` of the index. 0, or -1 with errno. */
static int s_write_entry(s_stardict_t *self, size_t item)
{
    lex_entry_t entry;
    lex_span_t alias;
    size_t at = 0;
    uint64_t offset = dictzip_writer_size(self->writer);
    if (sorted_entries_read(self->entries, item, NULL, &entry) != 0)
        return -1;
    s_compose(self, &entry);
    if (!text_places_know(self->places, self->article.data, self->article.size, &offset) &&
        dictzip_writer_add(self->writer, self->article.data, self->article.size) != 0)
        return -1;
    while (lex_span_next(entry.fields.text[LEX_ALIASES], '\n', &at, &alias)) {
        if (alias.size <= LEX_WORD_MAX)
            word_list_add(&self->synonyms, alias.data, alias.size, (uint32_t)item);
    }
    uint32_t numbers[] = {(uint32_t)offset, (uint32_t)self->article.size};
    return s_write_word(self->index, (lex_span_t){entry.headword, entry.headword_size}, numbers, 2,
                        &self->index_size);
}

static int s_write_synonyms(exporter_t *exporter, s_stardict_t *self)
{
    uint64_t size = 0;
    if (self->synonyms.count == 0) {
        output_retire(exporter->output, ".syn");
        return 0;
    }
    FILE *out = output_open(exporter->output, ".syn");
    if (!out)
        return -1;
    word_list_sort(&self->synonyms, word_order_stardict);
    for (size_t i = 0; i < self->synonyms.count; i++) {
        if (s_write_word(out, word_list_word(&self->synonyms, i), &self->synonyms.items[i].number,
                         1, &size) != 0)
            return s_fail(exporter);
    }
    return 0;
}

static int s_write_ifo(exporter_t *exporter, const s_stardict_t *self)
{
    FILE *out = output_open(exporter->output, ".ifo");
    if (!out)
        return -1;
    fprintf(out, "StarDict's dict ifo file\nversion=2.4.2\nbookname=%s\nwordcount=%zu\n",
            exporter->title, sorted_entries_count(self->entries));
    if (self->synonyms.count > 0)
        fprintf(out, "synwordcount=%zu\n", self->synonyms.count);
    fprintf(out, "idxfilesize=%" PRIu64 "\nsametypesequence=%s\n", self->index_size,
            self->phonetics ? "tm" : "m");
    return ferror(out) ? s_fail(exporter) : 0;
}

static int s_finish(exporter_t *exporter)
{
    s_stardict_t *self = exporter->impl;
    if (sorted_entries_sort(self->entries, word_order_stardict) != 0)
        return s_fail(exporter);
    for (size_t i = 0; i < sorted_entries_count(self->entries); i++) {
        if (s_write_entry(self, i) != 0)
            return s_fail(exporter);
    }
    if (dictzip_writer_finish(self->writer) != 0)
        return s_fail(exporter);
    if (s_write_synonyms(exporter, self) != 0)
        return -1;
    return s_write_ifo(exporter, self);
}

static void s_close(exporter_t *exporter)
{
    s_stardict_t *self = exporter->impl;
    if (!self)
        return;
    dictzip_writer_destroy(&self->writer);
    text_places_destroy(&self->places);
    sorted_entries_destroy(&self->entries);
    if (self->scratch)
        fclose(self->scratch);
    word_list_free(&self->synonyms);
    text_buffer_free(&self->article);
    free(self);
}

const exporter_format_t exporter_stardict = {
    .name = "stardict",
    .endings = {".ifo", ".idx", ".idx.gz", ".syn"},
    .stem = true,
    .open = s_open,
    .add = s_add,
    .finish = s_finish,
    .close = s_close,
};
