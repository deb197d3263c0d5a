/* Throttling: docs/protocol.md section 5, last paragraph. Time is an argument, so nothing waits. */

#include "tests/unit/auth-svc/fixture.h"

#include <pthread.h>

#include "auth-svc/throttle.h"

#define PASSWORD "correct horse"
#define WRONG    "wrong password"

static answer_t s_try(const char *name, const char *password, int64_t now)
{
    grant_t grant;
    return do_login(fixture_id(), name, password, now, &grant);
}

static void test_delay_doubles_up_to_a_minute(void **state)
{
    (void)state;
    static const int64_t delays[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    grant_t grant;
    int64_t now = NOW;
    do_register(fixture_id(), "ada", PASSWORD, now, &grant);
    for (int i = 0; i < 4; i++)
        assert_int_equal(s_try("ada", WRONG, now).code, LEX_UNAUTHORIZED);
    assert_int_equal(s_try("ada", WRONG, now).code, LEX_UNAUTHORIZED); /* the fifth */
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        answer_t answer = s_try("ADA", PASSWORD, now + 1);
        assert_int_equal(answer.code, LEX_RATE_LIMITED);
        assert_int_equal(answer.retry_ms, delays[i] - 1);
        assert_int_equal(s_try("ada", WRONG, now + delays[i] - 1).code, LEX_RATE_LIMITED);
        now += delays[i];
        assert_int_equal(s_try("ada", WRONG, now).code, LEX_UNAUTHORIZED);
    }
    /* Other names are not concerned, success resets. */
    assert_int_equal(s_try("eve", WRONG, now).code, LEX_UNAUTHORIZED);
    now += 60000;
    assert_int_equal(s_try("ada", PASSWORD, now).code, LEX_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(s_try("ada", WRONG, now).code, LEX_UNAUTHORIZED);
    assert_int_equal(s_try("ada", PASSWORD, now).code, LEX_OK);
}

static void test_unknown_names_are_slowed_down_alike(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(s_try("nobody", WRONG, NOW).code, LEX_UNAUTHORIZED);
    assert_int_equal(s_try("nobody", WRONG, NOW).code, LEX_RATE_LIMITED);
}

static void test_passwd_and_delete_count_too(void **state)
{
    (void)state;
    grant_t ada, fresh;
    do_register(fixture_id(), "ada", PASSWORD, NOW, &ada);
    for (int i = 0; i < 3; i++)
        assert_int_equal(do_passwd(fixture_id(), &ada, WRONG, "a new password", NOW, &fresh),
                         LEX_UNAUTHORIZED);
    for (int i = 0; i < 2; i++)
        assert_int_equal(do_delete(fixture_id(), &ada, WRONG, NOW), LEX_UNAUTHORIZED);
    assert_int_equal(do_passwd(fixture_id(), &ada, PASSWORD, "a new password", NOW, &fresh),
                     LEX_RATE_LIMITED);
    assert_int_equal(do_delete(fixture_id(), &ada, PASSWORD, NOW), LEX_RATE_LIMITED);
    /* By whoever has a token of ada, not by those who have her name. */
    assert_int_equal(s_try("ada", PASSWORD, NOW).code, LEX_OK);
    assert_int_equal(do_delete(fixture_id(), &ada, PASSWORD, NOW + 1000), LEX_OK);
}

/* Who only knows the name cannot keep its owner out: not of passwd, and not of a login that shows a token of before. */
static void test_owner_is_counted_apart(void **state)
{
    (void)state;
    grant_t ada, eve, fresh;
    do_register(fixture_id(), "ada", PASSWORD, NOW, &ada);
    do_register(fixture_id(), "eve", PASSWORD, NOW, &eve);
    assert_int_equal(do_logout(fixture_id(), &ada, NOW), LEX_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(s_try("ada", WRONG, NOW).code, LEX_UNAUTHORIZED);
    assert_int_equal(s_try("ada", PASSWORD, NOW).code, LEX_RATE_LIMITED);
    assert_int_equal(do_login_showing(fixture_id(), "ada", PASSWORD, &eve, NOW, &fresh).code,
                     LEX_RATE_LIMITED); /* another's is nobody's */
    assert_int_equal(do_login_showing(fixture_id(), "Ada", PASSWORD, &ada, NOW, &fresh).code,
                     LEX_OK);
    assert_int_equal(do_passwd(fixture_id(), &fresh, PASSWORD, "a new password", NOW, &fresh),
                     LEX_OK);
    /* The stranger gains nothing by it, and a thief of the token no more than anybody. */
    assert_int_equal(s_try("ada", "a new password", NOW).code, LEX_RATE_LIMITED);
    for (int i = 0; i < 5; i++)
        assert_int_equal(do_login_showing(fixture_id(), "ada", WRONG, &ada, NOW, &fresh).code,
                         LEX_UNAUTHORIZED);
    assert_int_equal(do_login_showing(fixture_id(), "ada", WRONG, &ada, NOW, &fresh).code,
                     LEX_RATE_LIMITED);
}

/* Of those that come together when a delay is over, one is looked at. */
static void test_one_at_a_time(void **state)
{
    (void)state;
    name_t name;
    const char *why;
    bool is_known;
    assert_int_equal(names_parse(&name, "ada", 3, &why), 0);
    for (int i = 0; i < 6; i++)
        assert_int_equal(throttle_failed(s_it.db, &name, NOW).code, LEX_OK);
    int64_t now = NOW + 2000;
    assert_int_equal(throttle_check(s_it.db, &name, now, &is_known).code, LEX_OK);
    answer_t answer = throttle_check(s_it.db, &name, now, &is_known);
    assert_int_equal(answer.code, LEX_RATE_LIMITED);
    assert_int_equal(answer.retry_ms, 4000);
    assert_int_equal(throttle_failed(s_it.db, &name, now).code, LEX_OK);
    assert_int_equal(throttle_check(s_it.db, &name, now + 3999, &is_known).code, LEX_RATE_LIMITED);
    assert_int_equal(throttle_check(s_it.db, &name, now + 4000, &is_known).code, LEX_OK);
}

/* A register that comes again compares the password too. */
static void test_register_is_no_way_round(void **state)
{
    (void)state;
    grant_t grant;
    request_t id = fixture_id();
    do_register(id, "ada", PASSWORD, NOW, &grant);
    for (int i = 0; i < 5; i++)
        assert_int_equal(do_register(id, "ada", WRONG, NOW, &grant), LEX_CONFLICT);
    assert_int_equal(do_register(id, "ada", WRONG, NOW, &grant), LEX_RATE_LIMITED);
    assert_int_equal(do_register(id, "ada", PASSWORD, NOW, &grant), LEX_RATE_LIMITED);
    assert_int_equal(do_register(id, "ada", PASSWORD, NOW + 1000, &grant), LEX_OK);
}

static void test_window_over_all_names(void **state)
{
    (void)state;
    grant_t grant;
    name_t name;
    const char *why;
    char text[16];
    do_register(fixture_id(), "ada", PASSWORD, NOW, &grant);
    do_register(fixture_id(), "eve", PASSWORD, NOW, &grant);
    assert_int_equal(s_try("ada", WRONG, NOW - 300000).code, LEX_UNAUTHORIZED);
    assert_int_equal(s_try("old", WRONG, NOW - 600000).code, LEX_UNAUTHORIZED);
    for (int i = 0; i < 101; i++) {
        int size = snprintf(text, sizeof text, "victim%d", i);
        assert_int_equal(names_parse(&name, text, (size_t)size, &why), 0);
        assert_int_equal(throttle_failed(s_it.db, &name, NOW + i).code, LEX_OK);
    }
    int64_t now = NOW + 1000;
    /* A name with a failure in the last ten minutes waits a second, once; then its password is looked at. */
    answer_t answer = s_try("ada", PASSWORD, now);
    assert_int_equal(answer.code, LEX_RATE_LIMITED);
    assert_int_equal(answer.retry_ms, 1000);
    assert_int_equal(s_try("ada", PASSWORD, now + 999).code, LEX_RATE_LIMITED);
    assert_int_equal(s_try("ada", WRONG, now + 1000).code, LEX_UNAUTHORIZED);
    assert_int_equal(s_try("ada", PASSWORD, now + 1001).code, LEX_RATE_LIMITED);
    assert_int_equal(s_try("ada", PASSWORD, now + 2001).code, LEX_OK);
    /* Names without one do not: nobody guesses at them. */
    assert_int_equal(s_try("eve", PASSWORD, now).code, LEX_OK);
    assert_int_equal(s_try("old", WRONG, now).code, LEX_UNAUTHORIZED);
    /* When the storm is over, nobody waits for it any more. */
    assert_int_equal(s_try("victim7", WRONG, now).code, LEX_RATE_LIMITED);
    assert_int_equal(s_try("victim8", WRONG, NOW + 11000).code, LEX_UNAUTHORIZED);
}

static void *s_fail_often(void *arg)
{
    lex_db_options_t options = database_options(&s_it.database, "lexmq_auth");
    lex_db_t *db = lex_db_new(&options);
    name_t name;
    const char *why;
    char text[16];
    long failed = 0;
    for (int i = 0; i < 100; i++) {
        int size = snprintf(text, sizeof text, "name%d", i % 7);
        names_parse(&name, text, (size_t)size, &why);
        failed += throttle_failed(db, &name, NOW).code != LEX_OK;
    }
    lex_db_destroy(&db);
    *(long *)arg = failed;
    return NULL;
}

/* Many workers that fail at once count every failure. */
static void test_counting_from_many_threads(void **state)
{
    (void)state;
    pthread_t threads[8];
    long failed[8];
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, s_fail_often, &failed[i]);
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failed[i], 0);
    }
    assert_int_equal(fixture_number("SELECT SUM(failures) FROM throttle"), 800);
    assert_int_equal(fixture_number("SELECT SUM(failures) FROM throttle_window"), 800);
}

int main(void)
{
    lex_log_setup("test_throttle", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_delay_doubles_up_to_a_minute, fixture_empty),
        cmocka_unit_test_setup(test_unknown_names_are_slowed_down_alike, fixture_empty),
        cmocka_unit_test_setup(test_passwd_and_delete_count_too, fixture_empty),
        cmocka_unit_test_setup(test_owner_is_counted_apart, fixture_empty),
        cmocka_unit_test_setup(test_one_at_a_time, fixture_empty),
        cmocka_unit_test_setup(test_register_is_no_way_round, fixture_empty),
        cmocka_unit_test_setup(test_window_over_all_names, fixture_empty),
        cmocka_unit_test_setup(test_counting_from_many_threads, fixture_empty),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
