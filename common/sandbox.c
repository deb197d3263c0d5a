#include "common/sandbox.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/harden.h"
#include "common/log.h"
#include "common/memory.h"

#define IPC "ipc://"

struct lex_sandbox {
    lex_sandbox_path_t *paths;
    unsigned count;
    bool never_connects;
    bool makes_code;
};

/* What the libraries read: code (libmariadb loads the plugin that an account asks for, glibc its resolvers), the resolver's files and
 * what stands behind their links, the time zone, the processors. All of /etc, because a file there is often replaced by another of its name. */
static const char *const s_system[] = {"/usr",
                                       "/lib",
                                       "/lib64",
                                       "/etc",
                                       "/run/nscd",
                                       "/run/systemd/resolve",
                                       "/proc/self",
                                       "/proc/stat",
                                       "/proc/sys/kernel",
                                       "/proc/sys/vm",
                                       "/sys/devices/system/cpu"};
static const char *const s_devices[] = {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"};

lex_sandbox_t *lex_sandbox_new(void)
{
    return lex_calloc(1, sizeof(lex_sandbox_t));
}

void lex_sandbox_destroy(lex_sandbox_t **self_p)
{
    lex_sandbox_t *self = *self_p;
    if (!self)
        return;
    for (unsigned i = 0; i < self->count; i++)
        free(self->paths[i].path);
    free(self->paths);
    free(self);
    *self_p = NULL;
}

static void s_add(lex_sandbox_t *self, const char *path, lex_path_use_t use)
{
    self->paths = lex_realloc(self->paths, (self->count + 1) * sizeof *self->paths);
    self->paths[self->count++] = (lex_sandbox_path_t){.path = lex_strdup(path), .use = use};
}

/* A file that lies in the root folder is meant alone: its folder is everything. */
static void s_add_folder_of(lex_sandbox_t *self, const char *file, lex_path_use_t use)
{
    char *copy = lex_strdup(file);
    const char *folder = dirname(copy);
    s_add(self, strcmp(folder, "/") == 0 ? file : folder, use);
    free(copy);
}

static void s_add_readable(lex_sandbox_t *self, const char *name)
{
    struct stat status;
    char *real = realpath(name, NULL);
    if (real && stat(real, &status) == 0 && S_ISDIR(status.st_mode))
        s_add(self, real, LEX_PATH_READ);
    else if (real || strchr(name, '/')) /* it may come to be there; a bare key is no file */
        s_add_folder_of(self, name, LEX_PATH_READ);
    if (real)
        s_add_folder_of(self, real, LEX_PATH_READ);
    free(real);
}

/* Calls for each part of a list with commas. */
static void s_each(lex_sandbox_t *self, const char *list,
                   void (*add)(lex_sandbox_t *self, const char *name))
{
    while (list && *list) {
        list += strspn(list, ", ");
        size_t size = strcspn(list, ",");
        char *name = lex_strndup(list, size);
        for (size_t end = size; end > 0 && name[end - 1] == ' '; end--)
            name[end - 1] = '\0';
        if (*name)
            add(self, name);
        free(name);
        list += size;
    }
}

void lex_sandbox_may_read(lex_sandbox_t *self, const char *names)
{
    /* A file that has a comma in its name stands alone. */
    if (names && access(names, F_OK) == 0)
        s_add_readable(self, names);
    else
        s_each(self, names, s_add_readable);
}

void lex_sandbox_may_write(lex_sandbox_t *self, const char *folder)
{
    if (!folder)
        return;
    char *path = lex_strdup(folder);
    for (char *slash = path; slash;) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        /* What goes wrong here shows when the folder is used. */
        (void)mkdir(path, 0700);
        if (slash)
            *slash = '/';
    }
    free(path);
    s_add(self, folder, LEX_PATH_WRITE);
}

static void s_add_endpoint(lex_sandbox_t *self, const char *endpoint)
{
    if (strncmp(endpoint, IPC, strlen(IPC)) == 0)
        s_add_folder_of(self, endpoint + strlen(IPC), LEX_PATH_BIND);
}

void lex_sandbox_may_bind(lex_sandbox_t *self, const char *endpoints)
{
    s_each(self, endpoints, s_add_endpoint);
}

void lex_sandbox_never_connects(lex_sandbox_t *self)
{
    self->never_connects = true;
}

void lex_sandbox_makes_code(lex_sandbox_t *self)
{
    self->makes_code = true;
}

static int s_seal_files(const lex_sandbox_t *self, int *version)
{
    lex_sandbox_t all = {.never_connects = self->never_connects};
    for (size_t i = 0; i < sizeof s_system / sizeof *s_system; i++)
        s_add(&all, s_system[i], LEX_PATH_READ);
    for (size_t i = 0; i < sizeof s_devices / sizeof *s_devices; i++)
        s_add(&all, s_devices[i], LEX_PATH_DEVICE);
    for (unsigned i = 0; i < self->count; i++)
        s_add(&all, self->paths[i].path, self->paths[i].use);
    int reason = lex_sandbox_seal_files(all.paths, all.count, all.never_connects, version);
    for (unsigned i = 0; i < all.count; i++)
        free(all.paths[i].path);
    free(all.paths);
    return reason;
}

/* 0, or -1 when it is an error for this mode. */
static int s_missing(lex_sandbox_mode_t mode, const char *what, const char *why)
{
    if (mode == LEX_SANDBOX_REQUIRE) {
        lex_error("sandbox: %s: %s, and --sandbox require asks for it", what, why);
        return -1;
    }
    lex_warning("sandbox: %s: %s; going on without", what, why);
    return 0;
}

int lex_sandbox_seal(const lex_sandbox_t *self, lex_sandbox_mode_t mode)
{
    int version = 0;
    if (mode == LEX_SANDBOX_OFF) {
        lex_harden_open();
        lex_warning("sandbox: off");
        return 0;
    }
    if (lex_harden_is_instrumented())
        return s_missing(mode, "none of it", "a memory tool is at work");
    int files = s_seal_files(self, &version);
    if (files && s_missing(mode, "files are not fenced in (Landlock)", strerror(files)))
        return -1;
    int calls = lex_sandbox_seal_calls(self->makes_code);
    if (calls && s_missing(mode, "system calls are not limited (seccomp)", strerror(calls)))
        return -1;
    lex_debug("sandbox: closed, Landlock %d, seccomp %s", version, calls ? "no" : "yes");
    return 0;
}
