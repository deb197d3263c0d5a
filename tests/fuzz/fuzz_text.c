/* Text from strangers: keys, spellings and names; pinyin; what a terminal is shown. */

#include <stdio.h>

#include "client/text_clean.h"
#include "client/wrap.h"
#include "common/reading.h"
#include "common/text.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

typedef ssize_t(s_form_fn)(const char *, size_t, char *, size_t);

/* Every form keeps to its room, is UTF-8, says the same with less room than it takes, and its own form is itself. */
static void s_form(s_form_fn *form, const char *text, size_t size, bool is_final)
{
    char out[LEX_KEY_MAX], again[LEX_KEY_MAX];
    ssize_t length = form(text, size, out, sizeof out);
    FUZZ_CHECK(length >= -1 && length <= (ssize_t)sizeof out);
    if (!lex_text_is_utf8(text, size))
        FUZZ_CHECK(length == -1);
    if (length <= 0)
        return;
    FUZZ_CHECK(lex_text_is_utf8(out, (size_t)length));
    FUZZ_CHECK(form(text, size, again, (size_t)length) == length);
    FUZZ_CHECK(form(text, size, again, (size_t)length - 1) == -1);
    if (is_final) {
        FUZZ_CHECK(form(out, (size_t)length, again, sizeof again) == length);
        FUZZ_CHECK(memcmp(out, again, (size_t)length) == 0);
    }
}

static void s_key(const char *text, size_t size)
{
    char key[LEX_KEY_MAX];
    s_form(lex_text_key, text, size, true);
    s_form(lex_text_spelling, text, size, true);
    ssize_t key_size = lex_text_key(text, size, key, sizeof key);
    if (key_size <= 0)
        return;
    s_form(lex_text_fold, key, (size_t)key_size, true);
    s_form(lex_text_strip, key, (size_t)key_size, false);
}

static void s_name(const char *text, size_t size)
{
    char shown[LEX_NAME_SIZE], key[LEX_NAME_SIZE], shown_again[LEX_NAME_SIZE],
        key_again[LEX_NAME_SIZE];
    const char *why = NULL;
    if (lex_text_name(text, size, shown, key, &why) != 0) {
        FUZZ_CHECK(why && *why);
        return;
    }
    FUZZ_CHECK(*shown && *key && !lex_text_has_control(shown, strlen(shown)));
    FUZZ_CHECK(lex_text_length(shown, strlen(shown)) <= 4 * LEX_NAME_CHARACTERS);
    FUZZ_CHECK(lex_text_name(shown, strlen(shown), shown_again, key_again, &why) == 0);
    FUZZ_CHECK(strcmp(shown, shown_again) == 0 && strcmp(key, key_again) == 0);
}

static void s_reading(const char *text, size_t size)
{
    lex_reading_t reading;
    char marked[LEX_READING_MAX];
    ssize_t length = lex_reading_mark(text, size, marked, sizeof marked);
    FUZZ_CHECK(length <= (ssize_t)sizeof marked);
    FUZZ_CHECK(length <= 0 || lex_text_is_utf8(marked, (size_t)length));
    if (!lex_reading_parse(text, size, &reading))
        return;
    FUZZ_CHECK(reading.size > 0 && reading.size <= LEX_READING_MAX);
    FUZZ_CHECK(reading.tone_count <= LEX_READING_MAX && lex_reading_matches(&reading, &reading));
}

/* No byte that a terminal would obey is left. */
static void s_show(const char *text)
{
    char *clean = text_clean(text, true), *shown = NULL;
    size_t size = strlen(clean), shown_size;
    FUZZ_CHECK(lex_text_is_utf8(clean, size));
    for (size_t i = 0; i < size; i++)
        FUZZ_CHECK(clean[i] == '\n' || ((unsigned char)clean[i] >= ' ' && clean[i] != 0x7F));
    FUZZ_CHECK(text_fit(clean, 10) <= size);
    FILE *out = open_memstream(&shown, &shown_size);
    wrap_text(out, text, 20, 2);
    fclose(out);
    FUZZ_CHECK(lex_text_is_utf8(shown, shown_size));
    free(shown);
    free(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    char *copy = malloc(size + 1);
    int code;
    size_t valid = 0, step = 1;
    while (valid < size && (step = lex_utf8_decode(data + valid, size - valid, &code)) > 0)
        valid += step;
    FUZZ_CHECK(lex_text_is_utf8(data, size) == (valid == size));
    s_key(text, size);
    s_name(text, size);
    s_reading(text, size);
    memcpy(copy, data, size);
    copy[size] = '\0';
    s_show(copy);
    free(copy);
    return 0;
}
