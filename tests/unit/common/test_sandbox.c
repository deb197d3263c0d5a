/* What a sealed process may ask of the kernel, and that all else goes on. */

#include "tests/unit/common/sandbox_fixture.h"

/* ---- system calls ---- */

static char *s_program[] = {"/bin/true", NULL};

/* With arguments that would do little if they were let through. */
static const struct {
    long number, first, second;
} s_calls[] = {
    {SYS_execve, (long)"/bin/true", (long)s_program},
    {SYS_execveat, AT_FDCWD, (long)"/bin/true"},
    {SYS_clone, SIGCHLD, 0},
    {SYS_ptrace, PTRACE_TRACEME, 0},
    {SYS_process_vm_readv, 0, 0},
    {SYS_process_vm_writev, 0, 0},
    {SYS_mount, 0, 0},
    {SYS_umount2, 0, 0},
    {SYS_pivot_root, 0, 0},
    {SYS_setns, -1, 0},
    {SYS_unshare, CLONE_FS, 0},
    {SYS_chroot, 0, 0},
    {SYS_setuid, 0, 0},
    {SYS_setgid, 0, 0},
    {SYS_setresuid, -1, -1},
    {SYS_setresgid, -1, -1},
    {SYS_setgroups, -1, 0},
    {SYS_capset, 0, 0},
    {SYS_keyctl, 0, 0},
    {SYS_add_key, 0, 0},
    {SYS_request_key, 0, 0},
    {SYS_bpf, 0, 0},
    {SYS_kexec_load, 0, -1},
    {SYS_init_module, 0, 0},
    {SYS_finit_module, -1, 0},
    {SYS_delete_module, 0, 0},
    {SYS_reboot, 0, 0},
    {SYS_personality, 0xffffffff, 0},
    {SYS_userfaultfd, -1, 0},
    {SYS_perf_event_open, 0, 0},
};

static size_t s_call; /* which one the child tries */

static int s_try_call(void)
{
    syscall(s_calls[s_call].number, s_calls[s_call].first, s_calls[s_call].second, 0L, 0L, 0L);
    return 1;
}

static int s_fork(void)
{
    return fork() == 0 ? 0 : 1;
}

static void test_what_nobody_needs_ends_the_process(void **state)
{
    (void)state;
    for (s_call = 0; s_call < sizeof s_calls / sizeof *s_calls; s_call++)
        s_ends(s_try_call, s_calls[s_call].number);
    s_ends(s_fork, SYS_clone);
}

static int s_soft(void)
{
    bool good = syscall(SYS_io_uring_setup, 1, NULL) == -1 && errno == ENOSYS;
    good = good && ioctl(0, TIOCSTI, "x") == -1 && errno == EPERM;
    good = good && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 && errno == EPERM;
    good = good && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    good = good && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
    good = good && mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                        -1, 0) == MAP_FAILED;
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    good = good && memory != MAP_FAILED && mprotect(memory, 4096, PROT_READ | PROT_EXEC) == -1;
    return good && mprotect(memory, 4096, PROT_READ) == 0 ? 0 : 1;
}

static int s_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) == MAP_FAILED;
}

static void test_what_a_library_may_try_is_an_error(void **state)
{
    char said[4096];
    (void)state;
    s_passes(s_soft);
    assert_int_equal(s_run(s_code, false, true, said, sizeof said), 0);
}

static bool s_has_family(int family, int type, int protocol)
{
    int file = socket(family, type, protocol);
    if (file != -1)
        close(file);
    return file != -1 || errno != EAFNOSUPPORT;
}

static int s_sockets(void)
{
    bool good = s_has_family(AF_UNIX, SOCK_STREAM, 0) && s_has_family(AF_INET, SOCK_STREAM, 0) &&
                s_has_family(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) &&
                s_has_family(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
    good = good && !s_has_family(AF_PACKET, SOCK_RAW, 0) &&
           !s_has_family(AF_VSOCK, SOCK_STREAM, 0) && !s_has_family(AF_ALG, SOCK_SEQPACKET, 0) &&
           !s_has_family(AF_INET, SOCK_RAW, 1) &&
           !s_has_family(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, 58) &&
           !s_has_family(AF_NETLINK, SOCK_RAW, 12) && !s_has_family(77, SOCK_STREAM, 0);
    return good ? 0 : 1;
}

static void test_sockets_are_unix_and_internet(void **state)
{
    (void)state;
    s_passes(s_sockets);
}

/* ---- what must go on ---- */

static void *s_thread(void *arg)
{
    *(bool *)arg = true;
    return NULL;
}

static int s_usual(void)
{
    pthread_t thread;
    bool ran = false;
    bool good =
        pthread_create(&thread, NULL, s_thread, &ran) == 0 && pthread_join(thread, NULL) == 0;
    /* As libmariadb loads the plugin that an account asks for. */
    void *library = dlopen("libz.so.1", RTLD_NOW);
    good = good && ran && library && raise(0) == 0;
    /* A thread's forbidden call ends the whole process as well; that one's own stack is fine. */
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return good && mapped != MAP_FAILED ? 0 : 1;
}

static void test_threads_and_libraries_go_on(void **state)
{
    (void)state;
    s_passes(s_usual);
}

static int s_off(void)
{
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1 ? 0 : 1;
}

static void test_off_is_open_to_debuggers(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        lex_sandbox_t *sandbox = lex_sandbox_new();
        lex_harden(LEX_FILES_USUAL);
        bool good = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
        _exit(good && lex_sandbox_seal(sandbox, LEX_SANDBOX_OFF) == 0 ? s_off() : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* As on a kernel before 5.13, which does not know the call. */
static int s_seal_without_landlock(lex_sandbox_mode_t mode, char *said, size_t size)
{
    int pipes[2], status = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], STDERR_FILENO);
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
        lex_harden(LEX_FILES_PRIVATE);
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset),
                             0) ||
            seccomp_load(filter))
            _exit(99);
        lex_sandbox_t *sandbox = lex_sandbox_new();
        int rc = lex_sandbox_seal(sandbox, mode);
        if (rc == 0 && mode == LEX_SANDBOX_ON)
            syscall(SYS_setns, -1, 0); /* seccomp is there all the same */
        _exit(rc == 0 ? 1 : 0);
    }
    close(pipes[1]);
    ssize_t got = read(pipes[0], said, size - 1);
    said[got > 0 ? got : 0] = '\0';
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_an_old_kernel_is_told_of(void **state)
{
    (void)state;
    char said[4096];
    int status = s_seal_without_landlock(LEX_SANDBOX_ON, said, sizeof said);
    assert_non_null(strstr(said, "files are not fenced in (Landlock): Function not implemented; "
                                 "going on without"));
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
    status = s_seal_without_landlock(LEX_SANDBOX_REQUIRE, said, sizeof said);
    assert_non_null(strstr(said, "--sandbox require asks for it"));
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_nobody_needs_ends_the_process),
        cmocka_unit_test(test_what_a_library_may_try_is_an_error),
        cmocka_unit_test(test_sockets_are_unix_and_internet),
        cmocka_unit_test(test_threads_and_libraries_go_on),
        cmocka_unit_test(test_off_is_open_to_debuggers),
        cmocka_unit_test(test_an_old_kernel_is_told_of),
    };
    return s_is_open() ? 0 : cmocka_run_group_tests(tests, s_setup, s_teardown);
}
