/* A cage that a server puts itself in once it knows its settings, and that no code in it can leave, its own or a stranger's.
 *
 * System calls (seccomp, common/sandbox_calls.c). Nothing here starts programs or processes, traces, mounts, changes users, loads
 * code into a kernel or opens raw sockets, so an attempt says that somebody else's code is running: the process says which call it
 * was and ends by SIGSYS, and its supervisor starts a clean one. Where a library may ask in good faith (a socket of another family,
 * memory that is writable and executable) the answer is an error and the process lives.
 *
 * Files (Landlock, common/sandbox_files.c). What may be read: the system's own (/usr, /lib, /etc, some of /proc and /sys: the
 * resolver, time zones, libmariadb's plugins), the folders of the files that the settings name, since keys are replaced by
 * renaming. What may be written: the folders named for that. Nothing may be executed. Kernels before 5.13 have none of it.
 *
 * Must be called while there is one thread: both are inherited by threads made later. */

#ifndef LEX_SANDBOX_H
#define LEX_SANDBOX_H

#include <stdbool.h>

/* How much of it there must be. */
typedef enum {
    LEX_SANDBOX_OFF,    /* none, and debuggers of our own user may look in again; cores stay off */
    LEX_SANDBOX_ON,     /* what the kernel has; one logged line for what it has not */
    LEX_SANDBOX_REQUIRE /* all of it, or the program does not start */
} lex_sandbox_mode_t;

typedef struct lex_sandbox lex_sandbox_t;

lex_sandbox_t *lex_sandbox_new(void);
void lex_sandbox_destroy(lex_sandbox_t **self_p);

/* `names`: a file or a folder, or several with commas between, as settings have them; what is not there is passed over. Of a file
 * its folder may be read, and the folder that it really lies in, when it is a link. NULL adds nothing. */
void lex_sandbox_may_read(lex_sandbox_t *self, const char *names);
/* A folder in which files and folders may be made, written, renamed and removed. It is made now, with mode 0700 and its parents,
 * because it cannot be later. */
void lex_sandbox_may_write(lex_sandbox_t *self, const char *folder);
/* Endpoints with commas between: for each ipc:// a socket may be made in its folder. */
void lex_sandbox_may_bind(lex_sandbox_t *self, const char *endpoints);
/* No TCP connection may be made (Landlock of kernel 6.7). */
void lex_sandbox_never_connects(lex_sandbox_t *self);
/* Memory may be written and then executed: PCRE2's just-in-time compiler. */
void lex_sandbox_makes_code(lex_sandbox_t *self);

/* Closes the cage for good. 0, or -1 and a logged error: something is missing and `mode` is REQUIRE. Under a memory tool
 * (common/harden.h) it does nothing, since such a tool does most of what is forbidden; that is then an error for REQUIRE too. */
int lex_sandbox_seal(const lex_sandbox_t *self, lex_sandbox_mode_t mode);

/* ---- the two halves: what sandbox.c calls ---- */

/* 0, or an errno. */
int lex_sandbox_seal_calls(bool makes_code);

typedef enum { LEX_PATH_READ, LEX_PATH_WRITE, LEX_PATH_BIND, LEX_PATH_DEVICE } lex_path_use_t;

typedef struct {
    char *path;
    lex_path_use_t use;
} lex_sandbox_path_t;

/* 0 and the version of Landlock that did it, or an errno. A path that is not there is passed over. */
int lex_sandbox_seal_files(const lex_sandbox_path_t *paths, unsigned count, bool never_connects,
                           int *version);

#endif
