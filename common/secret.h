/* Secrets that come from files. */

#ifndef LEX_SECRET_H
#define LEX_SECRET_H

#include <stddef.h>

/* The first line of a file, without its line end, in locked memory, NUL-terminated; at most 4 KiB.
 * NULL and a logged error. Free it with lex_secret_free, which wipes it. A file that others may read is refused unless
 * it belongs to root and LEXMQ_SECRET_ANY_MODE is set (container secrets keep the host's mode). */
char *lex_secret_read(const char *path);
void lex_secret_free(char **secret_p);

#endif
