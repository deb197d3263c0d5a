/* A StarDict dictionary: X.ifo with X.idx or X.idx.gz, X.dict or X.dict.dz and perhaps X.syn (docs/dictionaries.md). Entries
 * come in the order of the .idx; what is reported has the entry's number there, or the line of the .ifo. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "dict/format.h"
#include "dict/stardict_article.h"
#include "dict/stardict_ifo.h"
#include "dict/stardict_synonyms.h"
#include "dict/stardict_words.h"
#include "dict/store.h"

#define SIZE_BYTES 4 /* of an article's size in the .idx; its offset has as many, or eight */

typedef struct {
    char *stem; /* of the names of all files */
    char *index_path;
    char *text_path;
    stardict_ifo_t ifo;
    stardict_words_t *words;
    store_t *store;
    bool synonyms_read;
    synonyms_t *synonyms; /* NULL: none */
    uint32_t entries;     /* given or passed over */
    text_buffer_t raw;
    stardict_article_t article;
} s_stardict_t;

static char *s_stem(const char *path)
{
    static const char *const ends[] = {".ifo", ".idx", ".idx.gz", ".dict", ".dict.dz", ".syn"};
    size_t size = strlen(path);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t end = strlen(ends[i]);
        if (size > end && strcmp(path + size - end, ends[i]) == 0)
            return lex_strndup(path, size - end);
    }
    return lex_strdup(path);
}

/* The stem with the first of two ends whose file is there; with the second if none is. */
static char *s_path(const char *stem, const char *first, const char *second)
{
    char *path = lex_format("%s%s", stem, first);
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return lex_format("%s%s", stem, second);
}

static int s_read_ifo(reader_t *reader, s_stardict_t *self)
{
    char *path = lex_format("%s.ifo", self->stem);
    char *error = NULL;
    store_t *file = store_open(path, STARDICT_IFO_MAX, &error);
    int rc = 0;
    if (!file) {
        rc = reader_fail(reader, "%s", error);
    } else if (store_size(file) > STARDICT_IFO_MAX) {
        rc = reader_fail(reader, "%s: it is larger than 64 KiB", path);
    } else {
        size_t size = (size_t)store_size(file);
        text_buffer_reserve(&self->raw, size);
        const char *fault = store_read(file, 0, size, self->raw.data) == 0
                                ? stardict_ifo_parse(self->raw.data, size, &self->ifo)
                                : "it cannot be read";
        if (fault)
            rc = reader_fail(reader, "%s: %s", path, fault);
    }
    store_close(&file);
    free(error);
    free(path);
    return rc;
}

static void s_skip_synonym(void *arg, uint64_t number, const char *message)
{
    reader_skip(arg, number, message);
}

/* Reads the synonyms, where there are any, before the first entry: not while the file is being opened, when there is no
 * reader yet that could count what is passed over. */
static int s_read_synonyms(reader_t *reader, s_stardict_t *self)
{
    self->synonyms_read = true;
    char *path = lex_format("%s.syn", self->stem);
    char *error = NULL;
    if (access(path, F_OK) == 0)
        self->synonyms = synonyms_open(path, s_skip_synonym, reader, &error);
    free(path);
    int rc = error ? reader_fail(reader, "%s", error) : 0;
    free(error);
    return rc;
}

static int s_open_files(reader_t *reader, s_stardict_t *self)
{
    char *error;
    self->index_path = s_path(self->stem, ".idx", ".idx.gz");
    self->text_path = s_path(self->stem, ".dict.dz", ".dict");
    self->words =
        stardict_words_open(self->index_path, SIZE_BYTES + (self->ifo.wide_offsets ? 8 : 4));
    if (!self->words)
        return reader_fail(reader, "%s: %s", self->index_path, strerror(errno));
    self->store = store_open(self->text_path, STORE_UNPACKED_MAX, &error);
    if (!self->store) {
        reader_fail(reader, "%s", error);
        free(error);
        return -1;
    }
    return 0;
}

static int s_open(reader_t *reader, const char *path)
{
    s_stardict_t *self = lex_calloc(1, sizeof(*self));
    reader->impl = self;
    self->stem = s_stem(path);
    if (s_read_ifo(reader, self) != 0)
        return -1;
    if (*self->ifo.title)
        reader->title = lex_strdup(self->ifo.title);
    return s_open_files(reader, self);
}

