/* The plain parts of a regular expression. Whatever is not understood ends the analysis without any
 * hint, so that a wrong one is never given. */

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "common/utf8.h"
#include "lookup-svc/match_re.h"

typedef struct {
    const char *pattern;
    size_t size;
    size_t at;
    char *out;  /* where the next literal byte is written */
    char *run;  /* where the run of literals began, its blank included */
    bool first; /* the run is what the pattern begins with, behind ^ */
    match_hints_t *hints;
} s_parser_t;

typedef enum { ATOM_NONE, ATOM_LITERAL, ATOM_OTHER } s_atom_t;

static void s_end_run(s_parser_t *self)
{
    size_t size = (size_t)(self->out - self->run);
    if (self->first)
        self->hints->prefix = (lex_span_t){self->run + 1, size - 1};
    self->first = false;
    match_hints_piece(self->hints, self->run, size);
    self->run = self->out;
}

/* The run stands at the end of the key. */
static void s_end_key(s_parser_t *self)
{
    size_t size = (size_t)(self->out - self->run);
    if (self->first)
        self->hints->prefix = (lex_span_t){self->run + 1, size - 1};
    else
        self->hints->suffix = (lex_span_t){self->run, size};
    self->first = false;
    if (size > 0)
        *self->out++ = ' ';
}

/* Behind the bracket that closes the class at self->at; false when there is none. */
static bool s_skip_class(s_parser_t *self)
{
    size_t at = self->at + 1;
    if (at < self->size && self->pattern[at] == '^')
        at++;
    if (at < self->size && self->pattern[at] == ']')
        at++;
    for (; at < self->size && self->pattern[at] != ']'; at++) {
        if (self->pattern[at] == '\\') {
            at++;
        } else if (self->pattern[at] == '[' && at + 1 < self->size &&
                   strchr(":.=", self->pattern[at + 1])) {
            /* A name like [:alpha:], or else it is not plain to see where the class ends. */
            for (at += 2; at < self->size && isalpha((unsigned char)self->pattern[at]); at++)
                ;
            if (at + 1 >= self->size || self->pattern[at] != ':' || self->pattern[at + 1] != ']')
                return false;
            at++;
        }
    }
    self->at = at + 1;
    return at < self->size;
}

/* Behind the parenthesis that closes the group at self->at. */
static bool s_skip_group(s_parser_t *self)
{
    unsigned depth = 0;
    while (self->at < self->size) {
        char c = self->pattern[self->at];
        if (c == '[') {
            if (!s_skip_class(self))
                return false;
            continue;
        }
        self->at += c == '\\' ? 2 : 1;
        if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return true;
    }
    return false;
}

/* Scripts without letter case, in which a character stands for itself alone. */
static bool s_is_caseless(int code)
{
    return code >= 0x3400 && code <= 0x9FFF;
}

/* One atom; a literal one is written to self->out, its size to *written. */
static s_atom_t s_atom(s_parser_t *self, size_t *written)
{
    char c = self->pattern[self->at];
    *written = 0;
    if (c == '[')
        return s_skip_class(self) ? ATOM_OTHER : ATOM_NONE;
    if (c == '(')
        return s_skip_group(self) ? ATOM_OTHER : ATOM_NONE;
    if (c == '\\') {
        char escaped = self->at + 1 < self->size ? self->pattern[self->at + 1] : '\0';
        self->at += 2;
        if (escaped && strchr("dDwWsSbB", escaped))
            return ATOM_OTHER;
        if (!ispunct((unsigned char)escaped) || (unsigned char)escaped >= 0x80)
            return ATOM_NONE;
        self->out[(*written)++] = escaped;
        return ATOM_LITERAL;
    }
    if (strchr("*+?{)|", c))
        return ATOM_NONE;
    if ((unsigned char)c < 0x80) {
        self->at++;
        if (c == '.' || c == '^' || c == '$')
            return ATOM_OTHER;
        self->out[(*written)++] = (char)tolower((unsigned char)c);
        return ATOM_LITERAL;
    }
    int code = 0;
    size_t length = lex_utf8_decode((const unsigned char *)self->pattern + self->at,
                                    self->size - self->at, &code);
    if (length == 0)
        return ATOM_NONE;
    if (s_is_caseless(code)) {
        memcpy(self->out, self->pattern + self->at, length);
        *written = length;
    }
    self->at += length;
    return *written > 0 ? ATOM_LITERAL : ATOM_OTHER;
}

typedef enum { TIMES_ONE, TIMES_MORE, TIMES_ANY, TIMES_NONE } s_times_t;

/* The quantifier behind an atom: exactly one, one or more, any number, or not understood. */
static s_times_t s_times(s_parser_t *self)
{
    s_times_t times = TIMES_ONE;
    char c = self->at < self->size ? self->pattern[self->at] : '\0';
    if (c == '{') {
        size_t at = self->at + 1;
        while (at < self->size && (isdigit((unsigned char)self->pattern[at]) ||
                                   (self->pattern[at] == ',' && at > self->at + 1)))
            at++;
        if (at == self->at + 1 || at == self->size || self->pattern[at] != '}')
            return TIMES_NONE;
        self->at = at + 1;
        times = TIMES_ANY;
    } else if (c == '*' || c == '?' || c == '+') {
        self->at++;
        times = c == '+' ? TIMES_MORE : TIMES_ANY;
    }
    /* Lazy or possessive. */
    if (times != TIMES_ONE && self->at < self->size &&
        (self->pattern[self->at] == '?' || self->pattern[self->at] == '+'))
        self->at++;
    return times;
}

static bool s_parse(s_parser_t *self)
{
    while (self->at < self->size) {
        if (self->pattern[self->at] == '$' && self->at + 1 == self->size) {
            s_end_key(self);
            break;
        }
        size_t written;
        s_atom_t atom = s_atom(self, &written);
        s_times_t times = s_times(self);
        if (atom == ATOM_NONE || times == TIMES_NONE)
            return false;
        if (atom == ATOM_LITERAL && times <= TIMES_MORE)
            self->out += written;
        if (atom != ATOM_LITERAL || times != TIMES_ONE)
            s_end_run(self);
    }
    s_end_run(self);
    return true;
}

void match_re_hints(const char *pattern, size_t size, char literals[MATCH_RE_LITERALS_MAX],
                    match_hints_t *hints)
{
    s_parser_t parser = {
        .pattern = pattern, .size = size, .out = literals, .run = literals, .hints = hints};
    *hints = (match_hints_t){0};
    /* Options, look-around, verbs, and quotes that may hold any of what is looked for here. */
    static const char *const strange[] = {"(?", "(*", "\\Q", "\\E"};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        if (memmem(pattern, size, strange[i], 2))
            return;
    if (size > 0 && pattern[0] == '^') {
        parser.at = 1;
        parser.first = true;
        *parser.out++ = ' ';
    }
    if ((parser.at > 0 && s_times(&parser) != TIMES_ONE) || !s_parse(&parser))
        *hints = (match_hints_t){0};
}
