/* Writing a dictzip file (dict/dictzip.h), which any gunzip unpacks too: gzip whose deflate stream is flushed behind every
 * chunk, and whose head says how large each chunk came out. */

#ifndef DICT_DICTZIP_WRITE_H
#define DICT_DICTZIP_WRITE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A chunk that cannot be packed at all must still fit the 16 bits of its packed size. */
#define DICTZIP_CHUNK_SIZE 58315u
/* The head's extra field has at most 65,535 bytes: 4 for its own head, 6 for the RA field's, 2 a chunk. */
#define DICTZIP_CHUNKS_MAX ((65535u - 4 - 6) / 2)
/* Most bytes of text: about 1.9 GB. */
#define DICTZIP_TEXT_MAX ((uint64_t)DICTZIP_CHUNK_SIZE * DICTZIP_CHUNKS_MAX)

typedef struct dictzip_writer dictzip_writer_t;

/* The head stands in front of the chunks but tells of them, so they wait in `scratch`, an empty file that can be read and
 * written. Both streams stay the caller's. NULL when zlib cannot be set up. */
dictzip_writer_t *dictzip_writer_new(FILE *out, FILE *scratch);
void dictzip_writer_destroy(dictzip_writer_t **self_p);

/* Bytes of text so far. */
uint64_t dictzip_writer_size(const dictzip_writer_t *self);

/* 0, or -1 with errno; EFBIG beyond DICTZIP_TEXT_MAX. */
int dictzip_writer_add(dictzip_writer_t *self, const void *data, size_t size);
/* Writes the file. 0, or -1 with errno. */
int dictzip_writer_finish(dictzip_writer_t *self);

#endif
