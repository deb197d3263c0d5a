#include "dict/sorted_entries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"

/* Where an entry's parts stand in the file, one behind another. */
typedef struct {
    uint64_t offset;
    uint32_t text_size;
    uint16_t headword_size;
    uint16_t phonetic_size;
    uint16_t aliases_size;
} s_record_t;

struct sorted_entries {
    FILE *file;
    uint64_t size; /* of what was written to it */
    word_list_t keys;
    s_record_t *records;
    size_t capacity;
    text_buffer_t entry; /* that was read last */
};

_Static_assert(LEX_FIELD_MAX <= UINT16_MAX, "sizes of fields have 16 bits");

sorted_entries_t *sorted_entries_new(FILE *file)
{
    sorted_entries_t *self = lex_calloc(1, sizeof(*self));
    self->file = file;
    return self;
}

void sorted_entries_destroy(sorted_entries_t **self_p)
{
    sorted_entries_t *self = *self_p;
    if (!self)
        return;
    if (self->file)
        fclose(self->file);
    word_list_free(&self->keys);
    text_buffer_free(&self->entry);
    free(self->records);
    free(self);
    *self_p = NULL;
}

static int s_write(sorted_entries_t *self, const char *data, size_t size)
{
    if (size > 0 && fwrite(data, 1, size, self->file) != size)
        return -1;
    self->size += size;
    return 0;
}

/* A field that no reader would have given is left out. */
static lex_span_t s_field(const lex_entry_t *entry, lex_text_field_t field)
{
    lex_span_t text = entry->fields.text[field];
    return text.size <= LEX_FIELD_MAX ? text : (lex_span_t){NULL, 0};
}

int sorted_entries_add(sorted_entries_t *self, const char *key, size_t key_size,
                       const lex_entry_t *entry)
{
    lex_span_t phonetic = s_field(entry, LEX_PHONETIC);
    lex_span_t aliases = s_field(entry, LEX_ALIASES);
    if (!self->file || entry->text_size > UINT32_MAX || entry->headword_size > UINT16_MAX ||
        self->keys.count == UINT32_MAX) {
        errno = EFBIG;
        return -1;
    }
    if (self->keys.count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 1024;
        self->records = lex_realloc(self->records, self->capacity * sizeof(*self->records));
    }
    self->records[self->keys.count] = (s_record_t){.offset = self->size,
                                                   .text_size = (uint32_t)entry->text_size,
                                                   .headword_size = (uint16_t)entry->headword_size,
                                                   .phonetic_size = (uint16_t)phonetic.size,
                                                   .aliases_size = (uint16_t)aliases.size};
    word_list_add(&self->keys, key, key_size, (uint32_t)self->keys.count);
    if (s_write(self, entry->headword, entry->headword_size) != 0 ||
        s_write(self, phonetic.data, phonetic.size) != 0 ||
        s_write(self, aliases.data, aliases.size) != 0)
        return -1;
    return s_write(self, entry->text, entry->text_size);
}

int sorted_entries_sort(sorted_entries_t *self, word_order_fn *order)
{
    if (!self->file || fflush(self->file) != 0)
        return -1;
    word_list_sort(&self->keys, order);
    return 0;
}

size_t sorted_entries_count(const sorted_entries_t *self)
{
    return self->keys.count;
}

static int s_read(int fd, char *out, size_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t got = pread(fd, out, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? EIO : errno;
            return -1;
        }
        out += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

int sorted_entries_read(sorted_entries_t *self, size_t item, lex_span_t *key, lex_entry_t *entry)
{
    const s_record_t *record = &self->records[self->keys.items[item].number];
    size_t fields = (size_t)record->headword_size + record->phonetic_size + record->aliases_size;
    size_t size = fields + record->text_size;
    self->entry.size = 0;
    text_buffer_reserve(&self->entry, size);
    char *data = self->entry.data;
    if (s_read(fileno(self->file), data, size, record->offset) != 0)
        return -1;
    *entry = lex_entry_plain(data, record->headword_size, data + fields, record->text_size);
    data += record->headword_size;
    entry->fields.text[LEX_PHONETIC] = (lex_span_t){data, record->phonetic_size};
    data += record->phonetic_size;
    entry->fields.text[LEX_ALIASES] = (lex_span_t){data, record->aliases_size};
    if (key)
        *key = word_list_word(&self->keys, item);
    return 0;
}
