#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_first_line),
        cmocka_unit_test(four_kibibytes_are_the_limit),
        cmocka_unit_test(refuses_what_is_no_secret),
        cmocka_unit_test(refuses_what_others_may_read),
        cmocka_unit_test(a_container_may_allow_it_for_root),
    };
    return cmocka_run_group_tests_name("secret", tests, s_setup, s_teardown);
}
