#include "lookup-svc/folder.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/files.h"
#include "lookup-svc/manifest.h"

#define FOLDER_INDEX    ".lexidx"
#define FOLDER_MANIFEST "manifest.f"
#define FOLDER_NAME_MAX 64u /* bytes of a dictionary's name that go into a file name */

struct folder {
    char *path;
    char *manifest;
    int lock; /* the open lock file, or -1 */
    bool locked;
};

folder_t *folder_new(const char *path)
{
    folder_t *self = lex_calloc(1, sizeof *self);
    self->path = lex_strdup(path);
    self->manifest = lex_format("%s/" FOLDER_MANIFEST "%u", path, INDEX_FORMAT);
    char *lock = lex_format("%s/lock", path);
    self->lock = -1;
    if (files_make_folder(path) == 0)
        self->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (self->lock == -1) {
        lex_error("index folder %s cannot be used: %s", path, strerror(errno));
        folder_destroy(&self);
    }
    free(lock);
    return self;
}

void folder_destroy(folder_t **self_p)
{
    folder_t *self = *self_p;
    if (!self)
        return;
    if (self->lock != -1)
        close(self->lock); /* gives the lock back as well */
    free(self->path);
    free(self->manifest);
    free(self);
    *self_p = NULL;
}

int folder_lock(folder_t *self)
{
    assert(!self->locked);
    self->locked = flock(self->lock, LOCK_EX | LOCK_NB) == 0;
    return self->locked ? 0 : -1;
}

void folder_unlock(folder_t *self)
{
    assert(self->locked);
    flock(self->lock, LOCK_UN);
    self->locked = false;
}

/* Caller owns return value and must free it when done. */
static char *s_index_name(const dictionary_t *dictionary)
{
    char *name = lex_strndup(dictionary->name, strnlen(dictionary->name, FOLDER_NAME_MAX));
    for (char *byte = name; *byte; byte++)
        if (!isascii(*byte) || !(isalnum((unsigned char)*byte) || *byte == '-' || *byte == '_'))
            *byte = '_';
    char *file =
        lex_format("%s.%" PRIu32 ".f%u" FOLDER_INDEX, name, dictionary->version, INDEX_FORMAT);
    free(name);
    return file;
}

char *folder_index_path(const folder_t *self, const dictionary_t *dictionary)
{
    char *name = s_index_name(dictionary);
    char *path = lex_format("%s/%s", self->path, name);
    free(name);
    return path;
}

index_t *folder_open(const folder_t *self, const dictionary_t *dictionary)
{
    char *path = folder_index_path(self, dictionary);
    const char *why = NULL;
    index_t *index = index_open(path, &why);
    if (index) {
        const index_header_t *header = index_view(index)->header;
        /* The version's id alone is no proof: a database that was made anew counts from 1 again. */
        if (header->dictionary != dictionary->id || header->version != dictionary->version ||
            header->rows != dictionary->entries || header->text_bytes != dictionary->text_bytes) {
            why = "of another version";
            index_destroy(&index);
        }
    }
    if (!index && access(path, F_OK) == 0)
        lex_warning("index file %s is not usable: %s", path, why);
    free(path);
    return index;
}

snapshot_t *folder_load(const folder_t *self, bool *complete)
{
    snapshot_t *listed = manifest_read(self->manifest);
    if (!listed)
        return NULL;
    snapshot_t *snapshot = snapshot_new();
    for (size_t i = 0; i < listed->count; i++) {
        dictionary_t *dictionary = listed->dictionaries + i;
        dictionary->index = folder_open(self, dictionary);
        if (dictionary->index)
            snapshot_add(snapshot, dictionary);
        else
            lex_warning("dictionary %s has no usable index and must be built", dictionary->name);
    }
    *complete = snapshot->count == listed->count;
    if (snapshot->count == 0 && !*complete)
        snapshot_destroy(&snapshot);
    snapshot_destroy(&listed);
    return snapshot;
}

/* The number behind the last ".f" of a name, 0 when there is none. */
static unsigned s_format_of(const char *name, const char *mark, const char *end)
{
    const char *found = NULL;
    for (const char *next = strstr(name, mark); next; next = strstr(next + 1, mark))
        found = next + strlen(mark);
    char *behind = NULL;
    unsigned long format =
        found && isdigit((unsigned char)*found) ? strtoul(found, &behind, 10) : 0;
    return behind && strcmp(behind, end) == 0 && format <= UINT32_MAX ? (unsigned)format : 0;
}

static bool s_is_kept(const snapshot_t *snapshot, const char *name)
{
    bool kept = false;
    for (size_t i = 0; i < snapshot->count && !kept; i++) {
        char *file = s_index_name(snapshot->dictionaries + i);
        kept = strcmp(file, name) == 0;
        free(file);
    }
    return kept;
}

/* Ours to remove: index files and manifests up to our format, and what a dead writer left. Never a
 * stranger's file, and never one of a newer program that runs beside this one. */
static bool s_is_waste(const char *name, const snapshot_t *snapshot)
{
    size_t size = strlen(name), suffix = strlen(FILES_SUFFIX);
    if (size > suffix && strcmp(name + size - suffix, FILES_SUFFIX) == 0)
        return strstr(name, FOLDER_INDEX) ||
               strncmp(name, FOLDER_MANIFEST, strlen(FOLDER_MANIFEST)) == 0;
    unsigned format = s_format_of(name, ".f", FOLDER_INDEX);
    if (format > 0)
        return format < INDEX_FORMAT || (format == INDEX_FORMAT && !s_is_kept(snapshot, name));
    if (strncmp(name, FOLDER_MANIFEST, strlen(FOLDER_MANIFEST)) == 0) {
        format = s_format_of(name, FOLDER_MANIFEST, "");
        return format > 0 && format < INDEX_FORMAT;
    }
    return false;
}

static void s_sweep(const folder_t *self, const snapshot_t *snapshot)
{
    DIR *folder = opendir(self->path);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        if (!s_is_waste(entry->d_name, snapshot))
            continue;
        if (unlinkat(dirfd(folder), entry->d_name, 0) == 0)
            lex_info("index file %s is no longer needed and was removed", entry->d_name);
        else
            lex_warning("index file %s cannot be removed: %s", entry->d_name, strerror(errno));
    }
    if (folder)
        closedir(folder);
}

int folder_save(folder_t *self, const snapshot_t *snapshot)
{
    assert(self->locked);
    if (manifest_write(self->manifest, snapshot) == -1)
        return -1;
    s_sweep(self, snapshot);
    return 0;
}
