#include "client/paths.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/memory.h"

/* The folder of `variable`, or `fallback` in the home folder. */
static char *s_base(const char *variable, const char *fallback)
{
    const char *base = getenv(variable), *home = getenv("HOME");

    /* The XDG specification has relative paths ignored. */
    if (base && base[0] == '/')
        return lex_strdup(base);
    if (!home || !*home) {
        const struct passwd *user = getpwuid(getuid());
        home = user ? user->pw_dir : NULL;
    }
    return home && *home ? lex_format("%s/%s", home, fallback) : NULL;
}

static char *s_under(char *base, const char *name)
{
    char *path = base ? lex_format("%s/lexmq/%s", base, name) : NULL;

    free(base);
    return path;
}

char *paths_config(const char *name)
{
    char *path = s_under(s_base("XDG_CONFIG_HOME", ".config"), name);

    if (path && access(path, F_OK) == 0)
        return path;
    free(path);
    path = s_under(lex_strdup("/etc"), name);
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

char *paths_state(const char *name)
{
    return s_under(s_base("XDG_STATE_HOME", ".local/state"), name);
}
