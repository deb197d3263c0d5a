/* The thread that keeps the catalogue fresh (refresh.h). */

#ifndef SYNC_H
#define SYNC_H

#include "lookup-svc/catalogue.h"
#include "lookup-svc/folder.h"
#include "lookup-svc/source.h"

typedef struct sync sync_t;

/* Publishes what the folder holds before it returns, then starts the thread, which looks every
 * `poll_ms`. The source is used by that thread alone. Nothing is owned; all must outlive it. Never
 * NULL. */
sync_t *sync_new(catalogue_t *catalogue, folder_t *folder, const source_t *source, int poll_ms);
/* Ends the thread; a build under way is given up. */
void sync_destroy(sync_t **self_p);

/* When the source was last asked and answered, UTC ms; 0: not yet. From any thread. */
int64_t sync_checked_at(const sync_t *self);

#endif
