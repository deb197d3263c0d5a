/* A folder of files, and children that seal themselves and try what is forbidden, as a stranger's code in a server would. */

#ifndef SANDBOX_FIXTURE_H
#define SANDBOX_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/harden.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/sandbox.h"

typedef int(s_try_fn)(void); /* 0: it was as it must be; becomes the child's exit status */

static char s_folder[] = "/tmp/lexmq-sandbox-XXXXXX";
static inline char *s_path(const char *name)
{
    return lex_format("%s/%s", s_folder, name);
}

static inline void s_seal(bool never_connects, bool makes_code)
{
    lex_sandbox_t *sandbox = lex_sandbox_new();
    char *key = s_path("keys/key"), *index = s_path("state/index"), *ipc = s_path("run/socket");
    char *endpoints = lex_format("tcp://*:1, ipc://%s", ipc);
    lex_sandbox_may_read(sandbox, key);
    lex_sandbox_may_read(sandbox, NULL);
    lex_sandbox_may_write(sandbox, index);
    lex_sandbox_may_bind(sandbox, endpoints);
    if (never_connects)
        lex_sandbox_never_connects(sandbox);
    if (makes_code)
        lex_sandbox_makes_code(sandbox);
    lex_harden(LEX_FILES_PRIVATE);
    if (lex_sandbox_seal(sandbox, LEX_SANDBOX_ON))
        _exit(99);
    lex_sandbox_destroy(&sandbox);
    free(key);
    free(index);
    free(ipc);
    free(endpoints);
}

/* The wait status of a child that seals itself and tries; what it writes to stderr in `said`. */
static inline int s_run(s_try_fn *try, bool never_connects, bool makes_code, char *said,
                        size_t size)
{
    int pipes[2], status = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        dup2(pipes[1], STDERR_FILENO);
        s_seal(never_connects, makes_code);
        _exit(try());
    }
    close(pipes[1]);
    size_t got = 0;
    ssize_t count;
    while (got + 1 < size && (count = read(pipes[0], said + got, size - 1 - got)) > 0)
        got += (size_t)count;
    said[got] = '\0';
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static inline void s_passes(s_try_fn *try)
{
    char said[4096];
    int status = s_run(try, true, false, said, sizeof said);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %x: %s", status, said);
}

/* The attempt is named in the log and is the end of the process. */
static inline void s_ends(s_try_fn *try, long number)
{
    char said[4096], wanted[64];
    int status = s_run(try, true, false, said, sizeof said);
    snprintf(wanted, sizeof wanted, "sandbox: system call %4ld is not allowed", number);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS || !strstr(said, wanted))
        fail_msg("system call %ld: status %x: %s", number, status, said);
}

static inline int s_setup(void **state)
{
    static const char *const folders[] = {"keys", "other", "run", NULL};
    static const char *const files[] = {"keys/key", "keys/replaced", "other/secret", NULL};
    (void)state;
    lex_log_setup("test_sandbox", "warning", "text");
    if (!mkdtemp(s_folder))
        return -1;
    for (size_t i = 0; folders[i]; i++) {
        char *path = s_path(folders[i]);
        mkdir(path, 0700);
        free(path);
    }
    for (size_t i = 0; files[i]; i++) {
        char *path = s_path(files[i]);
        close(open(path, O_WRONLY | O_CREAT, 0600));
        free(path);
    }
    return 0;
}

static inline int s_teardown(void **state)
{
    (void)state;
    char *command = lex_format("rm -rf %s", s_folder);
    int rc = system(command);
    free(command);
    return rc;
}

/* Nothing is sealed under a memory tool, and each test would find that. */
static inline bool s_is_open(void)
{
    if (lex_harden_is_instrumented())
        print_message("[  SKIPPED ] the sandbox stays open under a memory tool\n");
    return lex_harden_is_instrumented();
}

#endif
