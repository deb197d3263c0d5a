/* A scratch folder for journals, records to put into them, and disks that fail. */

#ifndef JOURNAL_FIXTURE_H
#define JOURNAL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/random.h"
#include "lookup-svc/journal.h"

typedef struct {
    char folder[64];
} scratch_t;

static inline int scratch_setup(void **state)
{
    scratch_t *self = calloc(1, sizeof *self);
    lex_random_setup();
    snprintf(self->folder, sizeof self->folder, "/tmp/lexmq-journal-XXXXXX");
    *state = self;
    return mkdtemp(self->folder) ? 0 : -1;
}

static inline int scratch_teardown(void **state)
{
    scratch_t *self = *state;
    DIR *listing = opendir(self->folder);
    struct dirent *entry;
    while (listing && (entry = readdir(listing)))
        unlinkat(dirfd(listing), entry->d_name, 0);
    if (listing)
        closedir(listing);
    rmdir(self->folder);
    free(self);
    return 0;
}

/* The number of segments in the folder; the path of one of them into `path`. */
static inline size_t scratch_segments(const scratch_t *self, char *path, size_t size)
{
    size_t count = 0;
    DIR *listing = opendir(self->folder);
    assert_non_null(listing);
    struct dirent *entry;
    while ((entry = readdir(listing))) {
        if (!strstr(entry->d_name, ".journal"))
            continue;
        count++;
        if (path)
            snprintf(path, size, "%s/%s", self->folder, entry->d_name);
    }
    closedir(listing);
    return count;
}

/* A record that can be told from others by its number; owns its memory. */
typedef struct {
    record_t record;
    unsigned char id[16];
    char token[64];
    char texts[3][16];
    record_word_t words[3];
} sample_t;

static inline void sample_fill(sample_t *self, unsigned number)
{
    memset(self, 0, sizeof *self);
    snprintf(self->token, sizeof self->token, "token %u", number);
    memcpy(self->id, &number, sizeof number);
    self->record = (record_t){.id = self->id,
                              .time = 1000000 + (int64_t)number,
                              .token = self->token,
                              .token_size = strlen(self->token),
                              .words = self->words,
                              .count = 1 + number % 3};
    for (size_t i = 0; i < self->record.count; i++) {
        snprintf(self->texts[i], sizeof self->texts[i], "w%u", number);
        self->words[i] = (record_word_t){
            .word = self->texts[i], .size = strlen(self->texts[i]), .found = (number + i) % 2};
    }
}

static inline journal_status_t sample_append(journal_t *journal, unsigned number)
{
    sample_t sample;
    size_t kept;
    sample_fill(&sample, number);
    const record_t *records[] = {&sample.record};
    journal_status_t status = journal_append(journal, records, 1, &kept);
    assert_int_equal(kept, status == JOURNAL_OK);
    return status;
}

static inline void sample_compare(const record_t *record, unsigned number)
{
    sample_t sample;
    sample_fill(&sample, number);
    assert_memory_equal(record->id, sample.id, 16);
    assert_int_equal(record->time, sample.record.time);
    assert_int_equal(record->token_size, sample.record.token_size);
    assert_memory_equal(record->token, sample.token, record->token_size);
    assert_int_equal(record->count, sample.record.count);
    for (size_t i = 0; i < record->count; i++) {
        assert_int_equal(record->words[i].size, sample.words[i].size);
        assert_memory_equal(record->words[i].word, sample.words[i].word, record->words[i].size);
        assert_int_equal(record->words[i].found, sample.words[i].found);
    }
}

static inline unsigned sample_number(const record_t *record)
{
    unsigned number;
    memcpy(&number, record->id, sizeof number);
    return number;
}

/* Reads a whole file. */
static inline char *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *data = calloc(1, 1 << 20);
    *size = fread(data, 1, 1 << 20, file);
    fclose(file);
    return data;
}

static inline void file_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

#endif
