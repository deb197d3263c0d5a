#include "common/harden.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* valgrind puts libraries of its own before ours and says so to whom it runs. */
bool lex_harden_is_instrumented(void)
{
#ifdef LEX_SANITIZED
    return true;
#else
    const char *preload = getenv("LD_PRELOAD");
    return preload && strstr(preload, "/vgpreload_");
#endif
}

void lex_harden(lex_files_t files)
{
    static const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    if (!lex_harden_is_instrumented())
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (files == LEX_FILES_PRIVATE)
        umask(077);
}

void lex_harden_open(void)
{
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
