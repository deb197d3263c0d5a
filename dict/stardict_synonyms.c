#include "dict/stardict_synonyms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/format.h"
#include "dict/stardict_words.h"
#include "dict/text_buffer.h"

#define ORDINAL_SIZE 4

typedef struct {
    uint32_t entry;
    uint32_t word; /* where it begins in `words`; it ends with a NUL */
    uint32_t number;
} s_synonym_t;

struct synonyms {
    text_buffer_t words;
    s_synonym_t *synonyms; /* sorted by entry, then by number */
    size_t count;
    size_t capacity;
    size_t next;
    uint64_t read; /* words of the file */
    synonyms_fault_fn *fault;
    void *arg;
    size_t field_size;
    char field[LEX_FIELD_MAX];
};

_Static_assert(SYNONYMS_BYTES_MAX + STARDICT_WORD_MAX <= UINT32_MAX,
               "offsets of words have 32 bits");

static int s_compare(const void *one_p, const void *other_p)
{
    const s_synonym_t *one = one_p;
    const s_synonym_t *other = other_p;
    if (one->entry != other->entry)
        return one->entry < other->entry ? -1 : 1;
    return one->number < other->number ? -1 : one->number > other->number;
}

static void s_add(synonyms_t *self, const char *word, size_t size, uint32_t entry)
{
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 1024;
        self->synonyms = lex_realloc(self->synonyms, self->capacity * sizeof(*self->synonyms));
    }
    self->synonyms[self->count++] = (s_synonym_t){
        .entry = entry, .word = (uint32_t)self->words.size, .number = (uint32_t)self->read};
    text_buffer_add(&self->words, word, size + 1);
}

/* What keeps a synonym from being a headword, or NULL. */
static const char *s_word_fault(const char *word, size_t size)
{
    if (size == 0 || strspn(word, " ") == size)
        return "a synonym is blank";
    if (size > FORMAT_HEADWORD_MAX)
        return "a synonym is longer than 255 bytes";
    if (!lex_text_is_utf8(word, size))
        return "a synonym is not UTF-8";
    if (lex_text_has_control(word, size))
        return "a synonym has a control character";
    return NULL;
}

static void s_read(synonyms_t *self, stardict_words_t *words)
{
    const char *word;
    size_t size;
    const unsigned char *number;
    int rc;
    while ((rc = stardict_words_next(words, &word, &size, &number)) == 1) {
        if (self->words.size >= SYNONYMS_BYTES_MAX || self->count >= SYNONYMS_MAX) {
            self->fault(self->arg, self->read + 1, "too many synonyms: all from here");
            return;
        }
        self->read++;
        const char *fault = s_word_fault(word, size);
        if (fault)
            self->fault(self->arg, self->read, fault);
        else
            s_add(self, word, size, (uint32_t)stardict_number(number, ORDINAL_SIZE));
    }
    if (rc < 0)
        self->fault(self->arg, self->read + 1,
                    "the synonyms are cut off or damaged: all from here");
}

synonyms_t *synonyms_open(const char *path, synonyms_fault_fn *fault, void *arg, char **error)
{
    *error = NULL;
    stardict_words_t *words = stardict_words_open(path, ORDINAL_SIZE);
    if (!words) {
        *error = lex_format("%s: %s", path, strerror(errno));
        return NULL;
    }
    synonyms_t *self = lex_calloc(1, sizeof(*self));
    self->fault = fault;
    self->arg = arg;
    s_read(self, words);
    stardict_words_close(&words);
    if (self->count > 0)
        qsort(self->synonyms, self->count, sizeof(*self->synonyms), s_compare);
    return self;
}

void synonyms_close(synonyms_t **self_p)
{
    synonyms_t *self = *self_p;
    if (!self)
        return;
    text_buffer_free(&self->words);
    free(self->synonyms);
    free(self);
    *self_p = NULL;
}

uint64_t synonyms_count(const synonyms_t *self)
{
    return self->read;
}

static bool s_has(const synonyms_t *self, const char *word, size_t size)
{
    lex_span_t list = {self->field, self->field_size};
    lex_span_t item;
    size_t offset = 0;
    while (lex_span_next(list, '\n', &offset, &item)) {
        if (item.size == size && memcmp(item.data, word, size) == 0)
            return true;
    }
    return false;
}

lex_span_t synonyms_of(synonyms_t *self, uint32_t entry, const char *headword, size_t size)
{
    size_t taken = 0;
    self->field_size = 0;
    while (self->next < self->count && self->synonyms[self->next].entry < entry)
        self->next++;
    for (; self->next < self->count && self->synonyms[self->next].entry == entry; self->next++) {
        const s_synonym_t *synonym = &self->synonyms[self->next];
        const char *word = self->words.data + synonym->word;
        size_t length = strlen(word);
        if (taken == SYNONYMS_OF_ENTRY || length + 1 > sizeof(self->field) - self->field_size) {
            self->fault(self->arg, synonym->number, "a synonym beyond the 64 of an entry");
            continue;
        }
        if ((length == size && memcmp(word, headword, size) == 0) || s_has(self, word, length))
            continue;
        if (self->field_size > 0)
            self->field[self->field_size++] = '\n';
        memcpy(self->field + self->field_size, word, length);
        self->field_size += length;
        taken++;
    }
    return (lex_span_t){self->field, self->field_size};
}

void synonyms_finish(synonyms_t *self, uint32_t entries)
{
    for (; self->next < self->count; self->next++) {
        if (self->synonyms[self->next].entry >= entries)
            self->fault(self->arg, self->synonyms[self->next].number,
                        "a synonym stands for an entry that is not there");
    }
}
