#include "dict/article.h"

#include <ctype.h>
#include <string.h>

/* The key of a word without ASCII punctuation, unless that counts. -1 when it has none. */
static ssize_t s_key(const char *word, size_t size, bool all_characters, char *key)
{
    ssize_t length = lex_text_key(word, size, key, LEX_KEY_MAX);
    if (length <= 0 || all_characters)
        return length;
    ssize_t kept = 0;
    for (ssize_t i = 0; i < length; i++) {
        if (!ispunct((unsigned char)key[i]) || (unsigned char)key[i] >= 0x80)
            key[kept++] = key[i];
    }
    return kept;
}

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

void article_clean(const char *word, size_t word_size, bool final, bool all_characters, char *text,
                   size_t text_size, lex_entry_t *out)
{
    while (text_size > 0 && (text[text_size - 1] == '\n' || text[text_size - 1] == '\r'))
        text_size--;
    *out = (lex_entry_t){
        .headword = word, .headword_size = word_size, .text = text, .text_size = text_size};

    const char *first = text;
    size_t first_end = s_line_end(text, text_size, 0);
    size_t first_size = first_end;
    s_trim(&first, &first_size);
    if (first_end == text_size || !s_same_word(word, word_size, first, first_size, all_characters))
        return;
    size_t body = first_end + 1;
    while (body < text_size && text[body] == '\n')
        body++;
    if (!final) {
        out->headword = first;
        out->headword_size = first_size;
    }
    out->text = text + body;
    out->text_size =
        s_outdent(text + body, text_size - body, s_indentation(text + body, text_size - body));
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
