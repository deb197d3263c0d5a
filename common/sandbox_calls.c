/* seccomp, by libseccomp: a list of what is refused, all else is allowed. A list of what is allowed would have to follow every
 * version of glibc, libzmq and the kernel, and fail when one of them takes a newer call. */

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/sandbox.h"

#define TIOCSTI_REQUEST   0x5412 /* puts words into a terminal's input; ioctl_tty(2) */
#define TIOCLINUX_REQUEST 0x541C
#define SOCKET_TYPE_MASK  0xf
#define FAMILIES          46 /* one more than the highest address family of today */

/* Nobody here does any of these; by name, since not every processor and not every libseccomp has all of them. */
static const char *const s_fatal[] = {
    /* other programs and processes */
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
    "process_madvise", "pidfd_getfd", "kcmp",
    /* mounts and namespaces */
    "mount", "umount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen", "fsconfig",
    "fsmount", "fspick", "mount_setattr", "chroot", "setns", "unshare", "open_by_handle_at",
    "mknod", "mknodat", "swapon", "swapoff", "quotactl", "quotactl_fd",
    /* users and rights */
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid",
    "setfsgid", "capset", "keyctl", "add_key", "request_key",
    /* the kernel and the machine */
    "bpf", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "reboot", "acct", "settimeofday", "clock_settime", "stime", "sethostname", "setdomainname",
    "syslog", "vhangup", "nfsservctl", "iopl", "ioperm", "modify_ldt", "lookup_dcookie",
    "perf_event_open", "userfaultfd", "personality", "vm86", "vm86old", "uselib", "_sysctl"};

/* Answered as if the kernel did not have them: libraries that try these have another way. */
static const char *const s_absent[] = {"io_uring_setup", "io_uring_enter", "io_uring_register",
                                       "clone3"};

static const int s_families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

/* ---- the end of a process that tried ---- */

/* Only what a signal handler may do. */
static void s_report(int signal, siginfo_t *info, void *context)
{
    char line[] = "sandbox: system call      is not allowed here; the process ends\n";
    char *digit = line + strlen("sandbox: system call ") + 3;
    unsigned number = (unsigned)info->si_syscall;

    (void)context;
    for (int i = 0; i < 4; i++, number /= 10)
        if (number > 0 || i == 0)
            *digit-- = (char)('0' + number % 10);
    ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
    (void)ignored;
    /* SA_RESETHAND: this time it ends us. */
    raise(signal);
}

static void s_catch(void)
{
    struct sigaction action = {.sa_sigaction = s_report,
                               .sa_flags = SA_SIGINFO | SA_NODEFER | (int)SA_RESETHAND};
    sigaction(SIGSYS, &action, NULL);
}

/* ---- rules ---- */

/* A call that this processor or this libseccomp does not know needs no rule. */
static int s_refuse(scmp_filter_ctx filter, uint32_t action, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);
    int rc = number < 0 ? 0 : seccomp_rule_add(filter, action, number, 0);
    return rc == -EDOM || rc == -EINVAL ? 0 : rc;
}

/* Threads are made by clone as well, but as part of this process. */
static int s_refuse_processes(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

static bool s_is_used(int family)
{
    for (size_t i = 0; i < sizeof s_families / sizeof *s_families; i++)
        if (s_families[i] == family)
            return true;
    return false;
}

/* The resolver asks the kernel for our addresses by NETLINK_ROUTE; all else is Unix and TCP, and UDP for names. */
static int s_refuse_sockets(scmp_filter_ctx filter)
{
    uint32_t action = SCMP_ACT_ERRNO(EAFNOSUPPORT);
    int rc = 0;
    for (int family = 0; family < FAMILIES && rc == 0; family++)
        if (!s_is_used(family))
            rc = seccomp_rule_add(filter, action, SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family, 0));
    if (rc == 0)
        rc = seccomp_rule_add(filter, action, SCMP_SYS(socket), 1,
                              SCMP_A0(SCMP_CMP_GE, FAMILIES, 0));
    if (rc == 0)
        rc = seccomp_rule_add(filter, action, SCMP_SYS(socket), 2,
                              SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0), SCMP_A2(SCMP_CMP_NE, 0, 0));
    for (int i = 0; i < 2 && rc == 0; i++)
        rc = seccomp_rule_add(filter, action, SCMP_SYS(socket), 2,
                              SCMP_A0(SCMP_CMP_EQ, i ? AF_INET6 : AF_INET, 0),
                              SCMP_A1(SCMP_CMP_MASKED_EQ, SOCKET_TYPE_MASK, SOCK_RAW));
    return rc;
}

static int s_refuse_terminals(scmp_filter_ctx filter)
{
    uint32_t action = SCMP_ACT_ERRNO(EPERM);
    int rc = seccomp_rule_add(filter, action, SCMP_SYS(ioctl), 1,
                              SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI_REQUEST));
    return rc ? rc
              : seccomp_rule_add(filter, action, SCMP_SYS(ioctl), 1,
                                 SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCLINUX_REQUEST));
}

/* Nobody of our user is let in again after common/harden.c. */
static int s_refuse_dumps(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prctl), 2,
                            SCMP_A0(SCMP_CMP_EQ, PR_SET_DUMPABLE, 0), SCMP_A1(SCMP_CMP_NE, 0, 0));
}

/* What was written becomes no code. Loading a library maps its file as code without being able to write to it. */
static int s_refuse_code(scmp_filter_ctx filter)
{
    uint32_t action = SCMP_ACT_ERRNO(EPERM);
    int rc = seccomp_rule_add(
        filter, action, SCMP_SYS(mmap), 1,
        SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC));
    if (rc == 0)
        rc = seccomp_rule_add(filter, action, SCMP_SYS(mprotect), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
    if (rc == 0)
        rc = seccomp_rule_add(filter, action, SCMP_SYS(pkey_mprotect), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
    return rc;
}

static int s_add_rules(scmp_filter_ctx filter, bool makes_code)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof s_fatal / sizeof *s_fatal && rc == 0; i++)
        rc = s_refuse(filter, SCMP_ACT_TRAP, s_fatal[i]);
    for (size_t i = 0; i < sizeof s_absent / sizeof *s_absent && rc == 0; i++)
        rc = s_refuse(filter, SCMP_ACT_ERRNO(ENOSYS), s_absent[i]);
    rc = rc ? rc : s_refuse_processes(filter);
    rc = rc ? rc : s_refuse_sockets(filter);
    rc = rc ? rc : s_refuse_terminals(filter);
    rc = rc ? rc : s_refuse_dumps(filter);
    return rc || makes_code ? rc : s_refuse_code(filter);
}

int lex_sandbox_seal_calls(bool makes_code)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return ENOMEM;
    /* What older kernels and libseccomps do not have is not needed: the kernel's own log of what was refused, leave to go on without
     * the slow mitigations that old kernels tie to seccomp (they are for those who run strangers' programs), a tree for the rules. */
    seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    int rc = s_add_rules(filter, makes_code);
    if (rc == 0) {
        s_catch();
        rc = seccomp_load(filter);
    }
    seccomp_release(filter);
    return -rc;
}
