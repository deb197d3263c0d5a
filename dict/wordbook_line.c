#include "dict/wordbook_line.h"

#include <string.h>

#include "common/memory.h"

static bool s_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void s_cut(const char *line, size_t size, size_t word_end, size_t text_start,
                  lex_entry_t *out)
{
    out->headword = line;
    out->headword_size = word_end;
    out->text = line + text_start;
    out->text_size = size - text_start;
}

/* True when the line is in columns: byte 16 is a space and byte 17 is not. A tab among the first 16
 * bytes means that the word was never padded, so that a space at byte 16 is one inside the
 * explanation. */
static bool s_has_columns(const char *line, size_t size)
{
    return size > WORDBOOK_COLUMNS + 1 && line[WORDBOOK_COLUMNS] == ' ' &&
           line[WORDBOOK_COLUMNS + 1] != ' ' && !memchr(line, '\t', WORDBOOK_COLUMNS);
}

void wordbook_split(const char *line, size_t size, bool marked, lex_entry_t *out)
{
    const char *tab = marked ? memchr(line, '\t', size) : NULL;
    if (tab) {
        size_t at = (size_t)(tab - line);
        s_cut(line, size, at, at + 1, out);
        return;
    }
    size_t word_end = 0;
    size_t text_start;
    if (s_has_columns(line, size)) {
        word_end = WORDBOOK_COLUMNS;
        while (word_end > 0 && s_is_blank(line[word_end - 1]))
            word_end--;
        text_start = WORDBOOK_COLUMNS + 1;
    } else {
        while (word_end < size && !s_is_blank(line[word_end]))
            word_end++;
        text_start = word_end;
    }
    while (text_start < size && s_is_blank(line[text_start]))
        text_start++;
    s_cut(line, size, word_end, text_start, out);
}

size_t wordbook_unescape(char *text, size_t size)
{
    char *out = memchr(text, '\\', size);
    if (!out)
        return size;
    for (const char *in = out, *end = text + size; in < end;) {
        char next = in + 1 < end ? in[1] : '\0';
        if (*in == '\\' && (next == 'n' || next == 'r' || next == '\\')) {
            *out++ = next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
            in += 2;
        } else {
            *out++ = *in++;
        }
    }
    return (size_t)(out - text);
}

/* Appends the text with its escapes; the buffer has room for twice its size. */
static void s_escape(wordbook_line_t *line, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '\n' || c == '\r' || c == '\\') {
            line->data[line->size++] = '\\';
            c = c == '\n' ? 'n' : c == '\r' ? 'r' : '\\';
        }
        line->data[line->size++] = c;
    }
}

static void s_put(wordbook_line_t *line, const lex_entry_t *entry, bool columns)
{
    memcpy(line->data, entry->headword, entry->headword_size);
    line->size = entry->headword_size;
    while (columns && line->size < WORDBOOK_COLUMNS)
        line->data[line->size++] = ' ';
    line->data[line->size++] = columns ? ' ' : '\t';
    s_escape(line, entry->text, entry->text_size);
}

/* True when the line is cut where it was joined. */
static bool s_comes_back(const wordbook_line_t *line, const lex_entry_t *entry)
{
    lex_entry_t back;
    wordbook_split(line->data, line->size, true, &back);
    size_t joined =
        entry->headword_size < WORDBOOK_COLUMNS ? WORDBOOK_COLUMNS : entry->headword_size;
    return back.headword_size == entry->headword_size && back.text == line->data + joined + 1;
}

void wordbook_compose(wordbook_line_t *line, const lex_entry_t *entry)
{
    size_t need = entry->headword_size + WORDBOOK_COLUMNS + 2 * entry->text_size + 2;
    if (line->capacity < need) {
        line->capacity = 2 * need;
        line->data = lex_realloc(line->data, line->capacity);
    }
    s_put(line, entry, true);
    if (!s_comes_back(line, entry))
        s_put(line, entry, false);
    line->data[line->size++] = '\n';
}
