/* Allocation that cannot fail. Sizes that come from outside are bounded before they reach these, so running out
 * here means that the machine is out of memory: the process says so and aborts, and its supervisor starts it anew.
 * Large or file-sized buffers use malloc or mmap themselves and report the error. */

#ifndef LEX_MEMORY_H
#define LEX_MEMORY_H

#include <stddef.h>

void *lex_malloc(size_t size);
void *lex_calloc(size_t count, size_t size);
void *lex_realloc(void *memory, size_t size);
char *lex_strdup(const char *text);
/* A NUL-terminated copy of `size` bytes. Caller owns return value and must free it when done. */
char *lex_strndup(const char *text, size_t size);
/* printf to a new string. Caller owns return value and must free it when done. */
char *lex_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What another library allocated, passed through; NULL ends the process in the same way. */
void *lex_allocated(void *memory);

#endif
