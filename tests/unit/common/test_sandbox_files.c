/* What a sealed process may open, bind and connect to. */

#include "tests/unit/common/sandbox_fixture.h"

static bool s_opens(const char *name, int flags)
{
    char *path = *name == '/' ? lex_strdup(name) : s_path(name);
    int file = open(path, flags, 0600);
    free(path);
    if (file != -1)
        close(file);
    return file != -1;
}

static int s_files(void)
{
    char *from = s_path("state/index/a/new"), *to = s_path("state/index/kept");
    char *folder = s_path("state/index/a"), *other = s_path("keys/made");
    bool good = s_opens("keys/key", O_RDONLY) && s_opens("keys/replaced", O_RDONLY) &&
                !s_opens("keys/key", O_RDWR) && !s_opens("keys/made", O_WRONLY | O_CREAT) &&
                !s_opens("other/secret", O_RDONLY) && !s_opens("made", O_WRONLY | O_CREAT);
    good = good && mkdir(folder, 0700) == 0 &&
           s_opens("state/index/a/new", O_RDWR | O_CREAT | O_EXCL) && rename(from, to) == 0 &&
           rmdir(folder) == 0 && rename(to, other) == -1 && unlink(to) == 0;
    good = good && s_opens("/etc/passwd", O_RDONLY) &&
           !s_opens("/etc/lexmq-made", O_WRONLY | O_CREAT) && s_opens("/dev/null", O_RDWR) &&
           s_opens("/proc/self/stat", O_RDONLY) &&
           s_opens("/proc/self/fd", O_RDONLY | O_DIRECTORY) && s_opens("/proc/stat", O_RDONLY) &&
           !s_opens("/proc/1/environ", O_RDONLY) && !s_opens("/root", O_RDONLY | O_DIRECTORY) &&
           !s_opens("/", O_RDONLY | O_DIRECTORY);
    return good ? 0 : 1;
}

static int s_bind(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", s_folder, name);
    int file = socket(AF_UNIX, SOCK_STREAM, 0);
    int rc = bind(file, (const struct sockaddr *)&address, sizeof address);
    close(file);
    return rc;
}

static int s_binds(void)
{
    char *made = s_path("run/socket");
    bool good = s_bind("run/socket") == 0 && unlink(made) == 0 && s_bind("keys/socket") == -1;
    return good ? 0 : 1;
}

/* Without Landlock these cannot be seen to fail: then they say so. */
static void s_need_landlock(void)
{
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1U) < 3) {
        print_message("this kernel has no Landlock, or an old one\n");
        skip();
    }
}

static void test_only_the_files_that_were_named(void **state)
{
    (void)state;
    s_need_landlock();
    s_passes(s_files);
    s_passes(s_binds);
}

/* A port where somebody listens, so that only the sandbox can be the reason. */
static struct sockaddr_in s_listener;

static int s_connect(void)
{
    int file = socket(AF_INET, SOCK_STREAM, 0);
    return connect(file, (const struct sockaddr *)&s_listener, sizeof s_listener) == 0 ? 0 : errno;
}

static void test_who_never_connects_cannot(void **state)
{
    (void)state;
    char said[4096];
    socklen_t size = sizeof s_listener;
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1U) < 4)
        skip();
    s_listener = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int file = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(file, (const struct sockaddr *)&s_listener, size), 0);
    assert_int_equal(listen(file, 8), 0);
    assert_int_equal(getsockname(file, (struct sockaddr *)&s_listener, &size), 0);
    assert_int_equal(s_run(s_connect, false, false, said, sizeof said), 0);
    int status = s_run(s_connect, true, false, said, sizeof said);
    close(file);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EACCES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_the_files_that_were_named),
        cmocka_unit_test(test_who_never_connects_cannot),
    };
    return s_is_open() ? 0 : cmocka_run_group_tests(tests, s_setup, s_teardown);
}
