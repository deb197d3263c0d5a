/* A StarDict dictionary under construction. */

#ifndef LEXMQ_TESTS_DICT_STAR_H
#define LEXMQ_TESTS_DICT_STAR_H

#include "tests/unit/dict/scratch.h"

typedef struct {
    unsigned char bytes[4096];
    size_t size;
} star_bytes_t;

typedef struct {
    char ifo[2048];
    star_bytes_t index;
    star_bytes_t synonyms;
    star_bytes_t text;
} star_t;

static inline void star_put(star_bytes_t *self, const void *data, size_t size)
{
    assert_true(size <= sizeof self->bytes - self->size);
    memcpy(self->bytes + self->size, data, size);
    self->size += size;
}

/* A number, most significant byte first. */
static inline void star_put_number(star_bytes_t *self, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i > 0; i--) {
        unsigned char byte = (unsigned char)(number >> (8 * (i - 1)));
        star_put(self, &byte, 1);
    }
}

static inline void star_add_line(star_t *self, const char *word, uint64_t offset,
                                 size_t offset_bytes, uint64_t size)
{
    star_put(&self->index, word, strlen(word) + 1);
    star_put_number(&self->index, offset, offset_bytes);
    star_put_number(&self->index, size, 4);
}

/* A word and its article. */
static inline void star_add(star_t *self, const char *word, const void *article, size_t size)
{
    star_add_line(self, word, self->text.size, 4, size);
    star_put(&self->text, article, size);
}

static inline void star_add_synonym(star_t *self, const char *word, uint32_t entry)
{
    star_put(&self->synonyms, word, strlen(word) + 1);
    star_put_number(&self->synonyms, entry, 4);
}

#define STAR_HEAD "StarDict's dict ifo file\nversion=2.4.2\nbookname=Test words\n"

/* Writes .ifo, .idx, .dict and, if there are synonyms, .syn; returns the path of the .ifo. */
static inline const char *star_write(const star_t *self, scratch_t *scratch)
{
    scratch_write(scratch, "star.idx", self->index.bytes, self->index.size);
    scratch_write(scratch, "star.dict", self->text.bytes, self->text.size);
    unlink(scratch_path(scratch, "star.syn"));
    if (self->synonyms.size > 0)
        scratch_write(scratch, "star.syn", self->synonyms.bytes, self->synonyms.size);
    return scratch_write(scratch, "star.ifo", self->ifo, strlen(self->ifo));
}

#endif
