#include "common/reading.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#define DIAERESIS 0x308

/* The combining marks of the four tones; a breve is often typed for the caron. */
static int s_tone_of_mark(int32_t code)
{
    switch (code) {
    case 0x304:
        return 1;
    case 0x301:
        return 2;
    case 0x30C:
    case 0x306:
        return 3;
    case 0x300:
        return 4;
    default:
        return 0;
    }
}

/* What stands between syllables, and the circumflex of ê, which no one types. */
static bool s_is_passed_over(int32_t code)
{
    return code == ' ' || code == '\'' || code == '-' || code == ',' || code == 0xB7 ||
           code == 0x2019 || code == 0x2027 || code == 0x30FB || code == 0x302;
}

static void s_add_tone(lex_reading_t *out, int tone)
{
    out->tones[out->tone_count++] = (char)('0' + tone);
}

/* One code point of the decomposed reading. False when it does not belong in one. */
static bool s_take(lex_reading_t *out, int32_t code)
{
    int tone = s_tone_of_mark(code);
    char *last = out->size > 0 ? out->letters + out->size - 1 : NULL;
    if (code >= 'a' && code <= 'z') {
        out->letters[out->size++] = (char)code;
        return true;
    }
    if (!last)
        return false;
    if ((code == DIAERESIS || code == ':') && *last == 'u') {
        *last = 'v';
        return true;
    }
    if (tone > 0 || (code >= '1' && code <= '4')) {
        s_add_tone(out, tone > 0 ? tone : code - '0');
        return true;
    }
    return code == '0' || code == '5' || s_is_passed_over(code);
}

bool lex_reading_parse(const char *text, size_t size, lex_reading_t *out)
{
    char key[LEX_KEY_MAX];
    int32_t codes[2 * LEX_KEY_MAX];
    out->size = out->tone_count = 0;
    ssize_t key_size = lex_text_key(text, size, key, sizeof key);
    if (key_size <= 0)
        return false;
    utf8proc_ssize_t count =
        utf8proc_decompose((const utf8proc_uint8_t *)key, key_size, codes,
                           sizeof codes / sizeof *codes, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    if (count < 0 || count > LEX_READING_MAX)
        return false;
    for (utf8proc_ssize_t i = 0; i < count; i++)
        if (!s_take(out, codes[i]))
            return false;
    return out->size > 0;
}

bool lex_reading_matches(const lex_reading_t *asked, const lex_reading_t *found)
{
    if (asked->size != found->size || memcmp(asked->letters, found->letters, asked->size) != 0)
        return false;
    return asked->tone_count == 0 || (asked->tone_count == found->tone_count &&
                                      memcmp(asked->tones, found->tones, asked->tone_count) == 0);
}

/* ---- marks ---- */

static bool s_is_latin(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char s_lower(char c)
{
    return (char)(c | 0x20);
}

/* Where the mark of a syllable belongs: on a or e, on the o of ou, else on the last vowel. `size` when there is none,
 * as in "r" or "xx". */
static size_t s_marked_letter(const char *syllable, size_t size)
{
    size_t last = size;
    for (size_t i = 0; i < size; i++) {
        char letter = s_lower(syllable[i]);
        if (letter == 'a' || letter == 'e' ||
            (letter == 'o' && i + 1 < size && s_lower(syllable[i + 1]) == 'u'))
            return i;
        if (letter == 'i' || letter == 'o' || letter == 'u' || letter == 'v')
            last = i;
    }
    return last;
}

typedef struct {
    char *data;
    size_t size, max;
    bool full;
} s_out_t;

static void s_put(s_out_t *out, const char *text, size_t size)
{
    if (size > out->max - out->size) {
        out->full = true;
        return;
    }
    memcpy(out->data + out->size, text, size);
    out->size += size;
}

/* A syllable with its tone; ü is written u: or v. Combining marks, which are composed at the end. */
static void s_put_syllable(s_out_t *out, const char *syllable, size_t size, int tone)
{
    static const char *const marks[] = {"", "\xCC\x84", "\xCC\x81", "\xCC\x8C", "\xCC\x80", ""};
    size_t marked = s_marked_letter(syllable, size);
    for (size_t i = 0; i < size; i++) {
        char letter = syllable[i];
        bool umlaut = s_lower(letter) == 'v' || (i + 1 < size && syllable[i + 1] == ':');
        if (letter == ':')
            continue;
        if (s_lower(letter) == 'v')
            letter = (char)(letter - 1);
        s_put(out, &letter, 1);
        if (umlaut)
            s_put(out, "\xCC\x88", 2);
        if (i == marked)
            s_put(out, marks[tone], strlen(marks[tone]));
    }
}

ssize_t lex_reading_mark(const char *text, size_t size, char *out, size_t max)
{
    char marked[4 * LEX_READING_MAX];
    s_out_t decomposed = {.data = marked, .max = sizeof marked};
    for (size_t i = 0; i < size;) {
        size_t end = i;
        while (end < size && (s_is_latin(text[end]) || (text[end] == ':' && end > i)))
            end++;
        if (end > i && end < size && text[end] >= '1' && text[end] <= '5') {
            s_put_syllable(&decomposed, text + i, end - i, text[end] - '0');
            i = end + 1;
        } else {
            size_t step = end > i ? end - i : 1;
            s_put(&decomposed, text + i, step);
            i += step;
        }
    }
    return decomposed.full ? -1 : lex_text_spelling(marked, decomposed.size, out, max);
}
