#include "lookup-svc/refresh.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/index_build.h"

/* Steps after which a first snapshot is published although not every dictionary could be built. */
#define REFRESH_PATIENCE 3u

struct refresh {
    catalogue_t *catalogue;
    folder_t *folder;
    const source_t *source;
    const atomic_bool *stop;
    snapshot_t *current; /* what is published, or NULL */
    snapshot_t
        *fallback;     /* an incomplete one from the folder, for when the source is away; or NULL */
    unsigned attempts; /* steps that built and were not complete, one after another */
    bool unsaved;      /* the manifest does not say what is published */
    _Atomic int64_t checked_at; /* UTC ms */
};

/* ---- publishing ---- */

/* Takes the snapshot. */
static void s_publish(refresh_t *self, snapshot_t **next_p)
{
    snapshot_t *next = *next_p;
    for (size_t i = 0; i < next->count; i++) {
        const dictionary_t *found = next->dictionaries + i;
        const dictionary_t *before =
            self->current ? snapshot_find_id(self->current, found->id) : NULL;
        if (!before || !dictionary_is_same_version(before, found))
            lex_info("dictionary %s version %u is served: %u entries", found->name, found->version,
                     found->entries);
    }
    for (size_t i = 0; self->current && i < self->current->count; i++)
        if (!snapshot_find_id(next, self->current->dictionaries[i].id))
            lex_info("dictionary %s is no longer served", self->current->dictionaries[i].name);
    snapshot_destroy(&self->fallback);
    snapshot_destroy(&self->current);
    self->current = snapshot_link(next);
    catalogue_publish(self->catalogue, next_p);
}

refresh_t *refresh_new(catalogue_t *catalogue, folder_t *folder, const source_t *source,
                       const atomic_bool *stop)
{
    refresh_t *self = lex_calloc(1, sizeof *self);
    self->catalogue = catalogue;
    self->folder = folder;
    self->source = source;
    self->stop = stop;
    bool complete = false;
    self->fallback = folder_load(folder, &complete);
    if (self->fallback && complete) {
        snapshot_t *snapshot = snapshot_link(self->fallback);
        s_publish(self, &snapshot);
    }
    return self;
}

void refresh_destroy(refresh_t **self_p)
{
    refresh_t *self = *self_p;
    if (!self)
        return;
    snapshot_destroy(&self->fallback);
    snapshot_destroy(&self->current);
    free(self);
    *self_p = NULL;
}

/* ---- building ---- */

typedef struct {
    index_builder_t *builder;
    const atomic_bool *stop;
    bool failed;
} s_feed_t;

static int s_feed(void *arg, const lex_entry_t *entry)
{
    s_feed_t *feed = arg;
    if (atomic_load(feed->stop) || index_builder_add(feed->builder, entry) == -1)
        feed->failed = true;
    return feed->failed ? -1 : 0;
}

/* Reads, counts and writes. 0, or -1 after a logged line (none when we are to stop). */
static int s_fill(refresh_t *self, const dictionary_t *dictionary, index_builder_t *builder)
{
    s_feed_t feed = {.builder = builder, .stop = self->stop};
    if (self->source->read(self->source->context, dictionary, s_feed, &feed) == -1 || feed.failed)
        return -1;
    if (index_builder_rows(builder) != dictionary->entries) {
        lex_warning("dictionary %s version %u has %u entries and not %u: it is being replaced, or "
                    "damaged",
                    dictionary->name, dictionary->version, index_builder_rows(builder),
                    dictionary->entries);
        return -1;
    }
    if (index_builder_skipped(builder) > 0)
        lex_warning("dictionary %s has %u headwords that cannot be looked up", dictionary->name,
                    index_builder_skipped(builder));
    return index_builder_commit(builder);
}

