/* Small helpers for files that must be whole on the disk. They set errno and do not log. */

#ifndef FILES_H
#define FILES_H

#include <stddef.h>

/* What a temporary name ends with, behind the file's own name. Who holds a folder's lock may remove
 * such files. */
#define FILES_SUFFIX ".new"

/* The bytes of a file, NUL-terminated behind their size. NULL: cannot be read, or more than `max`
 * bytes (EFBIG). Caller owns return value and must free it when done. */
char *files_read(const char *path, size_t max, size_t *size);

/* Writes all of it, whatever interrupts. -1 on failure. */
int files_write_all(int file, const void *data, size_t size);

/* Puts a file in the place of `path`, at once and durably. -1 on failure; the old one is then still
 * there. */
int files_replace(const char *path, const void *data, size_t size);

/* Makes the names in the folder of `path` durable, as renaming alone does not. -1 on failure. */
int files_sync_folder(const char *path);

/* An open file without a name, for reading and writing, in the folder of `beside`; nothing is left
 * of it once it is closed. -1 on failure. */
int files_unnamed(const char *beside);

/* Makes a folder and those above it. -1 on failure; that it is there already is none. */
int files_make_folder(const char *path);

#endif
