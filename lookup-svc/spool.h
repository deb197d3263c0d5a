/* A temporary stream of bytes that is written once and read afterwards: what becomes a section of
 * an index file while another is being written, and the runs of a sort. It lives in memory up to
 * SPOOL_BUFFER bytes, beyond that in a file without a name, which is gone when the process is. */

#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "lookup-svc/index_writer.h"

#define SPOOL_BUFFER                                                                               \
    (64u << 10) /* bytes of memory of a spool, and as many of each of its readers */

typedef struct spool spool_t;

/* The file, once needed, is made in the folder of the file `beside`. Never NULL. */
spool_t *spool_new(const char *beside);
void spool_destroy(spool_t **self_p);

/* Appends. 0, or -1 after any failure from then on (logged once). */
int spool_put(spool_t *self, const void *data, size_t size);

/* Bytes so far. */
uint64_t spool_size(const spool_t *self);

/* Writes all of it as a section of an index file. -1 on failure. */
int spool_write(spool_t *self, index_writer_t *writer, uint32_t kind);

/* Reads a part of a spool from its start to its end. */
typedef struct {
    spool_t *spool;
    uint64_t offset, end; /* of what is not in the buffer yet */
    size_t start, filled; /* of what is left in the buffer */
    unsigned char *buffer;
} spool_reader_t; /* {0} is a closed one */

/* Starts at `offset` and ends before `end`; nothing may be put to the spool until it is closed. */
void spool_reader_open(spool_reader_t *self, spool_t *spool, uint64_t offset, uint64_t end);
void spool_reader_close(spool_reader_t *self);

/* Bytes that are left. */
uint64_t spool_reader_left(const spool_reader_t *self);

/* Reads exactly `size` bytes. -1 after a logged error, and when fewer are left. */
int spool_reader_read(spool_reader_t *self, void *out, size_t size);

#endif
