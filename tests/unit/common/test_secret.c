#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/harden.h"
#include "common/log.h"
#include "common/secret.h"

static char s_path[] = "/tmp/lexmq-secret-XXXXXX";

static int s_setup(void **state)
{
    (void)state;
    unsetenv("LEXMQ_SECRET_ANY_MODE");
    int file = mkstemp(s_path);
    close(file);
    return file < 0;
}

static int s_teardown(void **state)
{
    (void)state;
    return unlink(s_path);
}

static void s_write_file(const void *data, size_t size, mode_t mode)
{
    FILE *file = fopen(s_path, "w");

    assert_non_null(file);
    fwrite(data, 1, size, file);
    fclose(file);
    chmod(s_path, mode);
}

static void s_reads(const char *text, const char *wanted)
{
    s_write_file(text, strlen(text), 0600);
    char *secret = lex_secret_read(s_path);
    assert_non_null(secret);
    assert_string_equal(secret, wanted);
    lex_secret_free(&secret);
    assert_null(secret);
    lex_secret_free(&secret);
}

static void s_refuses(const void *data, size_t size, mode_t mode)
{
    s_write_file(data, size, mode);
    assert_null(lex_secret_read(s_path));
}

static void reads_the_first_line(void **state)
{
    (void)state;
    s_reads("pass word\n", "pass word");
    s_reads("password", "password");
    s_reads("password\r\nsecond line\n", "password");
    s_reads(" blanks count \n", " blanks count ");
}

static void four_kibibytes_are_the_limit(void **state)
{
    static char large[8192];

    (void)state;
    memset(large, 'x', 4096);
    s_reads(large, large);
    char *with_end = strcpy(malloc(4099), large);
    strcat(with_end, "\r\n");
    s_reads(with_end, large);
    free(with_end);
    memset(large, 'x', 4097);
    s_refuses(large, 4097, 0600);
    s_refuses(large, 8192, 0600);
}

static void refuses_what_is_no_secret(void **state)
{
    (void)state;
    assert_null(lex_secret_read("/nowhere/at/all"));
    assert_null(lex_secret_read("/tmp"));
    assert_null(lex_secret_read("/dev/null"));
    s_refuses("", 0, 0600);
    s_refuses("\n", 1, 0600);
    s_refuses("\r\nsecond\n", 9, 0600);
    s_refuses("a\0b\n", 4, 0600);
}

static void refuses_what_others_may_read(void **state)
{
    static const mode_t open_modes[] = {0604, 0640, 0620, 0602, 0644, 0611};

    (void)state;
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++)
        s_refuses("secret\n", 7, open_modes[i]);
    s_write_file("secret\n", 7, 0400);
    char *secret = lex_secret_read(s_path);
    assert_non_null(secret);
    lex_secret_free(&secret);
}

static void a_container_may_allow_it_for_root(void **state)
{
    (void)state;
    s_write_file("secret\n", 7, 0644);
    setenv("LEXMQ_SECRET_ANY_MODE", "0", 1);
    assert_null(lex_secret_read(s_path));
    setenv("LEXMQ_SECRET_ANY_MODE", "1", 1);
    char *secret = lex_secret_read(s_path);
    if (geteuid() == 0)
        assert_non_null(secret);
    else
        assert_null(secret);
    lex_secret_free(&secret);
    /* The file must belong to root, whoever reads it. */
    if (geteuid() == 0 && chown(s_path, 65534, 65534) == 0)
        assert_null(lex_secret_read(s_path));
    unsetenv("LEXMQ_SECRET_ANY_MODE");
}

/* ---- memory ---- */

/* The VmFlags of the mapping that an address lies in, proc(5). */
static void s_flags(const void *address, char *out, size_t size)
{
    char line[512];
    bool here = false;
    FILE *file = fopen("/proc/self/smaps", "r");
    assert_non_null(file);
    out[0] = '\0';
    while (fgets(line, sizeof line, file)) {
        unsigned long first, last;
        if (sscanf(line, "%lx-%lx", &first, &last) == 2)
            here = (uintptr_t)address >= first && (uintptr_t)address < last;
        else if (here && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(out, size, "%s", line);
    }
    fclose(file);
}

static void test_memory_is_zero_locked_and_in_no_core(void **state)
{
    (void)state;
    char flags[512];
    char *secret = lex_secret_new(100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(secret[i], 0);
    s_flags(secret, flags, sizeof flags);
    assert_non_null(strstr(flags, " dd"));
    struct rlimit limit;
    if (!lex_harden_is_instrumented() && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
        limit.rlim_cur > 65536)
        assert_non_null(strstr(flags, " lo"));
    lex_secret_free(&secret);
    assert_null(secret);
}

/* In a child, whose limit is its own. As root the limit does not hold, so the right to pass it goes as well. */
static void test_a_small_limit_warns_once_and_goes_on(void **state)
{
    (void)state;
    if (lex_harden_is_instrumented())
        skip(); /* sanitizers let mlock do nothing */
    int pipes[2], status;
    char said[2048];
    size_t got = 0;
    ssize_t count;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        static const struct rlimit none = {0, 0};
        dup2(pipes[1], STDERR_FILENO);
        lex_log_setup("test_secret", "warning", "text");
        if (setrlimit(RLIMIT_MEMLOCK, &none) || (geteuid() == 0 && setuid(65534)))
            _exit(2);
        char *one = lex_secret_new(32), *two = lex_secret_new(32);
        strcpy(one, "one");
        strcpy(two, "two");
        _exit(strcmp(one, "one") || strcmp(two, "two") ? 1 : 0);
    }
    close(pipes[1]);
    while (got + 1 < sizeof said && (count = read(pipes[0], said + got, sizeof said - 1 - got)) > 0)
        got += (size_t)count;
    said[got] = '\0';
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    char *line = strstr(said, "cannot be locked in memory");
    assert_non_null(line);
    assert_null(strstr(line + 1, "cannot be locked in memory"));
}

/* systemd lets a service's user read by an access list, which shows as the group's right. Only root can make such a file. */
static void test_a_credential_of_systemd(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    s_write_file("key\n", 4, 0440);
    assert_int_equal(chown(s_path, 0, (gid_t)-1), 0);
    assert_null(lex_secret_read(s_path));
    setenv("CREDENTIALS_DIRECTORY", "/tmp", 1);
    char *secret = lex_secret_read(s_path);
    assert_non_null(secret);
    assert_string_equal(secret, "key");
    lex_secret_free(&secret);
    s_refuses("key\n", 4, 0444);
    s_refuses("key\n", 4, 0460);
    chmod(s_path, 0440);
    assert_int_equal(chown(s_path, 65534, (gid_t)-1), 0);
    assert_null(lex_secret_read(s_path)); /* somebody else put it there */
    assert_int_equal(chown(s_path, 0, (gid_t)-1), 0);
    setenv("CREDENTIALS_DIRECTORY", "/tm", 1);
    assert_null(lex_secret_read(s_path));
    unsetenv("CREDENTIALS_DIRECTORY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_first_line),
        cmocka_unit_test(four_kibibytes_are_the_limit),
        cmocka_unit_test(refuses_what_is_no_secret),
        cmocka_unit_test(refuses_what_others_may_read),
        cmocka_unit_test(a_container_may_allow_it_for_root),
        cmocka_unit_test(test_memory_is_zero_locked_and_in_no_core),
        cmocka_unit_test(test_a_small_limit_warns_once_and_goes_on),
        cmocka_unit_test(test_a_credential_of_systemd),
    };
    return cmocka_run_group_tests_name("secret", tests, s_setup, s_teardown);
}
