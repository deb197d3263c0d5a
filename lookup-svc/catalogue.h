/* What the worker serves at the moment: the published snapshot, which may be replaced at any time.
 */

#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "lookup-svc/snapshot.h"

typedef struct catalogue catalogue_t;

/* Without a snapshot: it is not known yet which dictionaries there are. Never NULL. */
catalogue_t *catalogue_new(void);
void catalogue_destroy(catalogue_t **self_p);

/* Replaces the snapshot. Takes it; who holds the one before goes on undisturbed. From any thread.
 */
void catalogue_publish(catalogue_t *self, snapshot_t **snapshot_p);

/* The snapshot, with a share in it; NULL before the first one. From any thread.
 * Caller owns return value and must give it to snapshot_destroy when done. */
snapshot_t *catalogue_acquire(catalogue_t *self);

#endif
