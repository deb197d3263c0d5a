#include "lookup-svc/index_view.h"

#include <string.h>
#include <sys/types.h>

#include "common/text.h"
#include "lookup-svc/index_fields.h"

/* ---- string tables ---- */

/* The first string that is not less than `string`; with `behind` the first whose leading bytes are
 * greater. */
static uint32_t s_bound(const index_table_t *self, const char *string, size_t size, bool behind)
{
    uint32_t low = 0, high = self->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t found_size;
        const char *found = index_table_string(self, middle, &found_size);
        int rc = memcmp(found, string, found_size < size ? found_size : size);
        if (rc == 0 && found_size < size)
            rc = -1;
        if (rc < 0 || (rc == 0 && behind))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool s_is_string(const index_table_t *self, uint32_t item, const char *string, size_t size)
{
    size_t found_size;
    const char *found = index_table_string(self, item, &found_size);
    return found_size == size && memcmp(found, string, size) == 0;
}

/* Walks the slots of a hash from its home to the first free one. index_check made sure that one is
 * free, so the walk ends. */
typedef struct {
    const uint32_t *slots;
    uint32_t count, slot, tag;
} s_walk_t;

static s_walk_t s_walk(const uint32_t *slots, uint32_t items, uint64_t hash)
{
    uint32_t count = index_slots(items);
    return (s_walk_t){.slots = slots,
                      .count = count,
                      .slot = index_slot_home(hash, count),
                      .tag = index_slot(hash, 0)};
}

static bool s_walk_next(s_walk_t *self, uint32_t *item)
{
    uint32_t found;
    while ((found = self->slots[self->slot]) != INDEX_EMPTY) {
        self->slot = self->slot + 1 < self->count ? self->slot + 1 : 0;
        *item = found & INDEX_SLOT_ITEM;
        if ((found & ~INDEX_SLOT_ITEM) == self->tag)
            return true;
    }
    return false;
}

bool index_table_find(const index_table_t *self, const char *string, size_t size, uint32_t *item)
{
    if (!self->slots) {
        *item = s_bound(self, string, size, false);
        return *item < self->count && s_is_string(self, *item, string, size);
    }
    s_walk_t walk = s_walk(self->slots, self->count, index_hash(string, size));
    while (s_walk_next(&walk, item))
        if (s_is_string(self, *item, string, size))
            return true;
    return false;
}

void index_table_prefix(const index_table_t *self, const char *prefix, size_t size, uint32_t *first,
                        uint32_t *end)
{
    *first = s_bound(self, prefix, size, false);
    *end = s_bound(self, prefix, size, true);
}

/* ---- keys ---- */

/* How a key compares with the suffix, both read from the end; 0 when it ends with it. */
static int s_compare_suffix(const index_view_t *self, uint32_t key, const char *suffix, size_t size)
{
    size_t found_size;
    const char *found = index_table_string(&self->keys, key, &found_size);
    for (size_t i = 1; i <= size && i <= found_size; i++) {
        unsigned char a = (unsigned char)found[found_size - i];
        unsigned char b = (unsigned char)suffix[size - i];
        if (a != b)
            return a < b ? -1 : 1;
    }
    return found_size < size ? -1 : 0;
}

static uint32_t s_suffix_bound(const index_view_t *self, const char *suffix, size_t size,
                               bool behind)
{
    uint32_t low = 0, high = self->keys.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int rc = s_compare_suffix(self, self->reversed[middle], suffix, size);
        if (rc < 0 || (rc == 0 && behind))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void index_view_suffix(const index_view_t *self, const char *suffix, size_t size, uint32_t *first,
                       uint32_t *end)
{
    *first = s_suffix_bound(self, suffix, size, false);
    *end = s_suffix_bound(self, suffix, size, true);
}

size_t index_view_strips(const index_view_t *self, const char *strip, size_t size, uint32_t *out,
                         size_t max)
{
    size_t count = 0;
    uint32_t key;
    s_walk_t walk = s_walk(self->strips, self->header->strips, index_hash(strip, size));
    while (count < max && s_walk_next(&walk, &key)) {
        char found[LEX_KEY_MAX];
        size_t key_size;
        const char *string = index_table_string(&self->keys, key, &key_size);
        ssize_t found_size = lex_text_strip(string, key_size, found, sizeof found);
        if (found_size == (ssize_t)size && memcmp(found, strip, size) == 0)
            out[count++] = key;
    }
    return count;
}

uint32_t index_view_key_of(const index_view_t *self, uint32_t entry)
{
    uint32_t low = 0, high = self->keys.count;
    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;
        if (self->keys.strings[middle].first <= entry)
            low = middle;
        else
            high = middle;
    }
    return low;
}

const char *index_view_spelling(const index_view_t *self, uint32_t key, size_t *size)
{
    const index_string_t *string = self->keys.strings + key;
    for (uint32_t entry = string[0].first; entry < string[1].first; entry++) {
        index_article_t article = index_view_article(self, key, entry);
        *size = article.headword_size;
        if (!article.alias)
            return article.headword;
    }
    return index_table_string(&self->keys, key, size);
}

/* ---- entries ---- */

index_article_t index_view_article(const index_view_t *self, uint32_t key, uint32_t entry)
{
    const index_entry_t *found = self->entries + entry;
    uint32_t headword = found->headword & INDEX_HEADWORD_IS_KEY;
    index_article_t article = {.text = self->texts + found->text,
                               .text_size = found->text_size,
                               .alias = found->headword & INDEX_ALIAS};
    if (headword == INDEX_HEADWORD_IS_KEY) {
        article.headword = index_table_string(&self->keys, key, &article.headword_size);
    } else {
        article.headword = (const char *)self->headwords + headword + 1;
        article.headword_size = self->headwords[headword];
    }
    return article;
}

void index_view_fields(const index_view_t *self, uint32_t entry, lex_fields_t *out)
{
    uint32_t offset = self->field_offsets ? self->field_offsets[entry] : INDEX_EMPTY;
    if (offset == INDEX_EMPTY)
        *out = (lex_fields_t){0};
    else
        index_fields_unpack(self->fields + offset, (size_t)(self->fields_size - offset), out);
}

/* ---- inverted lists ---- */

/* The first gram that is not less. */
static uint32_t s_gram_bound(const index_view_t *self, uint32_t gram)
{
    uint32_t low = 0, high = self->header->grams;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (self->grams[middle].gram < gram)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

index_list_t index_view_gram_at(const index_view_t *self, uint32_t item)
{
    const index_gram_t *gram = self->grams + item;
    return (index_list_t){.data = self->gram_lists + gram[0].offset,
                          .size = gram[1].offset - gram[0].offset};
}

index_list_t index_view_gram(const index_view_t *self, uint32_t gram)
{
    uint32_t item = s_gram_bound(self, gram);
    if (item == self->header->grams || self->grams[item].gram != gram)
        return (index_list_t){0};
    return index_view_gram_at(self, item);
}

void index_view_grams(const index_view_t *self, unsigned char one, unsigned char two,
                      uint32_t *first, uint32_t *end)
{
    uint32_t gram = (uint32_t)one << 16 | (uint32_t)two << 8;
    *first = s_gram_bound(self, gram);
    *end = s_gram_bound(self, gram + 0x100);
}

index_list_t index_view_term(const index_view_t *self, const char *term, size_t size)
{
    uint32_t item;
    if (!index_table_find(&self->terms, term, size, &item))
        return (index_list_t){0};
    const index_string_t *string = self->terms.strings + item;
    return (index_list_t){.data = self->term_lists + string[0].first,
                          .size = string[1].first - string[0].first};
}
