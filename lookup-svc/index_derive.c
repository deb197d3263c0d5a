#include "lookup-svc/index_derive.h"

#include <string.h>
#include <sys/types.h>

#include "common/text.h"
#include "lookup-svc/alternates_builder.h"
#include "lookup-svc/slots_builder.h"
#include "lookup-svc/sorter.h"
#include "lookup-svc/soundex.h"
#include "lookup-svc/spool.h"

/* A record is a string made from a key, a NUL, and the key's number, big-endian so that memcmp
 * orders it. */
#define NUMBER_SIZE 4u
#define RECORD_MAX  (LEX_KEY_MAX + 1 + NUMBER_SIZE)
_Static_assert(RECORD_MAX <= SORTER_RECORD_MAX, "a key can be sorted");

/* Closes a record whose string is there already. */
static int s_add_record(sorter_t *sorter, char *record, size_t size, uint32_t key)
{
    record[size] = '\0';
    for (unsigned i = 0; i < NUMBER_SIZE; i++)
        record[size + 1 + i] = (char)(key >> (24 - 8 * i));
    return sorter_add(sorter, record, size + 1 + NUMBER_SIZE);
}

static uint32_t s_number(const char *record, size_t size)
{
    uint32_t number = 0;
    for (size_t i = size - NUMBER_SIZE; i < size; i++)
        number = number << 8 | (unsigned char)record[i];
    return number;
}

/* ---- soundex, strips, Han ---- */

static bool s_is(const char *a, size_t a_size, const char *b, size_t b_size)
{
    return a_size == b_size && memcmp(a, b, a_size) == 0;
}

static int s_add_strip(slots_builder_t *strips, const char *key, size_t size, uint32_t number)
{
    char strip[LEX_KEY_MAX], fold[LEX_KEY_MAX];
    ssize_t strip_size = lex_text_strip(key, size, strip, sizeof strip);
    if (strip_size <= 0 || s_is(strip, (size_t)strip_size, key, size))
        return 0;
    ssize_t fold_size = lex_text_fold(key, size, fold, sizeof fold);
    if (fold_size == strip_size && memcmp(strip, fold, (size_t)strip_size) == 0)
        return 0;
    return slots_builder_add(strips, strip, (size_t)strip_size, number);
}

static int s_gather_codes(index_draft_t *draft, spool_t *soundex, slots_builder_t *strips)
{
    for (uint32_t i = 0; i < draft->header.keys; i++) {
        size_t size, offset = 0;
        const char *key = index_table_string(&draft->view.keys, i, &size);
        uint16_t code = soundex_code(key, size);
        draft->header.han_keys += lex_text_is_han(lex_text_next(key, size, &offset));
        if (!index_draft_goes_on(draft, i) || spool_put(soundex, &code, sizeof code) == -1 ||
            s_add_strip(strips, key, size, i) == -1)
            return -1;
    }
    return 0;
}

int index_derive_codes(index_draft_t *draft)
{
    spool_t *soundex = spool_new(draft->path);
    slots_builder_t *strips = slots_builder_new(draft->path);
    int rc = s_gather_codes(draft, soundex, strips);
    draft->header.strips = slots_builder_count(strips);
    if (rc == 0)
        rc = spool_write(soundex, draft->writer, INDEX_SOUNDEX);
    if (rc == 0)
        rc = slots_builder_write(strips, draft->writer, INDEX_STRIPS);
    spool_destroy(&soundex);
    slots_builder_destroy(&strips);
    return rc;
}

/* ---- reversed ---- */

static int s_gather_reversed(index_draft_t *draft, sorter_t *sorter)
{
    for (uint32_t i = 0; i < draft->header.keys; i++) {
        char record[RECORD_MAX];
        size_t size;
        const char *key = index_table_string(&draft->view.keys, i, &size);
        for (size_t j = 0; j < size; j++)
            record[j] = key[size - 1 - j];
        if (!index_draft_goes_on(draft, i) || s_add_record(sorter, record, size, i) == -1)
            return -1;
    }
    return sorter_sort(sorter);
}

int index_derive_reversed(index_draft_t *draft)
{
    sorter_t *sorter = sorter_new(draft->path, draft->budget);
    const void *record;
    size_t size;
    int rc = s_gather_reversed(draft, sorter), more = 0;
    if (rc == 0)
        rc = index_writer_section(draft->writer, INDEX_REVERSED);
    while (rc == 0 && (more = sorter_next(sorter, &record, &size)) == 1) {
        uint32_t key = s_number(record, size);
        rc = index_writer_put(draft->writer, &key, sizeof key);
    }
    sorter_destroy(&sorter);
    return more == -1 ? -1 : rc;
}

/* ---- folds ---- */

static int s_gather_folds(index_draft_t *draft, sorter_t *sorter)
{
    for (uint32_t i = 0; i < draft->header.keys; i++) {
        char record[RECORD_MAX];
        size_t size;
        const char *key = index_table_string(&draft->view.keys, i, &size);
        ssize_t fold_size = lex_text_fold(key, size, record, LEX_KEY_MAX);
        if (!index_draft_goes_on(draft, i))
            return -1;
        if (fold_size > 0 && !s_is(record, (size_t)fold_size, key, size) &&
            s_add_record(sorter, record, (size_t)fold_size, i) == -1)
            return -1;
    }
    return sorter_sort(sorter);
}

int index_derive_folds(index_draft_t *draft)
{
    sorter_t *sorter = sorter_new(draft->path, draft->budget);
    alternates_builder_t *folds = alternates_builder_new(draft->path);
    const void *record;
    size_t size;
    int rc = s_gather_folds(draft, sorter), more = 0;
    while (rc == 0 && (more = sorter_next(sorter, &record, &size)) == 1)
        rc = alternates_builder_add(folds, record, size - NUMBER_SIZE - 1, s_number(record, size));
    if (rc == 0 && more == 0)
        rc = alternates_builder_write(folds, draft->writer, INDEX_FOLDS, INDEX_FOLD_KEYS,
                                      &draft->header.folds, &draft->header.fold_keys);
    sorter_destroy(&sorter);
    alternates_builder_destroy(&folds);
    return more == -1 ? -1 : rc;
}
