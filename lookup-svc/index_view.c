#include "lookup-svc/index_view.h"

#include <string.h>

bool index_table_find(const index_table_t *self, const char *string, size_t size, uint32_t *item)
{
    uint64_t hash = index_hash(string, size);
    uint32_t tag = (uint32_t)(hash >> 32);
    uint32_t slot = (uint32_t)hash & self->mask;
    /* index_check made sure that a slot is free, so the walk ends. */
    for (; self->slots[slot].item != INDEX_EMPTY; slot = (slot + 1) & self->mask) {
        if (self->slots[slot].tag != tag)
            continue;
        size_t found_size;
        const char *found = index_table_string(self, self->slots[slot].item, &found_size);
        if (found_size == size && memcmp(found, string, size) == 0) {
            *item = self->slots[slot].item;
            return true;
        }
    }
    return false;
}

/* The first string whose leading bytes are not less than `prefix`; with `behind` the first whose
 * are greater. */
static uint32_t s_bound(const index_table_t *self, const char *prefix, size_t size, bool behind)
{
    uint32_t low = 0, high = self->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t found_size;
        const char *found = index_table_string(self, middle, &found_size);
        int rc = memcmp(found, prefix, found_size < size ? found_size : size);
        if (rc == 0 && found_size < size)
            rc = -1;
        if (rc < 0 || (rc == 0 && behind))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void index_table_prefix(const index_table_t *self, const char *prefix, size_t size, uint32_t *first,
                        uint32_t *end)
{
    *first = s_bound(self, prefix, size, false);
    *end = s_bound(self, prefix, size, true);
}

index_article_t index_view_article(const index_view_t *self, uint32_t entry)
{
    const index_entry_t *found = self->entries + entry;
    const unsigned char *headword = self->headwords + found->headword;
    return (index_article_t){.headword = (const char *)headword + 1,
                             .headword_size = *headword,
                             .text = self->texts + found->text,
                             .text_size = found->text_size};
}

const char *index_view_spelling(const index_view_t *self, uint32_t key, size_t *size)
{
    index_article_t article = index_view_article(self, self->keys.strings[key].first);
    *size = article.headword_size;
    return article.headword;
}