static void s_close(reader_t *reader)
{
    s_stardict_t *self = reader->impl;
    if (!self)
        return;
    stardict_words_close(&self->words);
    store_close(&self->store);
    synonyms_close(&self->synonyms);
    stardict_article_free(&self->article);
    text_buffer_free(&self->raw);
    free(self->text_path);
    free(self->index_path);
    free(self->stem);
    free(self);
}

/* Reports a number of the .ifo that is not what the files say; nothing depends on it. */
static void s_check(reader_t *reader, const stardict_count_t *said, uint64_t found,
                    const char *message)
{
    if (said->line > 0 && said->value != found)
        reader_skip(reader, said->line, message);
}

/* At the end of the index: what the .ifo and the synonyms said of it. */
static void s_finish(reader_t *reader, s_stardict_t *self)
{
    if (self->synonyms)
        synonyms_finish(self->synonyms, self->entries);
    s_check(reader, &self->ifo.words, self->entries, "the .ifo's wordcount is not the index's");
    s_check(reader, &self->ifo.index_size, stardict_words_given(self->words),
            "the .ifo's idxfilesize is not the index's");
    s_check(reader, &self->ifo.synonyms, self->synonyms ? synonyms_count(self->synonyms) : 0,
            "the .ifo's synwordcount is not the synonyms'");
    self->ifo.words.line = self->ifo.index_size.line = self->ifo.synonyms.line = 0;
}

/* Why an article cannot be read, or NULL. */
static const char *s_range_fault(const s_stardict_t *self, uint64_t offset, uint64_t size)
{
    uint64_t total = store_size(self->store);
    if (offset > total || size > total - offset)
        return "the entry lies outside of the text file";
    if (size > FORMAT_TEXT_MAX)
        return "the text is longer than 8 MiB";
    return NULL;
}

/* Reads the article of a word and makes the entry. 0, or -1 when the text file cannot be read. */
static int s_read_entry(s_stardict_t *self, uint64_t offset, size_t size, lex_entry_t *entry)
{
    self->raw.size = 0;
    text_buffer_reserve(&self->raw, size + 1);
    if (store_read(self->store, offset, size, self->raw.data) != 0)
        return -1;
    stardict_article_read(&self->article, self->ifo.types, self->raw.data, size, entry);
    if (self->synonyms)
        entry->fields.text[LEX_ALIASES] =
            synonyms_of(self->synonyms, self->entries - 1, entry->headword, entry->headword_size);
    return 0;
}

static int s_next(reader_t *reader, lex_entry_t *entry)
{
    s_stardict_t *self = reader->impl;
    const unsigned char *numbers;
    size_t offset_bytes = self->ifo.wide_offsets ? 8 : 4;
    int rc;
    if (!self->synonyms_read && s_read_synonyms(reader, self) != 0)
        return -1;
    while ((rc = stardict_words_next(self->words, &entry->headword, &entry->headword_size,
                                     &numbers)) == 1) {
        uint64_t offset = stardict_number(numbers, offset_bytes);
        uint64_t size = stardict_number(numbers + offset_bytes, SIZE_BYTES);
        if (self->entries == UINT32_MAX)
            return reader_fail(reader, "%s: it has too many words", self->index_path);
        reader->line = ++self->entries;
        const char *fault = s_range_fault(self, offset, size);
        if (fault)
            reader_skip(reader, reader->line, fault);
        else if (s_read_entry(self, offset, (size_t)size, entry) != 0)
            return reader_fail(reader, "%s: cannot be read on", self->text_path);
        else
            return 1;
    }
    if (rc < 0)
        reader_skip(reader, (uint64_t)self->entries + 1, stardict_words_error(self->words));
    s_finish(reader, self);
    return 0;
}

static void s_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    const s_stardict_t *self = reader->impl;
    stardict_words_position(self->words, done, total);
}

static bool s_claims_name(const char *path)
{
    return format_ends_with(path, ".ifo") || format_ends_with(path, ".idx") ||
           format_ends_with(path, ".idx.gz") || format_ends_with(path, ".syn");
}

const format_t format_stardict = {
    .name = "stardict",
    .claims_name = s_claims_name,
    .open = s_open,
    .next = s_next,
    .position = s_position,
    .close = s_close,
};
