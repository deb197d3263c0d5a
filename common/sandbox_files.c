/* Landlock, landlock(7). By the system calls themselves: glibc has no functions for them, and headers are often older than the kernel. */

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/sandbox.h"

/* Rights by the version that brought them (linux/landlock.h of kernel 6.12). 1 is all of the first version. */
#define FS_1            ((UINT64_C(1) << 13) - 1)
#define FS_REFER        (UINT64_C(1) << 13) /* 2 */
#define FS_TRUNCATE     (UINT64_C(1) << 14) /* 3 */
#define FS_IOCTL_DEV    (UINT64_C(1) << 15) /* 5 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)  /* 4 */
#define SCOPE_ALL       UINT64_C(3)         /* 6: abstract sockets of others, signals to others */

/* The kernel takes a longer structure than its own when the rest is zero. */
typedef struct {
    uint64_t files, net, scoped;
} s_rules_t;

#define USE_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define USE_BIND (LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define USE_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)
#define USE_WRITE                                                                                  \
    (USE_READ | USE_FILE | FS_REFER | LANDLOCK_ACCESS_FS_REMOVE_FILE |                             \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR)

static uint64_t s_use(lex_path_use_t use)
{
    switch (use) {
    case LEX_PATH_READ:
        return USE_READ;
    case LEX_PATH_WRITE:
        return USE_WRITE;
    case LEX_PATH_BIND:
        return USE_READ | USE_BIND;
    case LEX_PATH_DEVICE:
        return USE_FILE;
    }
    return 0;
}

static s_rules_t s_rules(int version, bool never_connects)
{
    s_rules_t rules = {.files = FS_1};
    if (version >= 2)
        rules.files |= FS_REFER;
    if (version >= 3)
        rules.files |= FS_TRUNCATE;
    if (version >= 4 && never_connects)
        rules.net = NET_CONNECT_TCP;
    if (version >= 5)
        rules.files |= FS_IOCTL_DEV;
    if (version >= 6)
        rules.scoped = SCOPE_ALL;
    return rules;
}

/* Of a file only what can be done to files may be allowed, else the kernel refuses the rule. */
static int s_allow(int ruleset, const lex_sandbox_path_t *path, uint64_t handled)
{
    struct stat status;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = s_use(path->use) & handled,
        .parent_fd = open(path->path, O_PATH | O_CLOEXEC),
    };
    if (rule.parent_fd == -1)
        return 0; /* it is not there, or not for us: nothing to allow */
    if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode))
        rule.allowed_access &= USE_FILE;
    long rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int reason = rc == -1 ? errno : 0;
    close(rule.parent_fd);
    return reason;
}

int lex_sandbox_seal_files(const lex_sandbox_path_t *paths, unsigned count, bool never_connects,
                           int *version)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi == -1)
        return errno;
    s_rules_t rules = s_rules((int)abi, never_connects);
    /* Of the first version's kernels the structure had one field. */
    long ruleset = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (ruleset == -1)
        return errno;
    int reason = 0;
    for (unsigned i = 0; i < count && reason == 0; i++)
        reason = s_allow((int)ruleset, &paths[i], rules.files);
    if (reason == 0 && syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == -1)
        reason = errno;
    close((int)ruleset);
    if (reason == 0)
        *version = (int)abi;
    return reason;
}
