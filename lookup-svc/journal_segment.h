/* One segment file of a journal: made or adopted under a lock, appended to, read from, deleted. */

#ifndef JOURNAL_SEGMENT_H
#define JOURNAL_SEGMENT_H

#include <stdbool.h>

#include "lookup-svc/journal.h"

#define JOURNAL_HEADER      "LEXMQJ01"
#define JOURNAL_HEADER_SIZE 8
#define JOURNAL_NAME_SIZE   64
#define JOURNAL_SUFFIX      ".journal"

typedef struct journal_segment journal_segment_t;
struct journal_segment {
    journal_segment_t *next; /* younger; the journal's */
    char name[JOURNAL_NAME_SIZE];
    int file;          /* holds the lock */
    uint64_t size;     /* bytes that count, header included */
    uint64_t position; /* delivered up to here */
};

/* How a journal writes; see journal_options_t. */
typedef struct {
    ssize_t (*write)(int file, const void *data, size_t size);
    int (*sync)(int file);
} journal_disk_t;

/* A new, locked, empty segment in `folder`, durable itself. *time, of the segment made before, becomes this one's, which is later:
 * the names of one journal sort as they were made. NULL with errno set. */
journal_segment_t *journal_segment_create(int folder, const journal_disk_t *disk, uint64_t *time);
/* The segment of that name when nobody holds it; NULL otherwise, and NULL and a warning for a file
 * that is no segment. One that was left without a whole header is deleted. */
journal_segment_t *journal_segment_adopt(int folder, const char *name);
/* Lets the file go and keeps it. */
void journal_segment_close(journal_segment_t **self_p);
/* Deletes the file. */
void journal_segment_delete(journal_segment_t **self_p, int folder);

typedef enum {
    JOURNAL_APPENDED,
    JOURNAL_UNDONE, /* nothing was appended, the segment is as it was; errno says why */
    JOURNAL_UNSURE, /* appended, but perhaps not durable, or a torn end remains: do not append to
                       this segment again */
} journal_append_t;

journal_append_t journal_segment_append(journal_segment_t *self, const void *data, size_t size,
                                        const journal_disk_t *disk);

/* Up to `size` bytes from `position` on. The number read, or -1. */
ssize_t journal_segment_read(const journal_segment_t *self, void *data, size_t size);

#endif
