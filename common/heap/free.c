/* free and realloc that wipe what they give back, for our programs; liblexmq leaves its host's allocator alone.
 *
 * A password crosses buffers that are not ours: libzmq's decoder, its decrypted copy and its message, a BATCH, a queue's block,
 * msgpack's zone, libmariadb's copy of the account. Each is freed as it is, and stays readable in the heap until something else
 * comes to lie there. An executable's own free is what every library of the process calls (glibc manual, "Replacing malloc"), so
 * one function here wipes them all. A block is cleared at most as often as it was filled, and clearing is the cheaper half:
 * docs/hardening.md has the figures.
 *
 * Only these two are replaced and glibc's own allocator stays, so not where a sanitizer or another libc has its own. valgrind puts
 * its functions in place of these. */

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/harden.h"

#if defined(__GLIBC__) && !defined(LEX_SANITIZED)

#define PAGE          4096u /* or a part of one */
#define WORTH_LOOKING 512u  /* bytes; small blocks are in use by and large */
#define EXPORTED      __attribute__((visibility("default")))

/* Of glibc, under the names that stay when the others are replaced. */
extern void __libc_free(void *memory);
extern void *__libc_realloc(void *memory, size_t size);

/* A block of a mapping of its own, which the kernel takes back and clears; malloc/malloc.c of glibc, "IS_MMAPPED". Clearing it here
 * would only fault in pages that nobody has touched. */
static bool s_is_mapped(const void *memory)
{
    return ((const size_t *)memory)[-1] & 2;
}

/* Compares each byte with the next, as fast as memcmp can, and stops at the first that differs. */
static bool s_is_clear(const char *memory, size_t size)
{
    return memory[0] == 0 && memcmp(memory, memory + 1, size - 1) == 0;
}

/* A page that nobody has written to stays the kernel's: of the buffers and queues that libzmq has for a connection most is never used,
 * and wiping them as its clients leave would double the memory of a gateway. To read such a page costs no memory. */
static void s_wipe(char *memory, size_t size)
{
    while (size > 0) {
        size_t page = PAGE - (uintptr_t)memory % PAGE, part = page < size ? page : size;
        if (part < WORTH_LOOKING || !s_is_clear(memory, part))
            explicit_bzero(memory, part);
        memory += part;
        size -= part;
    }
}

EXPORTED void free(void *memory)
{
    if (memory && !s_is_mapped(memory))
        s_wipe(memory, malloc_usable_size(memory));
    __libc_free(memory);
}

/* glibc's would move a block and free the old one by itself. */
EXPORTED void *realloc(void *memory, size_t size)
{
    if (!memory || size == 0 || s_is_mapped(memory)) {
        if (memory && size == 0 && !s_is_mapped(memory))
            s_wipe(memory, malloc_usable_size(memory));
        return __libc_realloc(memory, size);
    }
    size_t usable = malloc_usable_size(memory);
    if (size <= usable) {
        s_wipe((char *)memory + size, usable - size);
        return __libc_realloc(memory, size);
    }
    void *larger = malloc(size);
    if (larger) {
        memcpy(larger, memory, usable);
        free(memory);
    }
    return larger;
}

#endif