static index_t *s_build(refresh_t *self, const dictionary_t *dictionary)
{
    index_source_t source = {.dictionary = dictionary->id,
                             .version = dictionary->version,
                             .rows = dictionary->entries,
                             .text_bytes = dictionary->text_bytes,
                             .kind = dictionary->kind,
                             .stop = self->stop};
    int64_t started = lex_monotonic_ms();
    char *path = folder_index_path(self->folder, dictionary);
    index_builder_t *builder = index_builder_new(path, &source);
    index_t *index = NULL;
    if (builder && s_fill(self, dictionary, builder) == 0) {
        index_builder_destroy(&builder); /* its memory is better spent on the pages of the file */
        index = folder_open(self->folder, dictionary);
        lex_info("dictionary %s version %u was indexed in %lld ms", dictionary->name,
                 dictionary->version, (long long)(lex_monotonic_ms() - started));
    }
    index_builder_destroy(&builder);
    free(path);
    return index;
}

/* The snapshot for what is active: from what is open, from the folder and, with the lock, built.
 * What is missing keeps its version of before, if there is one. */
static snapshot_t *s_assemble(refresh_t *self, const snapshot_t *active, bool locked,
                              size_t *missing)
{
    snapshot_t *next = snapshot_new();
    *missing = 0;
    for (size_t i = 0; i < active->count; i++) {
        dictionary_t found = active->dictionaries[i];
        const dictionary_t *before =
            self->current ? snapshot_find_id(self->current, found.id) : NULL;
        if (before && dictionary_is_same_version(before, &found))
            found.index = index_link(before->index);
        else
            found.index = folder_open(self->folder, &found);
        if (!found.index && locked && !atomic_load(self->stop))
            found.index = s_build(self, &found);
        if (!found.index)
            ++*missing;
        if (found.index || before)
            snapshot_add(next, found.index ? &found : before);
        index_destroy(&found.index);
    }
    snapshot_sort(next);
    return next;
}

/* ---- steps ---- */

/* Whether what was assembled is better than what is published. */
static bool s_is_worth(const refresh_t *self, const snapshot_t *next, const snapshot_t *active,
                       size_t missing)
{
    if (self->current)
        return !snapshot_is_same(self->current, next);
    if (missing == 0)
        return true;
    return next->count > 0 && missing < active->count && self->attempts >= REFRESH_PATIENCE;
}

static refresh_status_t s_step(refresh_t *self, const snapshot_t *active, bool locked)
{
    size_t missing;
    snapshot_t *next = s_assemble(self, active, locked, &missing);
    if (locked)
        self->attempts = missing > 0 ? self->attempts + 1 : 0;
    if (s_is_worth(self, next, active, missing)) {
        s_publish(self, &next);
        self->unsaved = true;
    }
    if (locked && self->unsaved)
        self->unsaved = folder_save(self->folder, self->current) == -1;
    snapshot_destroy(&next);
    if (!locked)
        return missing > 0 ? REFRESH_WAITING : REFRESH_CURRENT;
    return missing > 0 || self->unsaved ? REFRESH_INCOMPLETE : REFRESH_CURRENT;
}

/* What is active may have changed before the lock was ours, so it is asked for again: the manifest
 * then never goes back. */
static refresh_status_t s_step_locked(refresh_t *self)
{
    snapshot_t *active = self->source->list(self->source->context);
    refresh_status_t status = active ? s_step(self, active, true) : REFRESH_AWAY;
    snapshot_destroy(&active);
    return status;
}

int64_t refresh_checked_at(const refresh_t *self)
{
    return atomic_load(&self->checked_at);
}

refresh_status_t refresh_run(refresh_t *self)
{
    refresh_status_t status = REFRESH_CURRENT;
    snapshot_t *active = self->source->list(self->source->context);
    if (active)
        atomic_store(&self->checked_at, lex_utc_ms());
    if (!active) {
        status = REFRESH_AWAY;
        bool complete;
        /* Another worker may have built since we looked at the folder first. */
        if (!self->current && !self->fallback)
            self->fallback = folder_load(self->folder, &complete);
        if (!self->current && self->fallback) {
            snapshot_t *snapshot = snapshot_link(self->fallback);
            s_publish(self, &snapshot);
        }
    } else if (!self->current || self->unsaved || !snapshot_is_same(self->current, active)) {
        if (folder_lock(self->folder) == 0) {
            status = s_step_locked(self);
            folder_unlock(self->folder);
        } else {
            status = s_step(self, active, false);
        }
    }
    snapshot_destroy(&active);
    return status;
}
