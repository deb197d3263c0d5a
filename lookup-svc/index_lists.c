#include "lookup-svc/index_lists.h"

#include <string.h>

#include "common/log.h"
#include "common/text.h"
#include "lookup-svc/postings_build.h"
#include "lookup-svc/spool.h"
#include "lookup-svc/table_builder.h"
#include "lookup-svc/terms.h"

#define GRAM_SIZE 3u

_Static_assert(TERMS_SIZE_MAX <= POSTINGS_TERM_MAX, "a term has a list");

/* Lists on their way into the file. */
typedef struct {
    index_draft_t *draft;
    spool_t *lists;
    spool_t *grams;         /* the directory of grams */
    table_builder_t *terms; /* or that of terms */
    uint32_t count;
} s_output_t;

/* Puts a list behind the others and says where. */
static int s_put_list(s_output_t *self, const void *list, size_t size, uint32_t *offset)
{
    *offset = (uint32_t)spool_size(self->lists);
    if (!index_draft_goes_on(self->draft, self->count++))
        return -1;
    if (spool_size(self->lists) + size <= UINT32_MAX)
        return spool_put(self->lists, list, size);
    lex_error("index dictionary %u has more inverted lists than can be addressed",
              self->draft->header.dictionary);
    return -1;
}

/* ---- grams ---- */

static int s_take_gram(void *arg, const char *term, size_t term_size, const void *list,
                       size_t list_size)
{
    s_output_t *self = arg;
    index_gram_t gram = {0};
    for (size_t i = 0; i < term_size; i++)
        gram.gram = gram.gram << 8 | (unsigned char)term[i];
    if (s_put_list(self, list, list_size, &gram.offset) == -1)
        return -1;
    return spool_put(self->grams, &gram, sizeof gram);
}

static int s_gather_grams(index_draft_t *draft, postings_builder_t *builder)
{
    char padded[LEX_KEY_MAX + 2];
    for (uint32_t i = 0; i < draft->header.keys; i++) {
        size_t size;
        const char *key = index_table_string(&draft->view.keys, i, &size);
        padded[0] = padded[size + 1] = ' ';
        memcpy(padded + 1, key, size);
        for (size_t j = 0; j + GRAM_SIZE <= size + 2; j++)
            if (postings_builder_add(builder, padded + j, GRAM_SIZE, i / INDEX_BLOCK) == -1)
                return -1;
        if (!index_draft_goes_on(draft, i))
            return -1;
    }
    return 0;
}

int index_lists_write_grams(index_draft_t *draft, bool wanted)
{
    s_output_t output = {
        .draft = draft, .lists = spool_new(draft->path), .grams = spool_new(draft->path)};
    postings_builder_t *builder = postings_builder_new(draft->path, draft->budget, false);
    int rc = wanted ? s_gather_grams(draft, builder) : 0;
    if (rc == 0)
        rc = postings_builder_finish(builder, s_take_gram, &output);
    index_gram_t sentinel = {.gram = UINT32_MAX, .offset = (uint32_t)spool_size(output.lists)};
    draft->header.grams = (uint32_t)(spool_size(output.grams) / sizeof sentinel);
    if (rc == 0)
        rc = spool_put(output.grams, &sentinel, sizeof sentinel);
    if (rc == 0)
        rc = spool_write(output.grams, draft->writer, INDEX_GRAMS);
    if (rc == 0)
        rc = spool_write(output.lists, draft->writer, INDEX_GRAM_LISTS);
    postings_builder_destroy(&builder);
    spool_destroy(&output.lists);
    spool_destroy(&output.grams);
    return rc;
}

/* ---- terms ---- */

static int s_take_term(void *arg, const char *term, size_t term_size, const void *list,
                       size_t list_size)
{
    s_output_t *self = arg;
    uint32_t offset;
    if (s_put_list(self, list, list_size, &offset) == -1)
        return -1;
    return table_builder_add(self->terms, term, term_size, offset);
}

static int s_gather_terms(index_draft_t *draft, postings_builder_t *builder)
{
    for (uint32_t i = 0; i < draft->header.entries; i++) {
        const index_entry_t *entry = draft->view.entries + i;
        if (entry->headword & INDEX_ALIAS)
            continue;
        terms_t terms;
        terms_open(&terms, draft->view.texts + entry->text, entry->text_size);
        for (uint32_t j = 1; terms_next(&terms); j++)
            if (postings_builder_add(builder, terms.term, terms.term_size, i) == -1 ||
                !index_draft_goes_on(draft, j))
                return -1;
        if (!index_draft_goes_on(draft, i))
            return -1;
    }
    return 0;
}

int index_lists_write_terms(index_draft_t *draft, bool wanted)
{
    s_output_t output = {.draft = draft,
                         .lists = spool_new(draft->path),
                         .terms = table_builder_new(draft->path, false, false)};
    postings_builder_t *builder = postings_builder_new(draft->path, draft->budget, true);
    int rc = wanted ? s_gather_terms(draft, builder) : 0;
    if (rc == 0)
        rc = postings_builder_finish(builder, s_take_term, &output);
    draft->header.terms = table_builder_count(output.terms);
    if (rc == 0)
        rc = table_builder_write(output.terms, draft->writer, INDEX_TERMS,
                                 (uint32_t)spool_size(output.lists));
    if (rc == 0)
        rc = spool_write(output.lists, draft->writer, INDEX_TERM_LISTS);
    postings_builder_destroy(&builder);
    spool_destroy(&output.lists);
    table_builder_destroy(&output.terms);
    return rc;
}
