#include "lookup-svc/journal.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/journal_frame.h"
#include "lookup-svc/journal_segment.h"

#define SEGMENT_BYTES_MAX (4u << 20)
#define SEGMENT_BYTES_MIN (64u << 10)
#define WINDOW_BYTES      (1u << 20) /* read at once; holds any frame */
#define CHUNK_BYTES       (1u << 20) /* written at once, when several records come together */
#define LOG_INTERVAL_MS   5000
#define DAMAGE_INTERVAL_MS                                                                         \
    100 /* a file may be damaged in many places, and each is worth a line, up to a point */
_Static_assert(WINDOW_BYTES >= JOURNAL_FRAME_MAX, "a window has to hold any frame");

struct journal {
    int folder;
    uint64_t limit;
    uint64_t time; /* of the last segment made, as in its name */
    uint64_t segment_bytes;
    journal_disk_t disk;
    journal_segment_t *segments; /* oldest first */
    journal_segment_t *current;  /* the one that is appended to, or NULL */
    unsigned char *window;       /* what journal_peek read; NULL while there is nothing to read */
    journal_segment_t *peeked;   /* the segment it was read from */
    uint64_t *ends;              /* where in the segment each record peeked at ends */
    size_t ends_count;
    record_word_t *words;
    size_t words_capacity;
    journal_counts_t counts;
    int64_t fault_logged;
    int64_t damage_logged;
};

static ssize_t s_disk_write(int file, const void *data, size_t size)
{
    return write(file, data, size);
}

static int s_folder_open(const char *dir)
{
    if (mkdir(dir, 0700) && errno != EEXIST) {
        lex_error("journal folder %s cannot be made: %s", dir, strerror(errno));
        return -1;
    }
    int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || faccessat(folder, ".", R_OK | W_OK | X_OK, AT_EACCESS)) {
        lex_error("journal folder %s cannot be used: %s", dir, strerror(errno));
        if (folder >= 0)
            close(folder);
        return -1;
    }
    return folder;
}

static uint64_t s_segment_bytes(const journal_options_t *options)
{
    if (options->segment_bytes)
        return options->segment_bytes;
    uint64_t bytes = options->bytes / 16;
    if (bytes < SEGMENT_BYTES_MIN)
        return SEGMENT_BYTES_MIN;
    return bytes < SEGMENT_BYTES_MAX ? bytes : SEGMENT_BYTES_MAX;
}

journal_t *journal_new(const journal_options_t *options)
{
    int folder = s_folder_open(options->dir);
    if (folder < 0)
        return NULL;
    journal_t *self = lex_calloc(1, sizeof *self);
    self->folder = folder;
    self->limit = options->bytes;
    self->segment_bytes = s_segment_bytes(options);
    self->disk.write = options->write ? options->write : s_disk_write;
    self->disk.sync = options->sync ? options->sync : fdatasync;
    journal_adopt(self);
    return self;
}

void journal_destroy(journal_t **self_p)
{
    journal_t *self = *self_p;
    if (!self)
        return;
    while (self->segments) {
        journal_segment_t *segment = self->segments;
        self->segments = segment->next;
        journal_segment_close(&segment);
    }
    close(self->folder);
    free(self->window);
    free(self->ends);
    free(self->words);
    free(self);
    *self_p = NULL;
}

/* ---- segments ---- */

static void s_insert(journal_t *self, journal_segment_t *segment)
{
    journal_segment_t **place = &self->segments;
    while (*place && strcmp((*place)->name, segment->name) < 0)
        place = &(*place)->next;
    segment->next = *place;
    *place = segment;
    self->counts.segments++;
    self->counts.bytes += segment->size;
}

/* Takes the segment out of the list; the caller closes or deletes it. */
static void s_remove(journal_t *self, journal_segment_t *segment)
{
    journal_segment_t **place = &self->segments;
    while (*place != segment)
        place = &(*place)->next;
    *place = segment->next;
    self->counts.segments--;
    self->counts.bytes -= segment->size;
    if (self->current == segment)
        self->current = NULL;
    if (self->peeked == segment)
        self->peeked = NULL;
}

