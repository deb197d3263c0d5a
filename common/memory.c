/* Allocation that cannot fail: the one place where running out of memory is handled. */

#include "common/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No lex_log here: it formats, and there may be nothing left to format with. */
void *lex_allocated(void *memory)
{
    static const char message[] = "lexmq: out of memory\n";

    if (memory)
        return memory;
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    abort();
}

/* malloc (0) may be NULL, which would look like a failure. */
void *lex_malloc(size_t size)
{
    return lex_allocated(malloc(size ? size : 1));
}

void *lex_calloc(size_t count, size_t size)
{
    return lex_allocated(calloc(count ? count : 1, size ? size : 1));
}

void *lex_realloc(void *memory, size_t size)
{
    return lex_allocated(realloc(memory, size ? size : 1));
}

char *lex_strdup(const char *text)
{
    return lex_strndup(text, strlen(text));
}

char *lex_strndup(const char *text, size_t size)
{
    char *copy = lex_malloc(size + 1);

    if (size > 0)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *lex_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    return lex_allocated(size < 0 ? NULL : text);
}
