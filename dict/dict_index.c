/* A DICT database: X.index with X.dict or X.dict.dz (docs/dictionaries.md). Entries come in the
 * index's order. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "dict/article.h"
#include "dict/dict_line.h"
#include "dict/format.h"
#include "dict/lines.h"
#include "dict/store.h"

#define DICT_INDEX_LINE_MAX ((size_t)16 << 10)
#define DICT_META_MAX       4096 /* bytes of a meta article that are looked at */

typedef struct {
    char *index_path;
    char *text_path;
    lines_t *lines;
    store_t *store;
    bool utf8;           /* 00-database-utf8 */
    bool all_characters; /* 00-database-allchars */
    char *text;          /* the article, then the article as UTF-8 */
    size_t capacity;
    char *converted;
    size_t converted_capacity;
    char word[2 * DICT_INDEX_LINE_MAX];
} s_dict_t;

/* The two files of a database, from the name of either. */
static void s_find_files(s_dict_t *self, const char *path)
{
    static const char *const ends[] = {".index", ".dict.dz", ".dict", ".dz"};
    size_t stem = strlen(path);
    bool index_given = true;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t size = strlen(ends[i]);
        if (stem >= size && strcmp(path + stem - size, ends[i]) == 0) {
            stem -= size;
            index_given = i == 0;
            break;
        }
    }
    self->index_path = lex_format("%.*s.index", (int)stem, path);
    self->text_path = index_given ? lex_format("%.*s.dict.dz", (int)stem, path) : lex_strdup(path);
    if (index_given && access(self->text_path, F_OK) != 0) {
        free(self->text_path);
        self->text_path = lex_format("%.*s.dict", (int)stem, path);
    }
}

/* Takes over what the database calls itself. */
static void s_read_title(reader_t *reader, s_dict_t *self, const dict_line_t *line)
{
    char text[DICT_META_MAX];
    char utf8[2 * DICT_META_MAX];
    size_t size = line->size < sizeof(text) ? (size_t)line->size : sizeof(text);
    if (reader->title || store_read(self->store, line->offset, size, text) != 0)
        return;
    size_t title_size;
    const char *title = article_meta_line(text, size, &title_size);
    if (!lex_text_is_utf8(title, title_size)) {
        title_size = article_from_latin1(title, title_size, utf8);
        title = utf8;
    }
    while (title_size > FORMAT_TITLE_MAX ||
           (title_size > 0 && !lex_text_is_utf8(title, title_size)))
        title_size--;
    if (title_size > 0 && !lex_text_has_control(title, title_size))
        reader->title = lex_strndup(title, title_size);
}

static bool s_meta_is(const char *meta, size_t size, const char *name)
{
    return size == strlen(name) && memcmp(meta, name, size) == 0;
}

/* Goes through the index once for the database's words about itself: they hold for all entries, and
 * may stand anywhere. */
static int s_read_meta(reader_t *reader, s_dict_t *self)
{
    lines_t *lines = lines_open(self->index_path, DICT_INDEX_LINE_MAX);
    if (!lines)
        return reader_fail(reader, "%s: %s", self->index_path, strerror(errno));
    char *text;
    size_t size;
    lines_status_t status;
    while ((status = lines_next(lines, &text, &size)) > 0) {
        dict_line_t line;
        size_t meta_size;
        if (status != LINES_LINE || !dict_line_parse(text, size, &line))
            continue;
        const char *meta = dict_line_meta(&line, &meta_size);
        if (!meta)
            continue;
        if (s_meta_is(meta, meta_size, "utf8"))
            self->utf8 = true;
        else if (s_meta_is(meta, meta_size, "allchars"))
            self->all_characters = true;
        else if (s_meta_is(meta, meta_size, "short"))
            s_read_title(reader, self, &line);
    }
    lines_close(&lines);
    if (status == LINES_ERROR)
        return reader_fail(reader, "%s: %s", self->index_path, strerror(errno));
    return 0;
}

