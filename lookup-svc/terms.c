#include "lookup-svc/terms.h"

#include <string.h>
#include <sys/types.h>
#include <utf8proc.h>

#include "common/text.h"

/* Bytes of a run as written; a longer one cannot become a term. */
#define RUN_MAX (4 * TERMS_SIZE_MAX)

typedef enum {
    S_OTHER,      /* parts words */
    S_LETTER,     /* or a digit, or a mark */
    S_IDEOGRAPH,  /* a word by itself */
    S_APOSTROPHE, /* left out between letters */
} s_class_t;

static bool s_is_ideograph(int32_t code)
{
    return (code >= 0x2E80 && code <= 0x2FDF) || (code >= 0x3005 && code <= 0x3007) ||
           (code >= 0x3040 && code <= 0x30FF) || (code >= 0x3400 && code <= 0x4DBF) ||
           (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xAC00 && code <= 0xD7A3) ||
           (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x20000 && code <= 0x3FFFF);
}

static s_class_t s_class(int32_t code)
{
    if (code < 0x80) {
        if ((code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
            (code >= '0' && code <= '9'))
            return S_LETTER;
        return code == '\'' ? S_APOSTROPHE : S_OTHER;
    }
    if (code == 0x2019)
        return S_APOSTROPHE;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return s_is_ideograph(code) ? S_IDEOGRAPH : S_LETTER;
    default:
        return S_OTHER;
    }
}

/* The code point at *offset and its class; bytes that are not UTF-8 part words. */
static s_class_t s_next(const terms_t *self, size_t *offset)
{
    unsigned char lead = (unsigned char)self->text[*offset];
    if (lead < 0x80) {
        ++*offset;
        return s_class(lead);
    }
    int32_t code;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)self->text + *offset,
                                             (utf8proc_ssize_t)(self->size - *offset), &code);
    *offset += size > 0 ? (size_t)size : 1;
    return size > 0 ? s_class(code) : S_OTHER;
}

void terms_open(terms_t *self, const char *text, size_t size)
{
    self->text = text;
    self->size = size;
    self->offset = 0;
    self->term_size = 0;
    self->ideograph = false;
}

/* A run as written becomes the term. False when it is none. */
static bool s_make_term(terms_t *self, const char *run, size_t size, bool ascii)
{
    if (ascii) {
        if (size > TERMS_SIZE_MAX)
            return false;
        for (size_t i = 0; i < size; i++)
            self->term[i] = (char)(run[i] >= 'A' && run[i] <= 'Z' ? run[i] | 0x20 : run[i]);
        self->term_size = size;
        return size > 0;
    }
    char key[LEX_KEY_MAX];
    ssize_t key_size = lex_text_key(run, size, key, sizeof key);
    ssize_t term_size =
        key_size > 0 ? lex_text_fold(key, (size_t)key_size, self->term, sizeof self->term) : -1;
    self->term_size = term_size > 0 ? (size_t)term_size : 0;
    return term_size > 0;
}

/* Gathers the run that begins at self->offset. False when it gives no term. */
static bool s_take_run(terms_t *self)
{
    char run[RUN_MAX];
    size_t size = 0, at = self->offset;
    bool ascii = true, fits = true;
    while (at < self->size) {
        size_t end = at;
        s_class_t class = s_next(self, &end);
        if (class == S_APOSTROPHE && end < self->size) {
            size_t behind = end;
            if (s_next(self, &behind) != S_LETTER)
                break;
        } else if (class != S_LETTER) {
            break;
        } else {
            fits = fits && size + (end - at) <= sizeof run;
            if (fits)
                memcpy(run + size, self->text + at, end - at);
            size += end - at;
            ascii = ascii && end - at == 1;
        }
        at = end;
    }
    self->offset = at;
    return fits && s_make_term(self, run, size, ascii);
}

bool terms_next(terms_t *self)
{
    while (self->offset < self->size) {
        size_t end = self->offset;
        s_class_t class = s_next(self, &end);
        const char *start = self->text + self->offset;
        self->ideograph = class == S_IDEOGRAPH;
        if (class == S_LETTER && s_take_run(self))
            return true;
        if (class == S_LETTER)
            continue; /* the run is behind us and gave no term */
        self->offset = end;
        if (self->ideograph && s_make_term(self, start, (size_t)(self->text + end - start), false))
            return true;
    }
    return false;
}