static void s_retire_when_done(journal_t *self, journal_segment_t *segment)
{
    if (segment->position < segment->size)
        return;
    s_remove(self, segment);
    journal_segment_delete(&segment, self->folder);
}

size_t journal_adopt(journal_t *self)
{
    int copy = openat(self->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = copy >= 0 ? fdopendir(copy) : NULL;
    if (!listing) {
        lex_error("journal folder cannot be read: %s", strerror(errno));
        if (copy >= 0)
            close(copy);
        return 0;
    }
    size_t adopted = 0;
    const struct dirent *entry;
    while ((entry = readdir(listing))) {
        size_t size = strlen(entry->d_name);
        const size_t suffix = sizeof JOURNAL_SUFFIX - 1;
        if (size <= suffix || size >= JOURNAL_NAME_SIZE ||
            strcmp(entry->d_name + size - suffix, JOURNAL_SUFFIX) != 0)
            continue;
        journal_segment_t *segment = journal_segment_adopt(self->folder, entry->d_name);
        if (!segment)
            continue;
        s_insert(self, segment);
        s_retire_when_done(self, segment);
        adopted++;
    }
    closedir(listing);
    self->counts.adopted += adopted;
    if (adopted)
        lex_info("journal adopted %zu segments of workers that are gone", adopted);
    return adopted;
}

/* ---- appending ---- */

static journal_status_t s_fault(journal_t *self)
{
    if (lex_log_due(&self->fault_logged, LOG_INTERVAL_MS))
        lex_error("journal cannot be written: %s", strerror(errno));
    return JOURNAL_FAULT;
}

static journal_status_t s_chunk_write(journal_t *self, const void *data, size_t size)
{
    if (self->current && self->current->size >= self->segment_bytes)
        self->current = NULL;
    if (!self->current) {
        self->current = journal_segment_create(self->folder, &self->disk, &self->time);
        if (!self->current)
            return s_fault(self);
        s_insert(self, self->current);
    }
    journal_segment_t *segment = self->current;
    uint64_t before = segment->size;
    journal_append_t outcome = journal_segment_append(segment, data, size, &self->disk);
    int saved = errno;
    self->counts.bytes += segment->size - before;
    if (outcome == JOURNAL_UNSURE)
        self->current = NULL;
    s_retire_when_done(self, segment);
    errno = saved;
    return outcome == JOURNAL_APPENDED ? JOURNAL_OK : s_fault(self);
}

/* How many records from `records` on go into one chunk, and their bytes. */
static size_t s_chunk_measure(const journal_t *self, const record_t *const *records, size_t count,
                              size_t *bytes)
{
    uint64_t room = self->limit > self->counts.bytes ? self->limit - self->counts.bytes : 0;
    if (!self->current || self->current->size >= self->segment_bytes)
        room = room > JOURNAL_HEADER_SIZE ? room - JOURNAL_HEADER_SIZE : 0;
    *bytes = 0;
    size_t taken = 0;
    for (; taken < count; taken++) {
        size_t size = journal_frame_size(records[taken]);
        assert(size); /* its request was checked */
        if (*bytes + size > room || (*bytes && *bytes + size > CHUNK_BYTES))
            break;
        *bytes += size;
    }
    return taken;
}

journal_status_t journal_append(journal_t *self, const record_t *const *records, size_t count,
                                size_t *kept)
{
    journal_status_t status = JOURNAL_OK;
    unsigned char *chunk = NULL;
    *kept = 0;
    while (status == JOURNAL_OK && *kept < count) {
        size_t bytes;
        size_t taken = s_chunk_measure(self, records + *kept, count - *kept, &bytes);
        if (taken == 0) {
            status = JOURNAL_FULL;
            break;
        }
        chunk = lex_realloc(chunk, bytes);
        unsigned char *end = chunk;
        for (size_t i = 0; i < taken; i++)
            end = journal_frame_write(end, records[*kept + i]);
        status = s_chunk_write(self, chunk, bytes);
        if (status == JOURNAL_OK)
            *kept += taken;
    }
    free(chunk);
    self->counts.appended += *kept;
    return status;
}

/* ---- delivering ---- */

static void s_peek_reserve(journal_t *self, size_t records, size_t words)
{
    if (!self->window)
        self->window = lex_malloc(WINDOW_BYTES);
    if (self->ends_count < records) {
        self->ends = lex_realloc(self->ends, records * sizeof *self->ends);
        self->ends_count = records;
    }
    /* A frame is read before it is known whether its words are still wanted. */
    if (self->words_capacity < words + JOURNAL_WORDS_MAX) {
        self->words_capacity = words + JOURNAL_WORDS_MAX;
        self->words = lex_realloc(self->words, self->words_capacity * sizeof *self->words);
    }
}

static size_t s_pass_over(journal_t *self, const journal_segment_t *segment, size_t offset,
                          size_t size, bool ends)
{
    size_t skip = journal_frame_seek(self->window + offset, size - offset, ends);
    bool is_tail = ends && offset + skip == size;
    if (lex_log_due(&self->damage_logged, DAMAGE_INTERVAL_MS))
        lex_warning("journal %s: %zu bytes at %llu are %s", segment->name, skip,
                    (unsigned long long)(segment->position + offset),
                    is_tail ? "a torn end, cut off" : "damaged, passed over");
    self->counts.damaged++;
    return skip;
}

/* Fills `out` from the `size` bytes in the window; returns how many records, and moves past damage
 * that comes before the first. */
static size_t s_window_scan(journal_t *self, journal_segment_t *segment, size_t size, record_t *out,
                            size_t records, size_t words)
{
    bool ends = size < WINDOW_BYTES || segment->position + size >= segment->size;
    size_t offset = 0, count = 0, total = 0;
    while (count < records && total <= words && offset < size) {
        size_t used = 0;
        journal_frame_state_t state = journal_frame_read(self->window + offset, size - offset,
                                                         &out[count], self->words + total, &used);
        if (state == JOURNAL_FRAME_GOOD) {
            total += out[count].count;
            if (count && total > words)
                break;
            offset += used;
            self->ends[count++] = segment->position + offset;
        } else if (count || (state == JOURNAL_FRAME_SHORT && !ends)) {
            break; /* the next peek begins here */
        } else {
            offset += s_pass_over(self, segment, offset, size, ends);
        }
    }
    if (count == 0)
        segment->position += offset;
    return count;
}

size_t journal_peek(journal_t *self, record_t *out, size_t records, size_t words)
{
    assert(records);
    journal_segment_t *segment;
    while ((segment = self->segments)) {
        s_peek_reserve(self, records, words);
        ssize_t size = journal_segment_read(segment, self->window, WINDOW_BYTES);
        if (size < 0) {
            lex_error("journal %s cannot be read and is left behind: %s", segment->name,
                      strerror(errno));
            s_remove(self, segment);
            journal_segment_close(&segment);
            continue;
        }
        if (size == 0)
            segment->position = segment->size; /* shorter than we left it */
        size_t count = s_window_scan(self, segment, (size_t)size, out, records, words);
        if (count) {
            self->peeked = segment;
            return count;
        }
        s_retire_when_done(self, segment);
    }
    free(self->window);
    self->window = NULL;
    return 0;
}

void journal_drop(journal_t *self, size_t count)
{
    if (count == 0)
        return;
    assert(self->peeked && count <= self->ends_count);
    journal_segment_t *segment = self->peeked;
    segment->position = self->ends[count - 1];
    self->counts.delivered += count;
    self->peeked = NULL;
    s_retire_when_done(self, segment);
}

journal_counts_t journal_counts(const journal_t *self)
{
    return self->counts;
}
