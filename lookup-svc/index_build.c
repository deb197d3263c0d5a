#include "lookup-svc/index_build.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/index_derive.h"
#include "lookup-svc/index_draft.h"
#include "lookup-svc/index_entries.h"
#include "lookup-svc/index_fields.h"
#include "lookup-svc/index_links.h"
#include "lookup-svc/index_lists.h"
#include "lookup-svc/sorter.h"
#include "lookup-svc/spool.h"
#include "lookup-svc/text_set.h"

struct index_builder {
    char *path;
    index_draft_t draft;
    dictionary_kind_t kind;
    uint32_t rows;
    uint32_t skipped;
    text_set_t *texts;
    sorter_t *entries;
    sorter_t *forms;
    sorter_t *readings;
    spool_t *headwords;
    spool_t *fields;
    char
        last_headword[LEX_WORD_MAX]; /* in the spool; neighbours with the same spelling share one */
    size_t last_size;
    uint32_t last_offset;
    unsigned char packed[INDEX_FIELDS_MAX];
};

static int s_no_room(const index_builder_t *self)
{
    lex_error("index dictionary %u is too large to be built after %u entries",
              self->draft.header.dictionary, self->rows);
    return -1;
}

index_builder_t *index_builder_new(const char *path, const index_source_t *source)
{
    index_builder_t *self = lex_calloc(1, sizeof *self);
    size_t budget = source->budget ? source->budget : INDEX_BUDGET;
    self->path = lex_strdup(path);
    self->kind = source->kind;
    self->draft = (index_draft_t){.path = self->path,
                                  .writer = index_writer_new(path),
                                  .budget = budget,
                                  .stop = source->stop,
                                  .header = {.dictionary = source->dictionary,
                                             .version = source->version,
                                             .rows = source->rows,
                                             .text_bytes = source->text_bytes}};
    self->texts = text_set_new();
    self->entries = sorter_new(path, budget);
    self->forms = sorter_new(path, budget / 4);
    self->readings = sorter_new(path, budget / 4);
    self->headwords = spool_new(path);
    self->fields = spool_new(path);
    if (!self->draft.writer || index_writer_section(self->draft.writer, INDEX_TEXTS) == -1)
        index_builder_destroy(&self);
    return self;
}

void index_builder_destroy(index_builder_t **self_p)
{
    index_builder_t *self = *self_p;
    if (!self)
        return;
    index_writer_destroy(&self->draft.writer);
    text_set_destroy(&self->texts);
    sorter_destroy(&self->entries);
    sorter_destroy(&self->forms);
    sorter_destroy(&self->readings);
    spool_destroy(&self->headwords);
    spool_destroy(&self->fields);
    free(self->path);
    free(self);
    *self_p = NULL;
}

uint32_t index_builder_rows(const index_builder_t *self)
{
    return self->rows;
}

uint32_t index_builder_skipped(const index_builder_t *self)
{
    return self->skipped;
}

/* ---- the first half: entries come in ---- */

static int s_put_text(index_builder_t *self, const char *text, size_t size, uint64_t *offset)
{
    *offset = index_writer_section_size(self->draft.writer);
    int known = text_set_add(self->texts, text, size, offset);
    if (known == -1)
        return s_no_room(self);
    return known ? 0 : index_writer_put(self->draft.writer, text, size);
}

static int s_put_headword(index_builder_t *self, const lex_entry_t *entry, uint32_t *offset)
{
    if (self->last_size == entry->headword_size &&
        memcmp(self->last_headword, entry->headword, entry->headword_size) == 0) {
        *offset = self->last_offset;
        return 0;
    }
    uint8_t size = (uint8_t)entry->headword_size;
    if (spool_size(self->headwords) >= INDEX_HEADWORD_IS_KEY)
        return s_no_room(self);
    *offset = self->last_offset = (uint32_t)spool_size(self->headwords);
    self->last_size = size;
    memcpy(self->last_headword, entry->headword, size);
    if (spool_put(self->headwords, &size, sizeof size) == -1)
        return -1;
    return spool_put(self->headwords, entry->headword, size);
}

