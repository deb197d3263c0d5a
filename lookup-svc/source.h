/* Where dictionaries come from: MySQL in the program (database_source.h), something smaller in
 * tests. */

#ifndef SOURCE_H
#define SOURCE_H

#include "common/entry.h"
#include "lookup-svc/snapshot.h"

/* Takes one entry, whose strings are valid until it returns; anything but 0 ends the reading. */
typedef int(source_entry_fn)(void *arg, const lex_entry_t *entry);

typedef struct {
    void *context;
    /* Which versions are active, in search order, without indexes. NULL while that cannot be told.
     * Caller owns return value and must give it to snapshot_destroy when done. */
    snapshot_t *(*list)(void *context);
    /* Gives all entries of a version in their order. 0, or -1 when the reading broke off. It may be
     * incomplete or empty without an error when the version is being removed: the caller counts. */
    int (*read)(void *context, const dictionary_t *dictionary, source_entry_fn *entry, void *arg);
} source_t;

#endif
