#include "lookup-svc/index_links.h"

#include <assert.h>
#include <string.h>

#include "common/reading.h"
#include "lookup-svc/alternates_builder.h"

/* A record is the string, a NUL, and the key that it leads to. */
#define RECORD_MAX (2 * LEX_KEY_MAX + 1)
_Static_assert(RECORD_MAX <= SORTER_RECORD_MAX, "a link can be sorted");
_Static_assert(LEX_READING_MAX <= LEX_KEY_MAX, "a reading can be sorted");

static int s_add(sorter_t *links, const char *string, size_t size, const char *key, size_t key_size)
{
    char record[RECORD_MAX];
    assert(size <= LEX_KEY_MAX && key_size <= LEX_KEY_MAX);
    memcpy(record, string, size);
    record[size] = '\0';
    memcpy(record + size + 1, key, key_size);
    return sorter_add(links, record, size + 1 + key_size);
}

/* The values behind one code. */
static int s_add_values(sorter_t *links, const char *key, size_t key_size, lex_span_t values,
                        bool lemmas)
{
    lex_span_t value;
    size_t offset = 0;
    while (lex_span_next(values, ',', &offset, &value)) {
        char other[LEX_KEY_MAX];
        size_t size = index_draft_key(value.data, value.size, other);
        if (size == 0 || (size == key_size && memcmp(other, key, size) == 0))
            continue;
        if ((lemmas ? s_add(links, key, key_size, other, size)
                    : s_add(links, other, size, key, key_size)) == -1)
            return -1;
    }
    return 0;
}

int index_links_add_forms(sorter_t *links, const char *key, size_t key_size, lex_span_t forms)
{
    lex_span_t form;
    size_t offset = 0;
    while (lex_span_next(forms, '/', &offset, &form)) {
        const char *colon = memchr(form.data, ':', form.size);
        if (!colon || (colon == form.data + 1 && *form.data == '1'))
            continue;
        bool lemmas = colon == form.data + 1 && *form.data == '0';
        lex_span_t values = {.data = colon + 1,
                             .size = form.size - (size_t)(colon + 1 - form.data)};
        if (s_add_values(links, key, key_size, values, lemmas) == -1)
            return -1;
    }
    return 0;
}

int index_links_add_reading(sorter_t *links, const char *key, size_t key_size, lex_span_t reading)
{
    lex_reading_t parsed;
    if (reading.size == 0 || !lex_reading_parse(reading.data, reading.size, &parsed))
        return 0;
    return s_add(links, parsed.letters, parsed.size, key, key_size);
}

/* ---- writing ---- */

/* The order of the keys is that of their numbers, so pairs are in order. */
static int s_resolve(index_draft_t *draft, sorter_t *links, alternates_builder_t *builder)
{
    const void *record;
    size_t size;
    int more = sorter_sort(links) == -1 ? -1 : sorter_next(links, &record, &size);
    for (uint32_t i = 0; more == 1; i++) {
        const char *string = record;
        size_t string_size = strnlen(string, size);
        uint32_t key;
        if (!index_draft_goes_on(draft, i))
            return -1;
        if (index_table_find(&draft->view.keys, string + string_size + 1, size - string_size - 1,
                             &key) &&
            alternates_builder_add(builder, string, string_size, key) == -1)
            return -1;
        more = sorter_next(links, &record, &size);
    }
    return more;
}

int index_links_write_forms(index_draft_t *draft, sorter_t *links)
{
    alternates_builder_t *builder = alternates_builder_new(draft->path);
    int rc = s_resolve(draft, links, builder);
    if (rc == 0)
        rc = alternates_builder_write(builder, draft->writer, INDEX_FORMS, INDEX_FORM_KEYS,
                                      &draft->header.forms, &draft->header.form_keys);
    alternates_builder_destroy(&builder);
    return rc;
}

int index_links_write_readings(index_draft_t *draft, sorter_t *links)
{
    alternates_builder_t *builder = alternates_builder_new(draft->path);
    int rc = s_resolve(draft, links, builder);
    if (rc == 0)
        rc = alternates_builder_write(builder, draft->writer, INDEX_READINGS, INDEX_READING_KEYS,
                                      &draft->header.readings, &draft->header.reading_keys);
    alternates_builder_destroy(&builder);
    return rc;
}
