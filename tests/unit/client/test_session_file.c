/* The login on disk: what is written, what is believed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/session_file.h"

typedef struct {
    char folder[64], path[128];
} s_place_t;

static int s_setup(void **state)
{
    static s_place_t place;

    strcpy(place.folder, "/tmp/lexmq-session-XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    snprintf(place.path, sizeof place.path, "%s/a/b/session", place.folder);
    *state = &place;
    return 0;
}

static int s_teardown(void **state)
{
    s_place_t *place = *state;
    char path[96];

    unlink(place->path);
    snprintf(path, sizeof path, "%s/a/b", place->folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/a", place->folder);
    rmdir(path);
    return rmdir(place->folder);
}

static session_t s_session(void)
{
    session_t session = {.token_size = LEXMQ_TOKEN_MAX,
                         .name = "Älice \"the\" # first",
                         .gateway = "tcp://a:1,tcp://b:2"};

    for (size_t i = 0; i < session.token_size; i++)
        session.token[i] = (unsigned char)i;
    return session;
}

static void s_write(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void test_round_trip(void **state)
{
    s_place_t *place = *state;
    session_t session = s_session(), loaded;
    char why[1024] = "";
    struct stat status;

    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_NONE);
    assert_true(session_file_remove(place->path));
    umask(0);
    assert_true(session_file_save(place->path, &session, why, sizeof why));
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_LOADED);
    assert_int_equal(loaded.token_size, session.token_size);
    assert_memory_equal(loaded.token, session.token, session.token_size);
    assert_string_equal(loaded.name, session.name);
    assert_string_equal(loaded.gateway, session.gateway);

    /* Written over whole; nothing else is left in the folder, which is ours alone. */
    session.token_size = 3;
    assert_true(session_file_save(place->path, &session, why, sizeof why));
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_LOADED);
    assert_int_equal(loaded.token_size, 3);
    *strrchr(place->path, '/') = '\0';
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    DIR *folder = opendir(place->path);
    int entries = 0;
    while (readdir(folder))
        entries++;
    closedir(folder);
    assert_int_equal(entries, 3);
    place->path[strlen(place->path)] = '/';
    assert_true(session_file_remove(place->path));
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_NONE);
}

static void test_modes(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601};
    s_place_t *place = *state;
    session_t session = s_session(), loaded;
    char why[1024] = "";

    assert_true(session_file_save(place->path, &session, why, sizeof why));
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        chmod(place->path, modes[i]);
        why[0] = '\0';
        assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_REFUSED);
        assert_non_null(strstr(why, "others"));
    }
    chmod(place->path, 0400);
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_LOADED);
}

static void test_damaged(void **state)
{
    static const char *const texts[] = {
        "",
        "name a\ngateway b\n",
        "name a\ngateway b\ntoken \n",
        "name a\ngateway b\ntoken 0\n",
        "name a\ngateway b\ntoken 0g\n",
        "name a\ntoken 00\n",
        "gateway b\ntoken 00\n",
    };
    s_place_t *place = *state;
    session_t session = s_session(), loaded;
    char why[1024] = "", large[4096];

    assert_true(session_file_save(place->path, &session, why, sizeof why));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        s_write(place->path, texts[i], 0600);
        assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_REFUSED);
    }
    int at = sprintf(large, "name a\ngateway b\ntoken ");
    memset(large + at, '0', sizeof large - 1 - (size_t)at);
    large[sizeof large - 1] = '\0';
    s_write(place->path, large, 0600);
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_REFUSED);
    s_write(place->path, "token 00\nname a\ngateway b", 0600);
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_LOADED);
}

static void test_no_ordinary_file(void **state)
{
    s_place_t *place = *state;
    session_t session = s_session(), loaded;
    char why[1024] = "", target[128];

    assert_true(session_file_save(place->path, &session, why, sizeof why));
    snprintf(target, sizeof target, "%s/target", place->folder);
    assert_int_equal(rename(place->path, target), 0);
    assert_int_equal(symlink(target, place->path), 0);
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_REFUSED);
    unlink(place->path);
    unlink(target);
    assert_int_equal(mkfifo(place->path, 0600), 0);
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_REFUSED);
    unlink(place->path);
    assert_int_equal(mkdir(place->path, 0700), 0);
    assert_int_equal(session_file_load(place->path, &loaded, why, sizeof why), SESSION_REFUSED);
    assert_false(session_file_save(place->path, &session, why, sizeof why));
    assert_int_equal(rmdir(place->path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_modes, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_damaged, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(test_no_ordinary_file, s_setup, s_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
