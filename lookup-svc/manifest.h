/* The manifest: which versions the index folder holds for the catalogue, so that a worker starts
 * while MySQL is away.
 *
 * A text file for programs and for the curious:
 *
 *     lexmq-index FORMAT
 *     ID VERSION POSITION ENTRIES TEXT_BYTES NAME TITLE      tab-separated, a line a dictionary, in
 * search order end COUNT CHECKSUM                                     of dictionaries; CRC-32 in
 * hex of all lines before
 *
 * In names and titles tab, line end, carriage return and backslash are written \t \n \r \\. */

#ifndef MANIFEST_H
#define MANIFEST_H

#include "lookup-svc/snapshot.h"

/* Reads a manifest; the dictionaries have no index. NULL when it is not there, or damaged (logged).
 */
snapshot_t *manifest_read(const char *path);

/* Writes it whole or not at all; leaves a file alone that says the same already. 0, or -1 and a
 * logged error. */
int manifest_write(const char *path, const snapshot_t *snapshot);

#endif
