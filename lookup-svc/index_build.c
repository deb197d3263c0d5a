#include "lookup-svc/index_build.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/buffer.h"
#include "lookup-svc/table_builder.h"
#include "lookup-svc/text_set.h"

/* Where a string stands in the arena of words. */
typedef struct {
    uint64_t order; /* its first eight bytes, big-endian: most comparisons end here, without
                       touching the arena */
    uint64_t offset;
    uint16_t size;
} s_word_t;

typedef struct {
    s_word_t key; /* its headword follows it in the arena: a size byte and the bytes */
    uint32_t text_size;
    uint32_t row;
    uint64_t text;
} s_entry_t;

typedef struct {
    s_word_t fold;
    uint32_t key; /* its number */
} s_fold_t;

struct index_builder {
    index_writer_t *writer;
    index_source_t source;
    text_set_t *texts;
    uint32_t rows;
    uint32_t skipped;
    buffer_t words;   /* the arena */
    buffer_t entries; /* s_entry_t */
    buffer_t folds;   /* s_fold_t */
    table_builder_t key_table;
    table_builder_t fold_table;
};

static int s_no_room(const index_builder_t *self)
{
    lex_error("index dictionary %u is too large to be built after %u entries",
              self->source.dictionary, self->rows);
    return -1;
}

index_builder_t *index_builder_new(const char *path, const index_source_t *source)
{
    index_builder_t *self = lex_calloc(1, sizeof *self);
    self->source = *source;
    self->texts = text_set_new();
    self->writer = index_writer_new(path);
    if (!self->writer || index_writer_section(self->writer, INDEX_TEXTS) == -1)
        index_builder_destroy(&self);
    return self;
}