static int s_put_fields(index_builder_t *self, const lex_entry_t *entry, uint32_t *offset)
{
    lex_fields_t fields = entry->fields;
    /* Nobody sees the entries of a table of lemmas; their forms lead to them all the same. */
    if (self->kind == DICTIONARY_LEMMAS)
        fields.text[LEX_FORMS] = (lex_span_t){0};
    size_t size = index_fields_pack(&fields, self->packed);
    *offset = INDEX_EMPTY;
    if (size == 0)
        return 0;
    if (spool_size(self->fields) + size >= INDEX_EMPTY)
        return s_no_room(self);
    *offset = (uint32_t)spool_size(self->fields);
    return spool_put(self->fields, self->packed, size);
}

/* Puts the other headwords of an entry, which is a row already, into the sort. */
static int s_add_aliases(index_builder_t *self, const lex_entry_t *entry, const char *key,
                         size_t key_size, index_row_t row)
{
    lex_span_t alias;
    size_t offset = 0;
    for (unsigned i = 0; i < INDEX_ALIASES_MAX &&
                         lex_span_next(entry->fields.text[LEX_ALIASES], '\n', &offset, &alias);
         i++) {
        char other[LEX_KEY_MAX];
        size_t size = index_draft_key(alias.data, alias.size, other);
        if (size == 0 || (size == key_size && memcmp(key, other, size) == 0))
            continue;
        if ((row.entry.headword & INDEX_HEADWORD_IS_KEY) == INDEX_HEADWORD_IS_KEY &&
            s_put_headword(self, entry, &row.entry.headword) == -1)
            return -1;
        row.entry.headword |= INDEX_ALIAS;
        if (index_entries_add(self->entries, other, size, &row) == -1)
            return -1;
    }
    return 0;
}

int index_builder_add(index_builder_t *self, const lex_entry_t *entry)
{
    char key[LEX_KEY_MAX];
    if (self->rows == INDEX_ENTRIES_MAX || entry->text_size > UINT32_MAX)
        return s_no_room(self);
    index_row_t row = {
        .row = self->rows++,
        .rank = lex_fields_rank(&entry->fields),
        .entry = {.text_size = (uint32_t)entry->text_size, .headword = INDEX_HEADWORD_IS_KEY}};
    size_t key_size = index_draft_key(entry->headword, entry->headword_size, key);
    if (key_size == 0) {
        self->skipped++;
        return 0;
    }
    bool is_key = key_size == entry->headword_size && memcmp(key, entry->headword, key_size) == 0;
    if (s_put_text(self, entry->text, entry->text_size, &row.entry.text) == -1 ||
        (!is_key && s_put_headword(self, entry, &row.entry.headword) == -1) ||
        s_put_fields(self, entry, &row.fields) == -1 ||
        index_entries_add(self->entries, key, key_size, &row) == -1 ||
        s_add_aliases(self, entry, key, key_size, row) == -1 ||
        index_links_add_forms(self->forms, key, key_size, entry->fields.text[LEX_FORMS]) == -1)
        return -1;
    return index_links_add_reading(self->readings, key, key_size, entry->fields.text[LEX_READING]);
}

/* ---- the second half ---- */

int index_builder_commit(index_builder_t *self)
{
    index_draft_t *draft = &self->draft;
    bool searched = self->kind != DICTIONARY_LEMMAS;
    text_set_destroy(&self->texts);
    int rc = index_entries_write(draft, self->entries, self->headwords, self->fields);
    sorter_destroy(&self->entries);
    if (rc == 0)
        rc = index_draft_map(draft);
    if (rc == 0)
        rc = index_links_write_forms(draft, self->forms);
    sorter_destroy(&self->forms);
    if (rc == 0)
        rc = index_links_write_readings(draft, self->readings);
    sorter_destroy(&self->readings);
    if (rc == -1 || index_derive_codes(draft) == -1 || index_derive_folds(draft) == -1 ||
        index_derive_reversed(draft) == -1 || index_lists_write_grams(draft, searched) == -1 ||
        index_lists_write_terms(draft, searched) == -1)
        return -1;
    return index_writer_commit(draft->writer, &draft->header);
}
