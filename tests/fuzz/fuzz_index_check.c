/* An index file whose checksums and size are made to fit, so that every byte behind the header's can lie: what
 * index_check lets through may be walked anywhere. */

#include "tests/fuzz/fuzz.h"

#include <stddef.h>
#include <zlib.h>

#include "common/text.h"
#include "lookup-svc/index_check.h"
#include "lookup-svc/postings.h"

#define FOUND_MAX 16

/* Sums keep reads from being dropped. */
static size_t s_read(const void *data, size_t size)
{
    size_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += ((const unsigned char *)data)[i];
    return sum;
}

static void s_forge(unsigned char *data, size_t size)
{
    index_header_t header;
    memcpy(&header, data, sizeof header);
    memcpy(header.magic, INDEX_MAGIC, INDEX_MAGIC_SIZE);
    header.byte_order = INDEX_BYTE_ORDER;
    header.format = INDEX_FORMAT;
    header.file_size = size;
    header.body_checksum = (uint32_t)crc32_z(0, data + sizeof header, size - sizeof header);
    header.header_checksum = 0;
    header.header_checksum = (uint32_t)crc32_z(0, (const unsigned char *)&header, sizeof header);
    memcpy(data, &header, sizeof header);
}

static size_t s_use_list(index_list_t list, uint32_t bound)
{
    postings_t postings;
    size_t sum = 0;
    postings_open(&postings, list, bound);
    while (postings_next(&postings)) {
        FUZZ_CHECK(postings.number < bound);
        sum += postings.times;
    }
    postings_open(&postings, list, bound);
    if (postings_seek(&postings, bound / 2))
        FUZZ_CHECK(postings.number >= bound / 2 && postings.number < bound);
    return sum;
}

/* Every key with its entries and what looking it up leads to. */
static size_t s_use_keys(const index_view_t *view)
{
    uint32_t found[FOUND_MAX];
    size_t sum = 0;
    for (uint32_t key = 0; key < view->keys.count; key++) {
        size_t size;
        uint32_t item, first, end;
        const char *spelling = index_view_spelling(view, key, &size);
        sum += s_read(spelling, size);
        const char *string = index_table_string(&view->keys, key, &size);
        sum += s_read(string, size);
        if (index_table_find(&view->keys, string, size, &item))
            FUZZ_CHECK(item < view->keys.count);
        index_table_prefix(&view->keys, string, size / 2, &first, &end);
        FUZZ_CHECK(first <= end && end <= view->keys.count);
        index_view_suffix(view, string + size / 2, size - size / 2, &first, &end);
        FUZZ_CHECK(first <= end && end <= view->keys.count);
        size_t strips = index_view_strips(view, string, size, found, FOUND_MAX);
        for (size_t i = 0; i < strips; i++)
            FUZZ_CHECK(found[i] < view->keys.count);
    }
    return sum;
}

static size_t s_use_entries(const index_view_t *view)
{
    size_t sum = 0;
    for (uint32_t entry = 0; entry < view->header->entries; entry++) {
        lex_fields_t fields;
        uint32_t key = index_view_key_of(view, entry);
        FUZZ_CHECK(key < view->keys.count);
        index_article_t article = index_view_article(view, key, entry);
        sum += s_read(article.headword, article.headword_size);
        sum += s_read(article.text, article.text_size);
        index_view_fields(view, entry, &fields);
        for (int i = 0; i < LEX_TEXT_FIELDS; i++)
            sum += s_read(fields.text[i].data, fields.text[i].size);
    }
    return sum;
}

static size_t s_use_alternates(const index_view_t *view, const index_alternates_t *alternates)
{
    size_t sum = 0;
    for (uint32_t item = 0; item < alternates->table.count; item++) {
        size_t size;
        const char *string = index_table_string(&alternates->table, item, &size);
        sum += s_read(string, size);
        const index_string_t *strings = alternates->table.strings + item;
        for (uint32_t i = strings[0].first; i < strings[1].first; i++)
            FUZZ_CHECK(alternates->keys[i] < view->keys.count);
    }
    return sum;
}

static size_t s_use_lists(const index_view_t *view)
{
    size_t sum = 0;
    uint32_t blocks = (view->keys.count + INDEX_BLOCK - 1) / INDEX_BLOCK;
    for (uint32_t i = 0; i < view->header->grams; i++) {
        sum += s_use_list(index_view_gram_at(view, i), blocks);
        sum += s_use_list(index_view_gram(view, view->grams[i].gram), blocks);
    }
    for (uint32_t i = 0; i < view->terms.count; i++) {
        size_t size;
        const char *term = index_table_string(&view->terms, i, &size);
        sum += s_use_list(index_view_term(view, term, size), view->header->entries);
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < sizeof(index_header_t))
        return 0;
    unsigned char *copy = malloc(size); /* aligned, and exactly as large */
    memcpy(copy, data, size);
    s_forge(copy, size);
    index_view_t view;
    size_t sum = 0;
    if (index_check(copy, size, &view) == NULL) {
        sum += s_use_keys(&view);
        sum += s_use_entries(&view);
        sum += s_use_alternates(&view, &view.folds);
        sum += s_use_alternates(&view, &view.forms);
        sum += s_use_alternates(&view, &view.readings);
        sum += s_use_lists(&view);
    }
    free(copy);
    return sum == SIZE_MAX ? -1 : 0; /* never, but the reads are needed for it */
}