static int s_open(reader_t *reader, const char *path)
{
    s_dict_t *self = lex_calloc(1, sizeof(*self));
    reader->impl = self;
    s_find_files(self, path);
    char *error;
    self->store = store_open(self->text_path, STORE_UNPACKED_MAX, &error);
    if (!self->store) {
        reader_fail(reader, "%s", error);
        free(error);
        return -1;
    }
    if (s_read_meta(reader, self) != 0)
        return -1;
    self->lines = lines_open(self->index_path, DICT_INDEX_LINE_MAX);
    if (!self->lines)
        return reader_fail(reader, "%s: %s", self->index_path, strerror(errno));
    return 0;
}

static void s_close(reader_t *reader)
{
    s_dict_t *self = reader->impl;
    if (!self)
        return;
    lines_close(&self->lines);
    store_close(&self->store);
    free(self->index_path);
    free(self->text_path);
    free(self->text);
    free(self->converted);
    free(self);
}

/* Why a line gives no entry, or NULL. */
static const char *s_line_fault(const s_dict_t *self, const dict_line_t *line)
{
    uint64_t total = store_size(self->store);
    if (line->offset > total || line->size > total - line->offset)
        return "the entry lies outside of the text file";
    if (line->size > FORMAT_TEXT_MAX)
        return "the text is longer than 8 MiB";
    return NULL;
}

static void s_reserve(char **buffer, size_t *capacity, size_t size)
{
    if (*capacity >= size)
        return;
    *capacity = size < 4096 ? 8192 : 2 * size;
    *buffer = lex_realloc(*buffer, *capacity);
}

/* Reads a line's article and makes the entry. 0, or -1 when the text file cannot be read. */
static int s_read_entry(s_dict_t *self, const dict_line_t *line, lex_entry_t *entry)
{
    size_t size = (size_t)line->size;
    s_reserve(&self->text, &self->capacity, size + 1);
    if (store_read(self->store, line->offset, size, self->text) != 0)
        return -1;
    char *text = self->text;
    bool final = line->shown && line->shown_size > 0;
    const char *word = final ? line->shown : line->word;
    size_t word_size = final ? line->shown_size : line->word_size;
    if (!self->utf8 && !lex_text_is_utf8(text, size)) {
        s_reserve(&self->converted, &self->converted_capacity, 2 * size);
        size = article_from_latin1(text, size, self->converted);
        text = self->converted;
    }
    if (!self->utf8 && !lex_text_is_utf8(word, word_size)) {
        word_size = article_from_latin1(word, word_size, self->word);
        word = self->word;
    }
    article_clean(word, word_size, final, self->all_characters, text, size, entry);
    return 0;
}

static int s_next(reader_t *reader, lex_entry_t *entry)
{
    s_dict_t *self = reader->impl;
    char *text;
    size_t size;
    lines_status_t status;
    while ((status = lines_next(self->lines, &text, &size)) > 0) {
        dict_line_t line;
        size_t meta_size;
        reader->line = lines_number(self->lines);
        if (status == LINES_TOO_LONG) {
            reader_skip(reader, reader->line, "the line is longer than 16 KiB");
            continue;
        }
        if (size > 0 && text[size - 1] == '\r')
            size--;
        if (size == 0)
            continue;
        const char *fault = "not a line of a DICT index";
        if (dict_line_parse(text, size, &line)) {
            if (dict_line_meta(&line, &meta_size))
                continue;
            fault = s_line_fault(self, &line);
        }
        if (fault)
            reader_skip(reader, reader->line, fault);
        else if (s_read_entry(self, &line, entry) != 0)
            return reader_fail(reader, "%s: cannot be read on", self->text_path);
        else
            return 1;
    }
    if (status == LINES_ERROR)
        return reader_fail(reader, "%s: %s", self->index_path, strerror(errno));
    return 0;
}

static void s_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    const s_dict_t *self = reader->impl;
    lines_position(self->lines, done, total);
}

static bool s_claims_name(const char *path)
{
    return format_ends_with(path, ".index") || format_ends_with(path, ".dict") ||
           format_ends_with(path, ".dz");
}

const format_t format_dict = {
    .name = "dict",
    .claims_name = s_claims_name,
    .open = s_open,
    .next = s_next,
    .position = s_position,
    .close = s_close,
};
