/* The migration files of one schema: FOLDER/NNNN_name.sql, run once each, in the order of their numbers. What takes one back is
 * beside it, NNNN_name.down.sql (rollback.h), and is none itself. */

#ifndef SQL_FILES_H
#define SQL_FILES_H

#include <stddef.h>

#define FILES_NAME_MAX      128        /* bytes of a file's name without .sql */
#define FILES_CHECKSUM_SIZE 65         /* BLAKE2b-256 in hex, with its NUL */
#define FILES_BYTES_MAX     (16 << 20) /* of one file */
#define FILES_VERSION_MAX   9999

typedef struct {
    unsigned version;
    char name[FILES_NAME_MAX + 1]; /* "0001_accounts" */
    char checksum[FILES_CHECKSUM_SIZE];
    char *text;
    size_t size;
} file_t;

typedef struct {
    file_t *items;
    size_t count;
} files_t;

/* Reads them all, ordered. 0, or -1 and a logged error: a folder or file that cannot be read, a name that is no
 * migration's, a number that occurs twice. */
int files_load(files_t *self, const char *folder);
void files_close(files_t *self);

/* One file of whatever name, NUL-terminated. NULL and a logged error. Caller owns return value and must free it when done. */
char *files_read(const char *path, size_t *size);

#endif
