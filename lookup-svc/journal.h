/* Records that history could not take in time, kept on disk until it does.
 *
 * A journal is a run of append-only segment files in one folder. Several workers may share the
 * folder: each appends only to segments that it made, and holds a lock (flock) on every segment it
 * uses. A segment nobody holds was left behind by a dead worker; the next journal that looks adopts
 * and delivers it. A segment is deleted when all of it is delivered. How far delivery has come is
 * not written down: after a crash a segment is delivered from its start again, which history does
 * not mind (user, request id and position are unique there).
 *
 * Segment file, named TIME-RANDOM.journal (both hex; TIME is UTC ms, so names sort by age), mode
 * 0600 because it holds session tokens. All integers little-endian.
 *
 *   header   8 bytes  "LEXMQJ01"
 *   frame    u32      mark 0x4a525845, by which reading finds its feet again behind damage
 *            u32      size of the payload, 1 to JOURNAL_PAYLOAD_MAX
 *            u32      CRC-32 (zlib) of the payload
 *            payload
 *   payload  u64      time of the look-up, UTC ms
 *            16 bytes request id
 *            u16      token size, then the token
 *            u16      words, then for each: u8 found (0 or 1), u8 size (1-255), bytes
 *
 * A frame that is cut short at the end of a file (torn by a crash) is cut off and reported; a
 * damaged frame elsewhere is passed over and counted. Not for several threads at a time. */

#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lookup-svc/record.h"

typedef struct journal journal_t;

typedef struct {
    const char *dir;        /* made when missing, mode 0700 */
    uint64_t bytes;         /* most bytes of all its segments together, adopted ones included */
    uint32_t segment_bytes; /* a segment that has grown to this is followed by a new one; 0: bytes /
                               16, at most 4 MiB */
    /* What tests replace to make a disk fail; NULL: write and fdatasync. */
    ssize_t (*write)(int file, const void *data, size_t size);
    int (*sync)(int file);
} journal_options_t;

typedef struct {
    uint64_t bytes;     /* on disk now */
    uint64_t segments;  /* files now */
    uint64_t appended;  /* records */
    uint64_t delivered; /* records dropped by journal_drop */
    uint64_t adopted;   /* segments of dead workers */
    uint64_t damaged;   /* places where bytes had to be passed over, torn tails included */
} journal_counts_t;

/* Adopts what dead workers left. Options are copied. NULL and a logged error when the folder cannot
 * be made or read. */
journal_t *journal_new(const journal_options_t *options);
/* Keeps what is not delivered on disk. */
void journal_destroy(journal_t **self_p);

typedef enum {
    JOURNAL_OK = 0,
    JOURNAL_FULL,  /* past `bytes` */
    JOURNAL_FAULT, /* the disk would not take it; logged */
} journal_status_t;

/* Appends records and makes them durable: JOURNAL_OK means that all `count` are on disk. *kept is
 * how many are, from the first on. */
journal_status_t journal_append(journal_t *self, const record_t *const *records, size_t count,
                                size_t *kept);

/* Reads on from where delivery is: up to `records` records with up to `words` words together (but
 * at least one record) of the oldest segment. Returns how many are in `out`, 0 when the journal is
 * empty. They are valid until the next call of any function here but journal_counts. Peeking again
 * gives the same records again. */
size_t journal_peek(journal_t *self, record_t *out, size_t records, size_t words);
/* Drops the first `count` of the records that journal_peek gave last; count may not be more than it
 * gave. */
void journal_drop(journal_t *self, size_t count);

/* Looks for segments of workers that died meanwhile. Returns how many it adopted. */
size_t journal_adopt(journal_t *self);

journal_counts_t journal_counts(const journal_t *self);

#endif
