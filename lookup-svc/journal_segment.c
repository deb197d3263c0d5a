#include "lookup-svc/journal_segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/random.h"

#define CREATE_TRIES 8

static journal_segment_t *s_segment_new(int file, const char *name, uint64_t size)
{
    journal_segment_t *self = lex_calloc(1, sizeof *self);
    snprintf(self->name, sizeof self->name, "%s", name);
    self->file = file;
    self->size = size;
    self->position = JOURNAL_HEADER_SIZE;
    return self;
}

void journal_segment_close(journal_segment_t **self_p)
{
    journal_segment_t *self = *self_p;
    if (!self)
        return;
    close(self->file);
    free(self);
    *self_p = NULL;
}

void journal_segment_delete(journal_segment_t **self_p, int folder)
{
    if (*self_p && unlinkat(folder, (*self_p)->name, 0) && errno != ENOENT)
        lex_error("journal cannot delete %s: %s", (*self_p)->name, strerror(errno));
    journal_segment_close(self_p);
}

/* Locks the file; false when somebody else holds it, or has deleted it between our open and our
 * lock. */
static bool s_lock(int file, struct stat *status)
{
    return flock(file, LOCK_EX | LOCK_NB) == 0 && fstat(file, status) == 0 && status->st_nlink > 0;
}

static int s_write_all(int file, const unsigned char *data, size_t size, const journal_disk_t *disk)
{
    while (size) {
        ssize_t written = disk->write(file, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written == 0)
            errno = ENOSPC;
        if (written <= 0)
            return -1;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

/* An adopter may look into the folder between our open and our lock and take the file for an
 * orphan: then it is its file, and we make another. */
static int s_create_locked(int folder, uint64_t *time, char name[JOURNAL_NAME_SIZE])
{
    uint64_t now = (uint64_t)lex_utc_ms();
    *time = now > *time ? now : *time + 1;
    for (int i = 0; i < CREATE_TRIES; i++) {
        uint64_t random;
        struct stat status;
        lex_random_bytes(&random, sizeof random);
        snprintf(name, JOURNAL_NAME_SIZE, "%012" PRIx64 "-%016" PRIx64 JOURNAL_SUFFIX, *time,
                 random);
        int file = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        if (file < 0)
            return -1;
        if (s_lock(file, &status))
            return file;
        close(file);
    }
    errno = EBUSY;
    return -1;
}

journal_segment_t *journal_segment_create(int folder, const journal_disk_t *disk, uint64_t *time)
{
    char name[JOURNAL_NAME_SIZE];
    int file = s_create_locked(folder, time, name);
    if (file < 0)
        return NULL;
    if (s_write_all(file, (const unsigned char *)JOURNAL_HEADER, JOURNAL_HEADER_SIZE, disk) ||
        disk->sync(file) || fsync(folder)) {
        int saved = errno;
        unlinkat(folder, name, 0);
        close(file);
        errno = saved;
        return NULL;
    }
    return s_segment_new(file, name, JOURNAL_HEADER_SIZE);
}

journal_segment_t *journal_segment_adopt(int folder, const char *name)
{
    char header[JOURNAL_HEADER_SIZE];
    struct stat status;
    int file = openat(folder, name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0 || !s_lock(file, &status) || !S_ISREG(status.st_mode))
        goto refuse;
    if (status.st_size < JOURNAL_HEADER_SIZE) {
        lex_warning("journal %s was torn before its first record and is deleted", name);
        unlinkat(folder, name, 0);
        goto refuse;
    }
    if (pread(file, header, sizeof header, 0) != sizeof header ||
        memcmp(header, JOURNAL_HEADER, sizeof header) != 0) {
        static int64_t logged;
        if (lex_log_due(&logged, 60000))
            lex_warning("journal %s has no header of ours and is left alone", name);
        goto refuse;
    }
    return s_segment_new(file, name, (uint64_t)status.st_size);

refuse:
    if (file >= 0)
        close(file);
    return NULL;
}

journal_append_t journal_segment_append(journal_segment_t *self, const void *data, size_t size,
                                        const journal_disk_t *disk)
{
    if (s_write_all(self->file, data, size, disk)) {
        int saved = errno;
        bool undone = ftruncate(self->file, (off_t)self->size) == 0;
        errno = saved;
        return undone ? JOURNAL_UNDONE : JOURNAL_UNSURE;
    }
    self->size += size;
    /* After a failed sync the kernel may have dropped the pages and would call the next one good,
     * so that nothing more may be trusted to this file. */
    return disk->sync(self->file) ? JOURNAL_UNSURE : JOURNAL_APPENDED;
}

ssize_t journal_segment_read(const journal_segment_t *self, void *data, size_t size)
{
    uint64_t left = self->size - self->position;
    size_t wanted = left < size ? (size_t)left : size;
    size_t have = 0;
    while (have < wanted) {
        ssize_t got =
            pread(self->file, (char *)data + have, wanted - have, (off_t)(self->position + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}
