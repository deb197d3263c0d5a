#include "lookup-svc/match_pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lookup-svc/soundex.h"

/* ---- one test a strategy ---- */

static bool s_begins(const match_pattern_t *self, const char *string, size_t size)
{
    return size >= self->size && memcmp(string, self->key, self->size) == 0;
}

static bool s_ends(const match_pattern_t *self, const char *string, size_t size)
{
    return size >= self->size && memcmp(string + size - self->size, self->key, self->size) == 0;
}

/* Between words: blanks and ASCII punctuation, as dictd has it. */
static bool s_parts(char byte)
{
    return (unsigned char)byte < 0x80 && (byte == ' ' || ispunct((unsigned char)byte));
}

static int s_exact(const match_pattern_t *self, const char *string, size_t size)
{
    return size == self->size && s_begins(self, string, size);
}

static int s_prefix(const match_pattern_t *self, const char *string, size_t size)
{
    return s_begins(self, string, size);
}

static int s_suffix(const match_pattern_t *self, const char *string, size_t size)
{
    return s_ends(self, string, size);
}

static int s_substring(const match_pattern_t *self, const char *string, size_t size)
{
    return memmem(string, size, self->key, self->size) != NULL;
}

static int s_first(const match_pattern_t *self, const char *string, size_t size)
{
    return s_begins(self, string, size) && (size == self->size || s_parts(string[self->size]));
}

static int s_last(const match_pattern_t *self, const char *string, size_t size)
{
    return s_ends(self, string, size) &&
           (size == self->size || s_parts(string[size - self->size - 1]));
}

static int s_word(const match_pattern_t *self, const char *string, size_t size)
{
    const char *end = string + size, *found;
    for (const char *at = string; (found = memmem(at, (size_t)(end - at), self->key, self->size));
         at = found + 1)
        if ((found == string || s_parts(found[-1])) &&
            (found + self->size == end || s_parts(found[self->size])))
            return true;
    return false;
}

static int s_wildcard(const match_pattern_t *self, const char *string, size_t size)
{
    return wildcard_match(&self->wildcard, string, size);
}

static int s_re(const match_pattern_t *self, const char *string, size_t size)
{
    return match_re_test(self->re, string, size);
}

/* Words sound alike only when they begin with the same byte, be it a letter or not, as with dictd. Those without any
 * letter of a to z are alike only in ASCII ("1066" and "1984"): of Han characters nothing is known. */
static int s_soundex(const match_pattern_t *self, const char *string, size_t size)
{
    return size > 0 && string[0] == self->key[0] &&
           (self->soundex != 0 || (unsigned char)self->key[0] < 0x80) &&
           soundex_code(string, size) == self->soundex;
}

/* It is chosen by its reading, not by its spelling. */
static int s_reading(const match_pattern_t *self, const char *string, size_t size)
{
    (void)self, (void)string, (void)size;
    return 1;
}

/* ---- making ready ---- */

static const char *s_open_plain(match_pattern_t *self)
{
    if (self->strategy == MATCH_SUFFIX || self->strategy == MATCH_LAST)
        self->hints.suffix = (lex_span_t){self->key, self->size};
    else if (self->strategy != MATCH_SUBSTRING && self->strategy != MATCH_WORD)
        self->hints.prefix = (lex_span_t){self->key, self->size};
    match_hints_piece(&self->hints, self->key, self->size);
    return NULL;
}

static const char *s_open_wildcard(match_pattern_t *self)
{
    const wildcard_t *wildcard = &self->wildcard;
    if (wildcard_parse(&self->wildcard, self->key, self->size) == -1)
        return "a backslash must have something behind it";
    const char *end = wildcard->padded + wildcard->size + 2;
    for (const char *at = wildcard->padded, *start; at < end; at++) {
        for (start = at; at < end && (unsigned char)*at < WILDCARD_ONE; at++)
            ;
        match_hints_piece(&self->hints, start, (size_t)(at - start));
        if (start == wildcard->padded)
            self->hints.prefix =
                (lex_span_t){start + 1, (size_t)(at - start) - (at == end ? 2 : 1)};
        else if (at == end)
            self->hints.suffix = (lex_span_t){start, (size_t)(at - start) - 1};
    }
    return NULL;
}

static const char *s_open_re(match_pattern_t *self)
{
    match_re_hints(self->key, self->size, self->literals, &self->hints);
    return NULL;
}

static const char *s_open_soundex(match_pattern_t *self)
{
    self->soundex = soundex_code(self->key, self->size);
    self->hints.prefix = (lex_span_t){self->key, 1};
    return NULL;
}

static const char *s_open_reading(match_pattern_t *self)
{
    return lex_reading_parse(self->key, self->size, &self->reading) ? NULL : "this is no pinyin";
}

typedef struct {
    const char *(*open)(match_pattern_t *self); /* NULL, or what is wrong with the pattern */
    int (*test)(const match_pattern_t *self, const char *string, size_t size);
    bool blank_before; /* a blank at the start of the pattern means that a word begins there */
    bool blank_behind; /* one at its end, that a word ends there */
    bool folds;
} s_kind_t;

