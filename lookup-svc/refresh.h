/* Keeps the catalogue in step with its source, a step at a time: look, build what is missing,
 * publish, clean up.
 *
 * One worker of a host builds (folder_lock); the others use what it has built. A dictionary whose
 * new version is not there yet goes on with the one before. The first snapshot waits until every
 * dictionary had its chance, because a word that is only missing for now must not be answered as
 * not found. */

#ifndef REFRESH_H
#define REFRESH_H

#include <stdatomic.h>

#include "lookup-svc/catalogue.h"
#include "lookup-svc/folder.h"
#include "lookup-svc/source.h"

typedef enum {
    REFRESH_CURRENT,   /* what the source says is served */
    REFRESH_AWAY,      /* the source does not answer: what was served before still is */
    REFRESH_WAITING,   /* another worker builds */
    REFRESH_INCOMPLETE /* something could not be built, or not be saved; try again later */
} refresh_status_t;

typedef struct refresh refresh_t;

/* Nothing is owned; all must outlive it. A build ends early once *stop is set. Publishes what the
 * folder holds if it is all that its manifest lists; the source is not asked. Never NULL. */
refresh_t *refresh_new(catalogue_t *catalogue, folder_t *folder, const source_t *source,
                       const atomic_bool *stop);
void refresh_destroy(refresh_t **self_p);

/* When the source was last asked and answered, UTC ms; 0: not yet. From any thread. */
int64_t refresh_checked_at(const refresh_t *self);

/* One step. May take as long as building takes. */
refresh_status_t refresh_run(refresh_t *self);

#endif
