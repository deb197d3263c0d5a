#include "lookup-svc/index_writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/files.h"

#define WRITER_BUFFER (256u << 10)

struct index_writer {
    char *path;
    char *temporary;
    int file;
    bool failed;
    bool committed;
    bool closed;     /* the last section has ended */
    uint64_t offset; /* in the file, of what is in the buffer's end */
    uint32_t checksum;
    uint32_t sections;
    index_section_t section[INDEX_SECTIONS_MAX];
    void *mapped; /* NULL: not yet */
    size_t mapped_size;
    size_t buffered;
    unsigned char buffer[WRITER_BUFFER];
};

static int s_fail(index_writer_t *self, const char *what)
{
    if (!self->failed)
        lex_error("index cannot %s %s: %s", what, self->temporary, strerror(errno));
    self->failed = true;
    return -1;
}

static int s_flush(index_writer_t *self)
{
    self->checksum = (uint32_t)crc32_z(self->checksum, self->buffer, self->buffered);
    if (files_write_all(self->file, self->buffer, self->buffered) == -1)
        return s_fail(self, "write");
    self->buffered = 0;
    return 0;
}

index_writer_t *index_writer_new(const char *path)
{
    index_writer_t *self = lex_calloc(1, sizeof *self);
    self->path = lex_strdup(path);
    self->temporary = lex_format("%s" FILES_SUFFIX, path);
    self->offset = sizeof(index_header_t);
    self->checksum = (uint32_t)crc32_z(0, NULL, 0);
    /* One left by a builder that died would otherwise keep this one out. */
    unlink(self->temporary);
    self->file = open(self->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (self->file == -1 || lseek(self->file, sizeof(index_header_t), SEEK_SET) == -1) {
        s_fail(self, "create");
        index_writer_destroy(&self);
    }
    return self;
}

void index_writer_destroy(index_writer_t **self_p)
{
    index_writer_t *self = *self_p;
    if (!self)
        return;
    if (self->mapped)
        munmap(self->mapped, self->mapped_size);
    if (self->file != -1) {
        close(self->file);
        if (!self->committed)
            unlink(self->temporary);
    }
    free(self->path);
    free(self->temporary);
    free(self);
    *self_p = NULL;
}

int index_writer_put(index_writer_t *self, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    while (size > 0 && !self->failed) {
        size_t part = WRITER_BUFFER - self->buffered;
        if (part > size)
            part = size;
        memcpy(self->buffer + self->buffered, bytes, part);
        self->buffered += part;
        self->offset += part;
        bytes += part;
        size -= part;
        if (self->buffered == WRITER_BUFFER)
            s_flush(self);
    }
    return self->failed ? -1 : 0;
}

uint64_t index_writer_section_size(const index_writer_t *self)
{
    assert(self->sections > 0);
    return self->offset - self->section[self->sections - 1].offset;
}

static int s_close_section(index_writer_t *self)
{
    static const unsigned char padding[INDEX_ALIGNMENT];
    if (self->sections > 0 && !self->closed)
        self->section[self->sections - 1].size = index_writer_section_size(self);
    self->closed = true;
    return index_writer_put(self, padding, (size_t)(-self->offset % INDEX_ALIGNMENT));
}

int index_writer_section(index_writer_t *self, uint32_t kind)
{
    assert(self->sections < INDEX_SECTIONS_MAX);
    if (s_close_section(self) == -1)
        return -1;
    self->closed = false;
    self->section[self->sections++] = (index_section_t){.kind = kind, .offset = self->offset};
    return 0;
}

int index_writer_map(index_writer_t *self)
{
    assert(!self->mapped);
    if (s_close_section(self) == -1 || s_flush(self) == -1)
        return -1;
    self->mapped_size = self->offset;
    self->mapped = mmap(NULL, self->mapped_size, PROT_READ, MAP_SHARED, self->file, 0);
    if (self->mapped != MAP_FAILED)
        return 0;
    self->mapped = NULL;
    return s_fail(self, "map");
}

const void *index_writer_mapped(const index_writer_t *self, uint32_t kind)
{
    for (uint32_t i = 0; i < self->sections; i++)
        if (self->section[i].kind == kind && self->section[i].offset < self->mapped_size)
            return (const char *)self->mapped + self->section[i].offset;
    return NULL;
}

static void s_fill_header(const index_writer_t *self, index_header_t *header)
{
    memcpy(header->magic, INDEX_MAGIC, INDEX_MAGIC_SIZE);
    header->byte_order = INDEX_BYTE_ORDER;
    header->format = INDEX_FORMAT;
    header->body_checksum = self->checksum;
    header->file_size = self->offset;
    header->sections = self->sections;
    memcpy(header->section, self->section, sizeof header->section);
    header->header_checksum = 0;
    header->header_checksum =
        (uint32_t)crc32_z(crc32_z(0, NULL, 0), (const unsigned char *)header, sizeof *header);
}

int index_writer_commit(index_writer_t *self, index_header_t *header)
{
    if (s_close_section(self) == -1 || s_flush(self) == -1)
        return -1;
    s_fill_header(self, header);
    if (pwrite(self->file, header, sizeof *header, 0) != (ssize_t)sizeof *header)
        return s_fail(self, "write");
    /* Nobody is meant to change a file that others have mapped. */
    if (fchmod(self->file, 0444) == -1 || fsync(self->file) == -1)
        return s_fail(self, "finish");
    if (rename(self->temporary, self->path) == -1)
        return s_fail(self, "rename");
    self->committed = true;
    if (files_sync_folder(self->path) == -1)
        return s_fail(self, "make durable");
    return 0;
}