/* Those without a test are ranked. */
static const s_kind_t s_kinds[MATCH_STRATEGIES] = {
    [MATCH_EXACT] = {s_open_plain, s_exact, false, false, true},
    [MATCH_PREFIX] = {s_open_plain, s_prefix, false, true, true},
    [MATCH_NPREFIX] = {s_open_plain, s_prefix, false, true, true},
    [MATCH_SUFFIX] = {s_open_plain, s_suffix, true, false, true},
    [MATCH_SUBSTRING] = {s_open_plain, s_substring, true, true, true},
    [MATCH_WORD] = {s_open_plain, s_word, false, false, true},
    [MATCH_FIRST] = {s_open_plain, s_first, false, false, true},
    [MATCH_LAST] = {s_open_plain, s_last, false, false, true},
    [MATCH_WILDCARD] = {s_open_wildcard, s_wildcard, false, false, true},
    [MATCH_RE] = {s_open_re, s_re, false, false, false},
    [MATCH_SOUNDEX] = {s_open_soundex, s_soundex, false, false, true},
    [MATCH_READING] = {s_open_reading, s_reading, false, false, false},
    [MATCH_LEV] = {0},
    [MATCH_TEXT] = {0},
};

bool match_strategy_is_ranked(match_strategy_t strategy)
{
    return !s_kinds[strategy].test;
}

bool match_strategy_folds(match_strategy_t strategy)
{
    return s_kinds[strategy].folds;
}

/* lex_text_key and lex_text_fold trim; this gives the blanks back that mean something. */
static void s_set_key(match_pattern_t *self, const char *key, size_t size, bool before, bool behind)
{
    self->size = 0;
    if (before && size < LEX_KEY_MAX)
        self->key[self->size++] = ' ';
    memcpy(self->key + self->size, key, size);
    self->size += size;
    if (behind && self->size < LEX_KEY_MAX)
        self->key[self->size++] = ' ';
}

/* The pattern as the words' keys are spelled. */
static const char *s_normalise(match_pattern_t *self, const match_query_t *query)
{
    if (query->strategy == MATCH_RE) {
        memcpy(self->key, query->pattern, query->pattern_size);
        self->size = query->pattern_size;
        return NULL;
    }
    const s_kind_t *kind = s_kinds + query->strategy;
    char key[LEX_KEY_MAX];
    ssize_t size = lex_text_key(query->pattern, query->pattern_size, key, sizeof key);
    if (size <= 0)
        return size == 0 ? "the pattern is blank" : "the pattern is too long";
    s_set_key(self, key, (size_t)size, kind->blank_before && query->pattern[0] == ' ',
              kind->blank_behind && query->pattern[query->pattern_size - 1] == ' ');
    return NULL;
}

match_status_t match_pattern_open(match_pattern_t *self, const match_query_t *query, char *why,
                                  size_t max)
{
    self->strategy = query->strategy;
    self->hints = (match_hints_t){0};
    self->re = NULL;
    if (query->strategy == MATCH_RE) {
        self->re = match_re_new(query->pattern, query->pattern_size, why, max);
        if (!self->re)
            return MATCH_BAD_PATTERN;
    }
    const char *wrong = s_normalise(self, query);
    if (!wrong && s_kinds[self->strategy].open)
        wrong = s_kinds[self->strategy].open(self);
    if (!wrong)
        return MATCH_OK;
    snprintf(why, max, "%s", wrong);
    return MATCH_BAD_PATTERN;
}

bool match_pattern_fold(match_pattern_t *self, const match_pattern_t *plain)
{
    char fold[LEX_KEY_MAX];
    ssize_t size = lex_text_fold(plain->key, plain->size, fold, sizeof fold);
    self->re = NULL;
    if (!s_kinds[plain->strategy].folds || size <= 0)
        return false;
    /* An ASCII pattern is its own fold, blanks included. */
    bool before = plain->key[0] == ' ' && fold[0] != ' ';
    bool behind = plain->key[plain->size - 1] == ' ' && fold[size - 1] != ' ';
    self->strategy = plain->strategy;
    self->hints = (match_hints_t){0};
    s_set_key(self, fold, (size_t)size, before, behind);
    return !s_kinds[self->strategy].open(self);
}

void match_pattern_close(match_pattern_t *self)
{
    match_re_destroy(&self->re);
}

int match_pattern_test(const match_pattern_t *self, const char *string, size_t size)
{
    return s_kinds[self->strategy].test(self, string, size);
}

bool match_pattern_fits(const match_pattern_t *self, const index_view_t *view, uint32_t key)
{
    if (self->strategy != MATCH_READING || self->reading.tone_count == 0)
        return true;
    const index_string_t *string = view->keys.strings + key;
    for (uint32_t entry = string[0].first; entry < string[1].first; entry++) {
        lex_fields_t fields;
        lex_reading_t reading;
        index_view_fields(view, entry, &fields);
        const lex_span_t *text = fields.text + LEX_READING;
        if (text->size > 0 && lex_reading_parse(text->data, text->size, &reading) &&
            lex_reading_matches(&self->reading, &reading))
            return true;
    }
    return false;
}
