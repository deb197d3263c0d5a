#include "lookup-svc/index_draft.h"

#include <string.h>
#include <sys/types.h>

int index_draft_map(index_draft_t *self)
{
    index_writer_t *writer = self->writer;
    if (index_writer_map(writer) == -1)
        return -1;
    self->view = (index_view_t){
        .header = &self->header,
        .texts = index_writer_mapped(writer, INDEX_TEXTS),
        .entries = index_writer_mapped(writer, INDEX_ENTRIES),
        .keys = {.count = self->header.keys,
                 .strings = index_writer_mapped(writer, INDEX_KEYS + INDEX_TABLE_STRINGS),
                 .bytes = index_writer_mapped(writer, INDEX_KEYS + INDEX_TABLE_BYTES),
                 .slots = index_writer_mapped(writer, INDEX_KEYS + INDEX_TABLE_SLOTS)}};
    return 0;
}

size_t index_draft_key(const char *word, size_t size, char key[LEX_KEY_MAX])
{
    ssize_t key_size = size <= LEX_WORD_MAX ? lex_text_key(word, size, key, LEX_KEY_MAX) : -1;
    if (key_size <= 0 || memchr(key, '\0', (size_t)key_size))
        return 0;
    return (size_t)key_size;
}
