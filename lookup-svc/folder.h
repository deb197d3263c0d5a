/* The folder that holds the index files of a host. All workers of the host share it:
 *
 *     NAME.VERSION.fFORMAT.lexidx   an index file, made whole or not at all and never changed
 * (index_format.h) manifest.fFORMAT              which of them the catalogue is made of
 * (manifest.h) lock                          held (flock) by the one worker that builds, writes the
 * manifest and removes
 *     *.new                         one that is being written, or was when its writer died
 *
 * NAME is the dictionary's name with everything but letters, digits, '-' and '_' turned into '_';
 * VERSION is its id in MySQL and tells dictionaries apart by itself. A file that is removed stays
 * readable for the workers that have it mapped. */

#ifndef FOLDER_H
#define FOLDER_H

#include "lookup-svc/snapshot.h"

typedef struct folder folder_t;

/* Makes the folder when it is missing. NULL and a logged error when it cannot be used. */
folder_t *folder_new(const char *path);
void folder_destroy(folder_t **self_p);

/* Takes the lock, unless another process (or another folder_t) has it. 0, or -1. Held until
 * folder_unlock. */
int folder_lock(folder_t *self);
void folder_unlock(folder_t *self);

/* Where the index of a version belongs. Caller owns return value and must free it when done. */
char *folder_index_path(const folder_t *self, const dictionary_t *dictionary);

/* Opens the index of a version and makes sure that it is of that version. NULL when it is not there
 * or not usable, which is logged unless it is merely not there. */
index_t *folder_open(const folder_t *self, const dictionary_t *dictionary);

/* What the manifest lists, as far as its files are usable; the rest is logged and *complete is
 * false. NULL when there is no manifest or nothing of it is usable. */
snapshot_t *folder_load(const folder_t *self, bool *complete);

/* With the lock: writes the manifest, and removes the files of this format and older ones that it
 * does not list. -1 when the manifest cannot be written; nothing is removed then. */
int folder_save(folder_t *self, const snapshot_t *snapshot);

#endif