void index_builder_destroy(index_builder_t **self_p)
{
    index_builder_t *self = *self_p;
    if (!self)
        return;
    index_writer_destroy(&self->writer);
    text_set_destroy(&self->texts);
    buffer_close(&self->words);
    buffer_close(&self->entries);
    buffer_close(&self->folds);
    table_builder_close(&self->key_table);
    table_builder_close(&self->fold_table);
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

/* Puts a string into the arena. */
static int s_keep_word(index_builder_t *self, const char *string, size_t size, s_word_t *word)
{
    unsigned char head[8] = {0};
    memcpy(head, string, size < sizeof head ? size : sizeof head);
    word->order = 0;
    for (size_t i = 0; i < sizeof head; i++)
        word->order = word->order << 8 | head[i];
    word->offset = self->words.size;
    word->size = (uint16_t)size;
    return buffer_add(&self->words, string, size);
}

static int s_write_text(index_builder_t *self, const char *text, size_t size, uint64_t *offset)
{
    *offset = index_writer_section_size(self->writer);
    int known = text_set_add(self->texts, text, size, offset);
    if (known == -1)
        return s_no_room(self);
    return known ? 0 : index_writer_put(self->writer, text, size);
}

int index_builder_add(index_builder_t *self, const lex_entry_t *added)
{
    const char *headword = added->headword;
    size_t headword_size = added->headword_size;
    if (self->rows == INDEX_ENTRIES_MAX || added->text_size > UINT32_MAX)
        return s_no_room(self);
    s_entry_t entry = {.row = self->rows++, .text_size = (uint32_t)added->text_size};
    char key[LEX_KEY_MAX];
    ssize_t key_size = -1;
    if (headword_size <= LEX_WORD_MAX)
        key_size = lex_text_key(headword, headword_size, key, sizeof key);
    if (key_size <= 0) {
        self->skipped++;
        return 0;
    }
    uint8_t size_byte = (uint8_t)headword_size;
    if (s_keep_word(self, key, (size_t)key_size, &entry.key) == -1 ||
        buffer_add(&self->words, &size_byte, 1) == -1 ||
        buffer_add(&self->words, headword, headword_size) == -1)
        return s_no_room(self);
    if (s_write_text(self, added->text, added->text_size, &entry.text) == -1)
        return -1;
    if (buffer_add(&self->entries, &entry, sizeof entry) == -1)
        return s_no_room(self);
    return 0;
}

/* ---- the second half: sort and write ---- */

static int s_compare_words(const char *arena, const s_word_t *a, const s_word_t *b)
{
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    size_t least = a->size < b->size ? a->size : b->size;
    int rc = memcmp(arena + a->offset, arena + b->offset, least);
    return rc ? rc : (int)a->size - (int)b->size;
}

static int s_compare_entries(const void *a, const void *b, void *arena)
{
    const s_entry_t *left = a, *right = b;
    int rc = s_compare_words(arena, &left->key, &right->key);
    return rc ? rc : (left->row < right->row ? -1 : 1);
}

static int s_compare_folds(const void *a, const void *b, void *arena)
{
    const s_fold_t *left = a, *right = b;
    int rc = s_compare_words(arena, &left->fold, &right->fold);
    return rc ? rc : (left->key < right->key ? -1 : 1);
}

/* A key that changes when its accents are folded is found under the fold as well. */
static int s_add_fold(index_builder_t *self, const s_word_t *key, uint32_t number)
{
    char fold[LEX_KEY_MAX];
    const char *string = self->words.data + key->offset;
    ssize_t size = lex_text_fold(string, key->size, fold, sizeof fold);
    if (size <= 0 || ((size_t)size == key->size && memcmp(fold, string, key->size) == 0))
        return 0;
    s_fold_t entry = {.key = number};
    if (s_keep_word(self, fold, (size_t)size, &entry.fold) == -1)
        return -1;
    return buffer_add(&self->folds, &entry, sizeof entry);
}

static int s_gather_keys(index_builder_t *self)
{
    const s_entry_t *entries = (const void *)self->entries.data;
    uint32_t count = (uint32_t)(self->entries.size / sizeof *entries);
    for (uint32_t i = 0; i < count; i++) {
        const char *key = self->words.data + entries[i].key.offset;
        if (table_builder_is_last(&self->key_table, key, entries[i].key.size))
            continue;
        uint32_t number = table_builder_count(&self->key_table);
        if (table_builder_add(&self->key_table, key, entries[i].key.size, i) == -1 ||
            s_add_fold(self, &entries[i].key, number) == -1)
            return s_no_room(self);
    }
    return 0;
}

static int s_gather_folds(index_builder_t *self)
{
    const s_fold_t *folds = (const void *)self->folds.data;
    uint32_t count = (uint32_t)(self->folds.size / sizeof *folds);
    for (uint32_t i = 0; i < count; i++) {
        const char *fold = self->words.data + folds[i].fold.offset;
        if (table_builder_is_last(&self->fold_table, fold, folds[i].fold.size))
            continue;
        if (table_builder_add(&self->fold_table, fold, folds[i].fold.size, i) == -1)
            return s_no_room(self);
    }
    return 0;
}

/* The entries in their order, and behind them the headwords; neighbours with the same spelling
 * share one. */
static int s_write_entries(index_builder_t *self)
{
    const s_entry_t *entries = (const void *)self->entries.data;
    uint32_t count = (uint32_t)(self->entries.size / sizeof *entries);
    buffer_t headwords = {0};
    const unsigned char *last = NULL;
    uint64_t place = 0;
    int rc = index_writer_section(self->writer, INDEX_ENTRIES);
    for (uint32_t i = 0; i < count && rc == 0; i++) {
        const unsigned char *headword =
            (const unsigned char *)self->words.data + entries[i].key.offset + entries[i].key.size;
        if (!last || *last != *headword || memcmp(last, headword, *headword + 1u) != 0) {
            place = headwords.size;
            rc = buffer_add(&headwords, headword, *headword + 1u);
        }
        last = headword;
        index_entry_t entry = {entries[i].text, entries[i].text_size, (uint32_t)place};
        if (rc == 0 && place <= UINT32_MAX)
            rc = index_writer_put(self->writer, &entry, sizeof entry);
        else
            rc = s_no_room(self);
    }
    if (rc == 0)
        rc = index_writer_section(self->writer, INDEX_HEADWORDS);
    if (rc == 0)
        rc = index_writer_put(self->writer, headwords.data, headwords.size);
    buffer_close(&headwords);
    return rc;
}

static int s_write_fold_keys(index_builder_t *self)
{
    const s_fold_t *folds = (const void *)self->folds.data;
    size_t count = self->folds.size / sizeof *folds;
    int rc = index_writer_section(self->writer, INDEX_FOLD_KEYS);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = index_writer_put(self->writer, &folds[i].key, sizeof folds[i].key);
    return rc;
}

int index_builder_commit(index_builder_t *self)
{
    uint32_t entries = (uint32_t)(self->entries.size / sizeof(s_entry_t));
    text_set_destroy(&self->texts);
    if (entries > 0)
        qsort_r(self->entries.data, entries, sizeof(s_entry_t), s_compare_entries,
                self->words.data);
    if (s_gather_keys(self) == -1)
        return -1;
    uint32_t folded = (uint32_t)(self->folds.size / sizeof(s_fold_t));
    if (folded > 0)
        qsort_r(self->folds.data, folded, sizeof(s_fold_t), s_compare_folds, self->words.data);
    if (s_gather_folds(self) == -1)
        return -1;
    index_header_t header = {.dictionary = self->source.dictionary,
                             .version = self->source.version,
                             .rows = self->source.rows,
                             .text_bytes = self->source.text_bytes,
                             .entries = entries,
                             .keys = table_builder_count(&self->key_table),
                             .folds = table_builder_count(&self->fold_table),
                             .fold_keys = folded};
    if (s_write_entries(self) == -1 ||
        table_builder_write(&self->key_table, self->writer, INDEX_KEYS, entries, true) == -1 ||
        table_builder_write(&self->fold_table, self->writer, INDEX_FOLDS, folded, false) == -1 ||
        s_write_fold_keys(self) == -1)
        return -1;
    return index_writer_commit(self->writer, &header);
}
