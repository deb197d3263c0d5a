#include "lookup-svc/index_entries.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "common/log.h"
#include "common/text.h"
#include "lookup-svc/table_builder.h"

/* A record is the key, a NUL, the row's number, big-endian so that memcmp orders it, and the rest of
 * the row. */
#define NUMBER_SIZE 4u
typedef struct {
    index_entry_t entry;
    uint32_t rank;
    uint32_t fields;
} s_rest_t;

#define RECORD_MAX (LEX_KEY_MAX + 1 + NUMBER_SIZE + sizeof(s_rest_t))
_Static_assert(RECORD_MAX <= SORTER_RECORD_MAX, "a row can be sorted");

int index_entries_add(sorter_t *rows, const char *key, size_t key_size, const index_row_t *row)
{
    unsigned char record[RECORD_MAX], *number = record + key_size + 1;
    s_rest_t rest = {.entry = row->entry, .rank = row->rank, .fields = row->fields};
    assert(key_size <= LEX_KEY_MAX);
    memcpy(record, key, key_size);
    record[key_size] = '\0';
    for (unsigned i = 0; i < NUMBER_SIZE; i++)
        number[i] = (unsigned char)(row->row >> (24 - 8 * i));
    memcpy(number + NUMBER_SIZE, &rest, sizeof rest);
    return sorter_add(rows, record, key_size + 1 + NUMBER_SIZE + sizeof rest);
}

/* Takes a record apart; the key is at its start. Returns the key's size. */
static size_t s_parse(const unsigned char *record, size_t size, index_row_t *row)
{
    size_t key_size = size - 1 - NUMBER_SIZE - sizeof(s_rest_t);
    const unsigned char *number = record + key_size + 1;
    s_rest_t rest;
    memcpy(&rest, number + NUMBER_SIZE, sizeof rest);
    *row = (index_row_t){.rank = rest.rank, .fields = rest.fields, .entry = rest.entry};
    for (unsigned i = 0; i < NUMBER_SIZE; i++)
        row->row = row->row << 8 | number[i];
    return key_size;
}

/* What is being written. */
typedef struct {
    index_draft_t *draft;
    spool_t *offsets; /* of fields */
    spool_t *ranks;
    table_builder_t *keys;
    uint32_t last_row; /* of the entry before, when it has the same key */
    uint32_t best;     /* rank of the key so far */
    bool ranked;       /* any key is */
    uint64_t text_bytes;
    uint32_t texts; /* entries that are no aliases */
} s_writer_t;

static int s_end_key(s_writer_t *self)
{
    if (table_builder_count(self->keys) == 0)
        return 0;
    self->ranked = self->ranked || self->best > 0;
    return spool_put(self->ranks, &self->best, sizeof self->best);
}

static int s_write_row(s_writer_t *self, const char *key, size_t key_size, const index_row_t *row)
{
    index_header_t *header = &self->draft->header;
    if (header->entries == INDEX_ENTRIES_MAX) {
        lex_error("index dictionary %u has more than %u entries", header->dictionary,
                  INDEX_ENTRIES_MAX);
        return -1;
    }
    if (!table_builder_is_last(self->keys, key, key_size)) {
        if (s_end_key(self) == -1 ||
            table_builder_add(self->keys, key, key_size, header->entries) == -1)
            return -1;
        self->best = 0;
    } else if (row->row == self->last_row) {
        return 0;
    }
    self->last_row = row->row;
    if (row->rank > 0 && (self->best == 0 || row->rank < self->best))
        self->best = row->rank;
    if (!(row->entry.headword & INDEX_ALIAS)) {
        self->text_bytes += row->entry.text_size;
        self->texts++;
    }
    header->entries++;
    if (spool_put(self->offsets, &row->fields, sizeof row->fields) == -1)
        return -1;
    return index_writer_put(self->draft->writer, &row->entry, sizeof row->entry);
}

static int s_write_rows(s_writer_t *self, sorter_t *rows)
{
    const void *record;
    size_t size;
    int more = sorter_sort(rows) == -1 ? -1 : sorter_next(rows, &record, &size);
    for (uint32_t i = 0; more == 1; i++) {
        index_row_t row;
        size_t key_size = s_parse(record, size, &row);
        if (!index_draft_goes_on(self->draft, i) || s_write_row(self, record, key_size, &row) == -1)
            return -1;
        more = sorter_next(rows, &record, &size);
    }
    return more == -1 ? -1 : s_end_key(self);
}

static int s_write_sections(s_writer_t *self, sorter_t *rows, spool_t *headwords, spool_t *fields)
{
    index_writer_t *writer = self->draft->writer;
    index_header_t *header = &self->draft->header;
    if (index_writer_section(writer, INDEX_ENTRIES) == -1 || s_write_rows(self, rows) == -1 ||
        spool_write(headwords, writer, INDEX_HEADWORDS) == -1)
        return -1;
    if (spool_size(fields) > 0 && (spool_write(self->offsets, writer, INDEX_FIELD_OFFSETS) == -1 ||
                                   spool_write(fields, writer, INDEX_FIELDS) == -1))
        return -1;
    header->keys = table_builder_count(self->keys);
    header->average_text = self->texts > 0 ? self->text_bytes / self->texts : 0;
    if (header->average_text == 0)
        header->average_text = 1;
    if (table_builder_write(self->keys, writer, INDEX_KEYS, header->entries) == -1)
        return -1;
    return self->ranked ? spool_write(self->ranks, writer, INDEX_RANKS) : 0;
}

int index_entries_write(index_draft_t *draft, sorter_t *rows, spool_t *headwords, spool_t *fields)
{
    s_writer_t self = {.draft = draft,
                       .offsets = spool_new(draft->path),
                       .ranks = spool_new(draft->path),
                       .keys = table_builder_new(draft->path, true, true)};
    int rc = s_write_sections(&self, rows, headwords, fields);
    spool_destroy(&self.offsets);
    spool_destroy(&self.ranks);
    table_builder_destroy(&self.keys);
    return rc;
}
