/* What the DICT and StarDict exporters write of any entries reads back as the same.
 *
 * An input is entries, parted by separators: a line each of headword, pronunciation and alias, then the
 * text. */

#include "tests/fuzz/fuzz_reader.h"

#include "dict/exporter.h"

#define ENTRIES_MAX 16

typedef struct {
    lex_entry_t entries[ENTRIES_MAX];
    char aliases[ENTRIES_MAX][256];
    bool found[ENTRIES_MAX];
    size_t count;
} s_entries_t;

static lex_span_t s_line(const uint8_t **data, size_t *size)
{
    const char *line = (const char *)*data;
    const char *feed = *size > 0 ? memchr(line, '\n', *size) : NULL;
    size_t length = feed ? (size_t)(feed - line) : *size;
    *data += length + (feed ? 1 : 0);
    *size -= length + (feed ? 1 : 0);
    return (lex_span_t){line, length};
}

static bool s_is_word(const char *word, size_t size)
{
    return size > 0 && size <= 200 && memchr("\t ", word[0], 2) == NULL &&
           memchr("\t ", word[size - 1], 2) == NULL && lex_text_is_utf8(word, size) &&
           !lex_text_has_control(word, size);
}

/* An entry as a database can have it, and as the formats can carry it: no white space behind the text, no NUL in it. */
static bool s_parse(const uint8_t *data, size_t size, lex_entry_t *entry, char aliases[256])
{
    lex_span_t word = s_line(&data, &size);
    lex_span_t phonetic = s_line(&data, &size);
    lex_span_t alias = s_line(&data, &size);
    const char *text = (const char *)data;
    *entry = lex_entry_plain(word.data, word.size, text, size);
    if (!s_is_word(word.data, word.size) || memmem(word.data, word.size, "00", 2) == word.data)
        return false;
    if (size == 0 || (text[size - 1] >= 0 && text[size - 1] <= ' ') || memchr(text, '\0', size) ||
        !lex_text_is_utf8(text, size))
        return false;
    if (s_is_word(phonetic.data, phonetic.size))
        entry->fields.text[LEX_PHONETIC] = phonetic;
    if (s_is_word(alias.data, alias.size) && !memchr(alias.data, '/', alias.size)) {
        memcpy(aliases, alias.data, alias.size);
        entry->fields.text[LEX_ALIASES] = (lex_span_t){aliases, alias.size};
    }
    return true;
}

static bool s_equal(lex_span_t one, lex_span_t other)
{
    return one.size == other.size && (one.size == 0 || memcmp(one.data, other.data, one.size) == 0);
}

/* The same but for the blanks that lines begin with. */
static bool s_equal_outdented(lex_span_t one, lex_span_t other)
{
    while (one.size > 0 && other.size > 0) {
        lex_span_t *const texts[] = {&one, &other};
        lex_span_t lines[2];
        for (int i = 0; i < 2; i++) {
            const uint8_t *data = (const uint8_t *)texts[i]->data;
            lines[i] = s_line(&data, &texts[i]->size);
            texts[i]->data = (const char *)data;
            for (; lines[i].size > 0 && *lines[i].data == ' '; lines[i].size--)
                lines[i].data++;
        }
        if (!s_equal(lines[0], lines[1]))
            return false;
    }
    return one.size == 0 && other.size == 0;
}

/* Where every line is indented and the first is the headword again, DICT cannot carry the indentation. */
static bool s_is_same_text(lex_span_t one, lex_span_t back, bool star)
{
    return s_equal(one, back) ||
           (!star && one.size > 0 && *one.data == ' ' && s_equal_outdented(one, back));
}

/* DICT has no aliases, and a pronunciation only where its reader can tell it from the text. An alias that is the headword
 * is none. */
static bool s_is_same(const lex_entry_t *one, const lex_entry_t *back, bool star)
{
    lex_span_t headword = {one->headword, one->headword_size};
    lex_span_t alias = one->fields.text[LEX_ALIASES];
    if (s_equal(alias, headword))
        alias.size = 0;
    return s_equal(headword, (lex_span_t){back->headword, back->headword_size}) &&
           s_is_same_text((lex_span_t){one->text, one->text_size},
                          (lex_span_t){back->text, back->text_size}, star) &&
           (!star || s_equal(one->fields.text[LEX_PHONETIC], back->fields.text[LEX_PHONETIC])) &&
           (!star || s_equal(alias, back->fields.text[LEX_ALIASES]));
}

static void s_take(s_entries_t *self, const lex_entry_t *back, bool star)
{
    for (size_t i = 0; i < self->count; i++) {
        if (!self->found[i] && s_is_same(&self->entries[i], back, star)) {
            self->found[i] = true;
            return;
        }
    }
    FUZZ_CHECK(!"an entry came back as another");
}

static void s_read_back(s_entries_t *self, const format_t *format, const char *path, bool star)
{
    char *error;
    lex_entry_t entry;
    reader_t *reader = reader_open(format, path, NULL, NULL, &error);
    FUZZ_CHECK(reader);
    memset(self->found, 0, sizeof self->found);
    size_t count = 0;
    for (; reader_next(reader, &entry) == 1; count++) {
        fuzz_check_entry(&entry);
        s_take(self, &entry, star);
    }
    FUZZ_CHECK(count == self->count && reader_skipped(reader) == 0);
    reader_close(&reader);
}

static void s_export(s_entries_t *self, const exporter_format_t *format, const char *stem)
{
    char *error;
    exporter_t *exporter = exporter_open(format, stem, "Title", &error);
    FUZZ_CHECK(exporter);
    for (size_t i = 0; i < self->count; i++)
        FUZZ_CHECK(exporter_add(exporter, &self->entries[i]) == 0);
    FUZZ_CHECK(exporter_commit(exporter) == 0);
    exporter_close(&exporter);
}

/* The files that an exporter makes go with the others. */
static const char *s_names(fuzz_files_t *files, const char *const *names)
{
    size_t first = files->count;
    for (; *names; names++)
        fuzz_files_add(files, *names, "", 0);
    return files->paths[first];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const dict[] = {"d.index", "d.dict.dz", NULL};
    static const char *const star[] = {"s.ifo", "s.idx", "s.dict.dz", "s.syn", NULL};
    s_entries_t *self = calloc(1, sizeof *self);
    fuzz_files_t files;
    while (size > 0 && self->count < ENTRIES_MAX) {
        size_t part_size;
        const uint8_t *part = fuzz_part(&data, &size, &part_size);
        if (s_parse(part, part_size, &self->entries[self->count], self->aliases[self->count]))
            self->count++;
    }
    fuzz_files_open(&files);
    const char *path = s_names(&files, dict);
    s_export(self, &exporter_dict, path);
    s_read_back(self, &format_dict, path, false);
    path = s_names(&files, star);
    s_export(self, &exporter_stardict, path);
    s_read_back(self, &format_stardict, path, true);
    fuzz_files_close(&files);
    free(self);
    return 0;
}
