#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/harden.h"

static void s_passes(int (*try)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(try());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int s_everything(void)
{
    struct rlimit limit = {1, 1};
    lex_harden(LEX_FILES_PRIVATE);
    bool good = getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
    good = good && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && umask(0) == 077;
    return good && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == lex_harden_is_instrumented() ? 0 : 1;
}

static int s_umask_stays(void)
{
    umask(027);
    lex_harden(LEX_FILES_USUAL);
    return umask(0) == 027 ? 0 : 1;
}

/* Under valgrind its helper library is preloaded, and the process stays open. */
static int s_valgrind(void)
{
    setenv("LD_PRELOAD", "/usr/libexec/valgrind/vgpreload_core-amd64-linux.so", 1);
    lex_harden(LEX_FILES_PRIVATE);
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1 ? 0 : 1;
}

/* The process that calls abort is what the kernel would write a core of. Where cores go is the machine's business, so what is looked
 * at is what wait says of it. */
static void test_no_core_is_written(void **state)
{
    (void)state;
    char folder[] = "/tmp/lexmq-core-XXXXXX";
    int status = 0;
    assert_non_null(mkdtemp(folder));
    pid_t child = fork();
    if (child == 0) {
        static const struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
        setrlimit(RLIMIT_CORE, &most); /* as far as we may */
        if (chdir(folder))
            _exit(1);
        lex_harden(LEX_FILES_PRIVATE);
        abort();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_false(WCOREDUMP(status));
    assert_int_equal(rmdir(folder), 0); /* it is empty */
}

static void test_all_of_it(void **state)
{
    (void)state;
    s_passes(s_everything);
    s_passes(s_umask_stays);
    s_passes(s_valgrind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_of_it),
        cmocka_unit_test(test_no_core_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
