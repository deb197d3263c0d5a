#include "history-svc/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define TEXT_FIRST 4096

page_t *page_new(void)
{
    page_t *self = lex_calloc(1, sizeof *self);
    self->records = lex_calloc(PAGE_RECORDS_MAX, sizeof *self->records);
    self->text_capacity = TEXT_FIRST;
    self->text = lex_malloc(self->text_capacity);
    return self;
}

void page_destroy(page_t **self_p)
{
    page_t *self = *self_p;
    if (!self)
        return;
    free(self->records);
    free(self->text);
    free(self);
    *self_p = NULL;
}

void page_clear(page_t *self)
{
    self->count = 0;
    self->text_size = 0;
    self->cursor = 0;
}

void page_add(page_t *self, uint64_t n, uint64_t time, bool found, const char *word, size_t size)
{
    assert(self->count < PAGE_RECORDS_MAX);
    while (self->text_capacity - self->text_size < size) {
        self->text_capacity *= 2;
        self->text = lex_realloc(self->text, self->text_capacity);
    }
    memcpy(self->text + self->text_size, word, size);
    self->records[self->count++] = (page_record_t){
        .n = n, .time = time, .found = found, .word = self->text_size, .size = size};
    self->text_size += size;
}

void page_write(const page_t *self, lex_writer_t *writer)
{
    lex_write_text(writer, "records");
    lex_write_array(writer, self->count);
    for (size_t i = 0; i < self->count; i++) {
        const page_record_t *record = &self->records[i];
        lex_write_map(writer, 4);
        lex_put_uint(writer, "n", record->n);
        lex_put_str(writer, "word", self->text + record->word, record->size);
        lex_put_uint(writer, "time", record->time);
        lex_put_bool(writer, "found", record->found);
    }
}
