/* An open index file: mapped read-only and counted, because snapshots of the catalogue share it. */

#ifndef INDEX_H
#define INDEX_H

#include "lookup-svc/index_view.h"

typedef struct index index_t;

/* Maps and checks a file. NULL when it cannot be used; *why then says so in a few words. */
index_t *index_open(const char *path, const char **why);

/* One more owner. Safe from any thread. Returns `self`. */
index_t *index_link(index_t *self);
/* One owner less; the last one unmaps it. Safe from any thread. */
void index_destroy(index_t **self_p);

/* When it was opened, UTC ms. */
int64_t index_opened_at(const index_t *self);

const index_view_t *index_view(const index_t *self);

#endif
