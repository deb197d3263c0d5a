/* Secrets in memory: locked, so that they are not swapped out; left out of cores; between guard pages; wiped when freed. That is
 * libsodium's sodium_malloc. Where the limit of locked memory (RLIMIT_MEMLOCK) is too small for them one warning says so, and the
 * rest of it holds. */

#ifndef LEX_SECRET_H
#define LEX_SECRET_H

#include <stddef.h>

/* Zeroed memory for a secret. It cannot fail, as in common/memory.h: each takes pages of its own, so a program has some tens of
 * them at most. Free it with lex_secret_free. */
void *lex_secret_new(size_t size);

/* The first line of a file, without its line end, in locked memory, NUL-terminated; at most 4 KiB.
 * NULL and a logged error. Free it with lex_secret_free, which wipes it. A file that others may read is refused unless
 * it belongs to root and either LEXMQ_SECRET_ANY_MODE is set (container secrets keep the host's mode) or it lies in systemd's
 * $CREDENTIALS_DIRECTORY (LoadCredential= lets its user read by an access list, which shows as the group's right). */
char *lex_secret_read(const char *path);
/* Wipes. Takes NULL. */
void lex_secret_free(char **secret_p);

#endif
