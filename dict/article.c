#include "dict/article.h"

#include <string.h>
#include <utf8proc.h>

#define LISTED_MAX 16 /* lines of headwords at the beginning of an article */

/* What converters leave of a word in an index without punctuation: letters, digits and blanks. Some take marks for
 * punctuation, so those do not count either. */
static bool s_counts(int code)
{
    if (code < 0x80)
        return code == ' ' || (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z');
    utf8proc_category_t category = utf8proc_category(code);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/* The key of a word without punctuation, unless that counts. -1 when it has none. */
static ssize_t s_key(const char *word, size_t size, bool all_characters, char *key)
{
    ssize_t length = lex_text_key(word, size, key, LEX_KEY_MAX);
    if (length <= 0 || all_characters)
        return length;
    size_t kept = 0;
    size_t offset = 0;
    for (size_t at = 0; at < (size_t)length; at = offset) {
        int code = lex_text_next(key, (size_t)length, &offset);
        if (!s_counts(code))
            continue;
        memmove(key + kept, key + at, offset - at);
        kept += offset - at;
    }
    return (ssize_t)kept;
}

/* An article that is being taken apart. */
typedef struct {
    const char *word;
    size_t word_size;
    bool final;
    bool all_characters;
    lex_entry_t *out;
} s_article_t;

static bool s_same_word(const char *one, size_t one_size, const char *other, size_t other_size,
                        bool all_characters)
{
    if (one_size == other_size && memcmp(one, other, one_size) == 0)
        return true;
    if (other_size > FORMAT_HEADWORD_MAX || one_size > FORMAT_HEADWORD_MAX)
        return false;
    char one_key[LEX_KEY_MAX];
    char other_key[LEX_KEY_MAX];
    ssize_t one_length = s_key(one, one_size, all_characters, one_key);
    ssize_t other_length = s_key(other, other_size, all_characters, other_key);
    return one_length > 0 && one_length == other_length &&
           memcmp(one_key, other_key, (size_t)one_length) == 0;
}

static size_t s_line_end(const char *text, size_t size, size_t from)
{
    const char *feed = memchr(text + from, '\n', size - from);
    return feed ? (size_t)(feed - text) : size;
}

static void s_trim(const char **text, size_t *size)
{
    while (*size > 0 && strchr(" \t\r", (*text)[*size - 1]))
        (*size)--;
    while (*size > 0 && strchr(" \t\r", (*text)[0])) {
        (*text)++;
        (*size)--;
    }
}

/* Spaces that every line with something on it begins with. */
static size_t s_indentation(const char *text, size_t size)
{
    size_t least = size;
    for (size_t at = 0; at < size;) {
        size_t end = s_line_end(text, size, at);
        size_t spaces = 0;
        while (at + spaces < end && text[at + spaces] == ' ')
            spaces++;
        if (at + spaces < end && spaces < least)
            least = spaces;
        at = end + 1;
    }
    return least;
}

/* Takes the first `indentation` bytes off each line, all of a shorter one. Returns the new size. */
static size_t s_outdent(char *text, size_t size, size_t indentation)
{
    if (indentation == 0)
        return size;
    size_t out = 0;
    for (size_t at = 0; at < size;) {
        size_t end = s_line_end(text, size, at);
        size_t drop = end - at < indentation ? end - at : indentation;
        size_t keep = end - at - drop + (end < size ? 1 : 0);
        memmove(text + out, text + at + drop, keep);
        out += keep;
        at = end + 1;
    }
    return out;
}

/* FreeDict's first lines: the word, perhaps how it is said between slashes, perhaps its class: "dve /dvie/ <num>". Takes
 * word and pronunciation into the entry; *body becomes where the rest of the line begins. False when the line is another.
 */
static bool s_take_annotated(s_article_t *self, const char *line, size_t size, size_t *body)
{
    const char *slash = memmem(line, size, " /", 2);
    const char *angle = memmem(line, size, " <", 2);
    const char *end = slash && (!angle || slash < angle) ? slash : angle;
    if (!end || *line == '(' || *line == '[' ||
        !s_same_word(self->word, self->word_size, line, (size_t)(end - line), self->all_characters))
        return false;
    const char *rest = end + 1;
    const char *stop = line + size;
    if (end == slash) {
        const char *from = slash + 2;
        const char *close = from;
        while ((close = memchr(close, '/', (size_t)(stop - close))) && close + 1 < stop &&
               close[1] != ' ')
            close++;
        if (!close || close == from || close - from > ARTICLE_PHONETIC_MAX ||
            lex_text_has_control(from, (size_t)(close - from)))
            return false;
        self->out->fields.text[LEX_PHONETIC] = (lex_span_t){from, (size_t)(close - from)};
        rest = close + 1;
    }
    while (rest < stop && strchr(" \r", *rest))
        rest++;
    if (!self->final) {
        self->out->headword = line;
        self->out->headword_size = (size_t)(end - line);
    }
    *body = (size_t)(rest - line);
    return true;
}

/* Some articles begin with all their headwords, a line each, and a blank line: the one that is ours is spelt better
 * than the index has it. The text stays as it is. */
static void s_take_listed(s_article_t *self)
{
    const char *text = self->out->text;
    size_t size = self->out->text_size;
    const char *found = NULL;
    size_t found_size = 0;
    size_t at = 0;
    for (int line = 0; line < LISTED_MAX && at < size && text[at] != '\n'; line++) {
        size_t end = s_line_end(text, size, at);
        if (!found &&
            s_same_word(self->word, self->word_size, text + at, end - at, self->all_characters)) {
            found = text + at;
            found_size = end - at;
        }
        at = end + 1;
    }
    if (!found || self->final || at >= size || text[at] != '\n')
        return;
    self->out->headword = found;
    self->out->headword_size = found_size;
    s_trim(&self->out->headword, &self->out->headword_size);
}

static size_t s_without_line_ends(const char *text, size_t size)
{
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
        size--;
    return size;
}

void article_clean(const char *word, size_t word_size, bool final, bool all_characters, char *text,
                   size_t text_size, lex_entry_t *out)
{
    s_article_t self = {word, word_size, final, all_characters, out};
    text_size = s_without_line_ends(text, text_size);
    *out = lex_entry_plain(word, word_size, text, text_size);

    const char *first = text;
    size_t first_end = s_line_end(text, text_size, 0);
    size_t first_size = first_end;
    s_trim(&first, &first_size);
    if (first_end == text_size)
        return;
    size_t body = first_end;
    if (s_same_word(word, word_size, first, first_size, all_characters)) {
        if (!final) {
            out->headword = first;
            out->headword_size = first_size;
        }
    } else if (!s_take_annotated(&self, text, first_end, &body)) {
        s_take_listed(&self);
        return;
    }
    bool below = body == first_end; /* the text has no part in the first line */
    while (below && body < text_size && text[body] == '\n')
        body++;
    out->text = text + body;
    out->text_size = text_size - body;
    if (below) {
        size_t size =
            s_outdent(text + body, out->text_size, s_indentation(text + body, out->text_size));
        out->text_size = s_without_line_ends(out->text, size); /* a last line of blanks is gone */
    }
}

const char *article_meta_line(const char *text, size_t size, size_t *line_size)
{
    for (size_t at = 0; at < size;) {
        size_t end = s_line_end(text, size, at);
        const char *line = text + at;
        size_t length = end - at;
        s_trim(&line, &length);
        bool meta = length >= 2 && memcmp(line, "00", 2) == 0;
        if (length > 0 && !meta) {
            *line_size = length;
            return line;
        }
        at = end + 1;
    }
    *line_size = 0;
    return text;
}

size_t article_from_latin1(const char *text, size_t size, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x80) {
            out[length++] = (char)c;
        } else {
            out[length++] = (char)(0xC0 | c >> 6);
            out[length++] = (char)(0x80 | (c & 0x3F));
        }
    }
    return length;
}
