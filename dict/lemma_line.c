#include "dict/lemma_line.h"

#include <string.h>

#define ARROW "->"

static lex_span_t s_trim(const char *start, const char *end)
{
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    while (end > start && (*start == ' ' || *start == '\t'))
        start++;
    return (lex_span_t){start, (size_t)(end - start)};
}

static bool s_is_number(lex_span_t text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return text.size > 0;
}

bool lemma_split(const char *line, size_t size, lemma_line_t *out)
{
    const char *end = line + size;
    const char *arrow = memmem(line, size, ARROW, strlen(ARROW));
    if (!arrow)
        return false;
    out->lemma = s_trim(line, arrow);
    out->count = (lex_span_t){0};
    out->forms = s_trim(arrow + strlen(ARROW), end);
    if (out->lemma.size == 0)
        return false;
    const char *lemma_end = out->lemma.data + out->lemma.size;
    const char *slash = memrchr(out->lemma.data, '/', out->lemma.size);
    lex_span_t count = slash ? s_trim(slash + 1, lemma_end) : (lex_span_t){0};
    if (s_is_number(count)) {
        out->count = count;
        out->lemma = s_trim(out->lemma.data, slash);
    }
    return out->lemma.size > 0;
}

bool lemma_next_form(const lemma_line_t *line, size_t *offset, lex_span_t *form)
{
    while (lex_span_next(line->forms, ',', offset, form)) {
        *form = s_trim(form->data, form->data + form->size);
        if (form->size > 0)
            return true;
    }
    return false;
}

bool lemma_form_is_good(lex_span_t form)
{
    return !memchr(form.data, '/', form.size) && !memchr(form.data, ',', form.size);
}
