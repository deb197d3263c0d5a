/* register, login, passwd, delete: docs/protocol.md section 5. */

#include "tests/unit/auth-svc/fixture.h"

#include <pthread.h>

#define PASSWORD "correct horse"
#define OTHER    "battery staple"

static void test_register_and_login(void **state)
{
    (void)state;
    grant_t first, second;
    assert_int_equal(do_register(fixture_id(), "Zoë", PASSWORD, NOW, &first), LEX_OK);
    assert_string_equal(first.claims.name, "Zoë");
    assert_true(first.claims.user > 0);
    assert_int_equal(first.claims.issued, NOW);
    assert_int_equal(first.claims.expires, NOW + 12 * HOUR);
    assert_int_equal(fixture_others_say(&first, NOW), LEX_OK);

    /* By any spelling of the name, which stays as it was typed. */
    assert_int_equal(do_login(fixture_id(), "ZOË", PASSWORD, NOW + 5, &second).code, LEX_OK);
    assert_string_equal(second.claims.name, "Zoë");
    assert_int_equal(second.claims.user, first.claims.user);
    assert_memory_not_equal(first.claims.session, second.claims.session, LEX_SESSION_SIZE);

    assert_int_equal(do_login(fixture_id(), "Zoë", OTHER, NOW, &second).code, LEX_UNAUTHORIZED);
    assert_int_equal(do_login(fixture_id(), "nobody", PASSWORD, NOW, &second).code,
                     LEX_UNAUTHORIZED);
    assert_int_equal(do_login(fixture_id(), "", PASSWORD, NOW, &second).code, LEX_UNAUTHORIZED);
    assert_int_equal(do_register(fixture_id(), "zoË", OTHER, NOW, &second), LEX_CONFLICT);
    assert_int_equal(do_register(fixture_id(), "zoË", PASSWORD, NOW, &second), LEX_CONFLICT);
    assert_int_equal(do_register(fixture_id(), "short", "seven77", NOW, &second), LEX_BAD_REQUEST);
    assert_int_equal(do_register(fixture_id(), " edge", PASSWORD, NOW, &second), LEX_BAD_REQUEST);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM users"), 1);
}

static void test_profile_comes_back(void **state)
{
    (void)state;
    grant_t grant;
    profile_t profile = {
        .count = 2,
        .pairs = {{.key = "lang", .key_size = 4, .value = "en", .value_size = 2},
                  {.key = "city", .key_size = 4, .value = "Zürich", .value_size = 7}}};
    assert_int_equal(auth_register(&s_it.auth, s_it.db, fixture_id().bytes, fixture_text("ada"),
                                   fixture_text(PASSWORD), &profile, NOW, &grant)
                         .code,
                     LEX_OK);
    whoami_t whoami;
    assert_int_equal(auth_whoami(s_it.db, &grant.claims, NOW, &whoami).code, LEX_OK);
    assert_string_equal(whoami.name, "ada");
    assert_int_equal(whoami.created, NOW);
    assert_int_equal(whoami.expires, NOW + 12 * HOUR);

    lex_writer_t writer;
    lex_writer_init(&writer);
    assert_int_equal(profile_write(s_it.db, grant.claims.user, &writer), LEX_DB_OK);
    assert_memory_equal(writer.buffer.data,
                        "\x82\xa4"
                        "city\xa7"
                        "Zürich\xa4"
                        "lang\xa2"
                        "en",
                        writer.buffer.size);
    lex_writer_clear(&writer);
    assert_int_equal(profile_write(s_it.db, 999, &writer), LEX_DB_OK);
    assert_memory_equal(writer.buffer.data, "\x80", 1);
    lex_writer_close(&writer);
}

/* "All ops answer a repeated id as they did the first time" */
static void test_repeated_register(void **state)
{
    (void)state;
    grant_t first, again;
    request_t id = fixture_id();
    assert_int_equal(do_register(id, "ada", PASSWORD, NOW, &first), LEX_OK);
    assert_int_equal(do_register(id, "ada", PASSWORD, NOW + 900, &again), LEX_OK);
    assert_same_session(first, again);
    assert_int_equal(do_register(id, "ada", OTHER, NOW, &again), LEX_CONFLICT);
    assert_int_equal(do_register(id, "eve", PASSWORD, NOW, &again), LEX_BAD_REQUEST);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM users"), 1);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM sessions"), 1);
    /* An account that is gone is not made again by a request that was under way for long. */
    assert_int_equal(do_delete(fixture_id(), &first, PASSWORD, NOW), LEX_OK);
    assert_int_equal(do_register(id, "ada", PASSWORD, NOW, &again), LEX_BAD_REQUEST);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM users"), 0);
}

static void test_repeated_login(void **state)
{
    (void)state;
    grant_t ada, eve, first, again;
    request_t id = fixture_id();
    do_register(fixture_id(), "ada", PASSWORD, NOW, &ada);
    do_register(fixture_id(), "eve", OTHER, NOW, &eve);
    assert_int_equal(do_login(id, "ada", PASSWORD, NOW + 1, &first).code, LEX_OK);
    assert_int_equal(do_login(id, "ada", PASSWORD, NOW + 2, &again).code, LEX_OK);
    assert_same_session(first, again);
    assert_int_equal(do_login(id, "ada", OTHER, NOW + 2, &again).code, LEX_UNAUTHORIZED);
    assert_int_equal(do_login(id, "eve", OTHER, NOW + 2, &again).code, LEX_BAD_REQUEST);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM sessions"), 3);
}

static void test_passwd_ends_all_sessions(void **state)
{
    (void)state;
    grant_t first, ahead, fresh, again, late;
    request_t id = fixture_id();
    do_register(fixture_id(), "ada", PASSWORD, NOW, &first);
    /* A session from a worker whose clock is ahead is ended too. */
    do_login(fixture_id(), "ada", PASSWORD, NOW + 3000, &ahead);
    assert_int_equal(do_passwd(id, &first, OTHER, OTHER, NOW + 1, &fresh), LEX_UNAUTHORIZED);
    assert_int_equal(do_passwd(id, &first, PASSWORD, "short", NOW + 1, &fresh), LEX_BAD_REQUEST);
    assert_int_equal(do_passwd(id, &first, PASSWORD, OTHER, NOW + 1, &fresh), LEX_OK);
    assert_int_equal(do_whoami(&first, NOW + 2), LEX_UNAUTHORIZED);
    assert_int_equal(do_whoami(&ahead, NOW + 2), LEX_UNAUTHORIZED);
    assert_int_equal(do_whoami(&fresh, NOW + 2), LEX_OK);
    assert_int_equal(fixture_others_say(&first, NOW + 4000), LEX_UNAUTHORIZED);
    assert_int_equal(fixture_others_say(&ahead, NOW + 4000), LEX_UNAUTHORIZED);
    assert_int_equal(fixture_others_say(&fresh, NOW + 4000), LEX_OK);

    /* Again under the same id, with the token that was ended by it. */
    assert_int_equal(do_passwd(id, &first, PASSWORD, OTHER, NOW + 5, &again), LEX_OK);
    assert_same_session(fresh, again);
    assert_int_equal(do_passwd(id, &first, PASSWORD, "something else", NOW + 5, &again),
                     LEX_UNAUTHORIZED);
    assert_int_equal(do_passwd(fixture_id(), &first, OTHER, "something else", NOW + 5, &again),
                     LEX_UNAUTHORIZED);
    assert_int_equal(do_login(fixture_id(), "ada", PASSWORD, NOW + 5, &again).code,
                     LEX_UNAUTHORIZED);
    /* A worker whose clock is behind the revocation opens a session that the revocation spares. */
    assert_int_equal(do_login(fixture_id(), "ada", OTHER, NOW + 5, &late).code, LEX_OK);
    assert_int_equal(fixture_others_say(&late, NOW + 4000), LEX_OK);
}

static void test_delete(void **state)
{
    (void)state;
    grant_t ada, eve, second, again;
    request_t id = fixture_id();
    do_register(fixture_id(), "ada", PASSWORD, NOW, &ada);
    do_login(fixture_id(), "ada", PASSWORD, NOW + 10, &second);
    assert_int_equal(do_delete(id, &ada, OTHER, NOW + 20), LEX_UNAUTHORIZED);
    assert_int_equal(do_delete(id, &ada, PASSWORD, NOW + 20), LEX_OK);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM users"), 0);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM profiles"), 0);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM erasures"), 1);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM throttle"), 0);
    assert_int_equal(do_delete(id, &ada, PASSWORD, NOW + 30), LEX_OK);
    assert_int_equal(do_delete(fixture_id(), &second, PASSWORD, NOW + 30), LEX_UNAUTHORIZED);
    assert_int_equal(fixture_others_say(&ada, NOW + 30), LEX_UNAUTHORIZED);
    assert_int_equal(fixture_others_say(&second, NOW + 30), LEX_UNAUTHORIZED);
    assert_int_equal(do_login(fixture_id(), "ada", PASSWORD, NOW + 30, &again).code,
                     LEX_UNAUTHORIZED);

    /* The name is free for somebody else, who is not who held it. */
    assert_int_equal(do_register(fixture_id(), "ada", OTHER, NOW + 40, &eve), LEX_OK);
    assert_true(eve.claims.user > ada.claims.user);
    assert_int_equal(do_delete(id, &eve, OTHER, NOW + 50), LEX_BAD_REQUEST);
    assert_int_equal(fixture_others_say(&eve, NOW + 50), LEX_OK);
}

static void test_outdated_hash_is_renewed(void **state)
{
    (void)state;
    grant_t grant;
    do_register(fixture_id(), "ada", PASSWORD, NOW, &grant);
    passwords_t *dearer = passwords_new(2, 1 << 20);
    auth_t auth = s_it.auth;
    auth.passwords = dearer;
    assert_int_equal(auth_login(&auth, s_it.db, fixture_id().bytes, fixture_text("ada"),
                                fixture_text(PASSWORD), NULL, NOW, &grant)
                         .code,
                     LEX_OK);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM users WHERE password_hash LIKE '%t=2%'"),
                     1);
    assert_int_equal(do_login(fixture_id(), "ada", PASSWORD, NOW, &grant).code, LEX_OK);
    passwords_destroy(&dearer);
}

typedef struct {
    request_t id;
    const char *password;
    lex_code_t code;
    grant_t grant;
    pthread_barrier_t *start;
} racer_t;

static void *s_race(void *arg)
{
    racer_t *self = arg;
    lex_db_options_t options = database_options(&s_it.database, "lexmq_auth");
    lex_db_t *db = lex_db_new(&options);
    profile_t none = {0};
    lex_db_connect(db);
    pthread_barrier_wait(self->start);
    self->code = auth_register(&s_it.auth, db, self->id.bytes, fixture_text("ada"),
                               fixture_text(self->password), &none, NOW, &self->grant)
                     .code;
    lex_db_destroy(&db);
    return NULL;
}

static void s_run_twice(racer_t racers[2], void *(*run)(void *))
{
    pthread_t threads[2];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, 2);
    for (int i = 0; i < 2; i++) {
        racers[i].start = &start;
        pthread_create(&threads[i], NULL, run, &racers[i]);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
}

static void test_race_for_a_name(void **state)
{
    for (int round = 0; round < 10; round++) {
        racer_t racers[2] = {{.id = fixture_id(), .password = PASSWORD},
                             {.id = fixture_id(), .password = PASSWORD}};
        s_run_twice(racers, s_race);
        int winner = racers[0].code == LEX_OK ? 0 : 1;
        assert_int_equal(racers[winner].code, LEX_OK);
        assert_int_equal(racers[!winner].code, LEX_CONFLICT);
        assert_int_equal(fixture_number("SELECT COUNT(*) FROM users"), 1);
        assert_int_equal(fixture_number("SELECT COUNT(*) FROM sessions"), 1);
        fixture_empty(state);
    }
}

/* The gateway gave one request to two workers: both answer the same. */
static void test_race_of_one_request(void **state)
{
    for (int round = 0; round < 10; round++) {
        request_t id = fixture_id();
        racer_t racers[2] = {{.id = id, .password = PASSWORD}, {.id = id, .password = PASSWORD}};
        s_run_twice(racers, s_race);
        assert_int_equal(racers[0].code, LEX_OK);
        assert_int_equal(racers[1].code, LEX_OK);
        assert_same_session(racers[0].grant, racers[1].grant);
        fixture_empty(state);
    }
}

static void *s_change_password(void *arg)
{
    racer_t *self = arg;
    lex_db_options_t options = database_options(&s_it.database, "lexmq_auth");
    lex_db_t *db = lex_db_new(&options);
    grant_t session = self->grant;
    lex_db_connect(db);
    pthread_barrier_wait(self->start);
    self->code =
        auth_passwd(&s_it.auth, db, self->id.bytes, &session.claims, fixture_text(PASSWORD),
                    fixture_text(self->password), NOW + 1, &self->grant)
            .code;
    lex_db_destroy(&db);
    return NULL;
}

/* One of two changes wins, and no session of the old password is left, however a login falls between them. */
static void test_race_of_passwd_and_login(void **state)
{
    for (int round = 0; round < 10; round++) {
        grant_t grant;
        pthread_barrier_t start;
        pthread_t threads[2];
        do_register(fixture_id(), "ada", PASSWORD, NOW, &grant);
        racer_t racers[2] = {
            {.id = fixture_id(), .password = OTHER, .grant = grant, .start = &start},
            {.id = fixture_id(), .password = "third password", .grant = grant, .start = &start}};
        pthread_barrier_init(&start, NULL, 3);
        for (int i = 0; i < 2; i++)
            pthread_create(&threads[i], NULL, s_change_password, &racers[i]);
        pthread_barrier_wait(&start);
        grant_t login;
        lex_code_t code = do_login(fixture_id(), "ada", PASSWORD, NOW + 1, &login).code;
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        int winner = racers[0].code == LEX_OK ? 0 : 1;
        assert_int_equal(racers[winner].code, LEX_OK);
        assert_int_equal(racers[!winner].code, LEX_UNAUTHORIZED);
        assert_true(code == LEX_OK || code == LEX_UNAUTHORIZED);
        if (code == LEX_OK)
            assert_int_equal(do_whoami(&login, NOW + 1), LEX_UNAUTHORIZED);
        assert_int_equal(fixture_number("SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL"),
                         1);
        pthread_barrier_destroy(&start);
        fixture_empty(state);
    }
}

static void *s_delete(void *arg)
{
    racer_t *self = arg;
    lex_db_options_t options = database_options(&s_it.database, "lexmq_auth");
    lex_db_t *db = lex_db_new(&options);
    lex_db_connect(db);
    pthread_barrier_wait(self->start);
    self->code = auth_delete(&s_it.auth, db, self->id.bytes, &self->grant.claims,
                             fixture_text(self->password), NOW + 1)
                     .code;
    lex_db_destroy(&db);
    return NULL;
}

/* One request to change a password, or to delete an account, that two workers got. */
static void test_race_of_one_change(void **state)
{
    for (int round = 0; round < 10; round++) {
        grant_t grant;
        request_t id = fixture_id(), other = fixture_id();
        do_register(fixture_id(), "ada", PASSWORD, NOW, &grant);
        racer_t racers[2] = {{.id = id, .password = OTHER, .grant = grant},
                             {.id = id, .password = OTHER, .grant = grant}};
        s_run_twice(racers, s_change_password);
        assert_int_equal(racers[0].code, LEX_OK);
        assert_int_equal(racers[1].code, LEX_OK);
        assert_same_session(racers[0].grant, racers[1].grant);
        racers[0].id = racers[1].id = other;
        s_run_twice(racers, s_delete);
        assert_int_equal(racers[0].code, LEX_OK);
        assert_int_equal(racers[1].code, LEX_OK);
        assert_int_equal(fixture_number("SELECT COUNT(*) FROM users"), 0);
        fixture_empty(state);
    }
}

static void test_database_away(void **state)
{
    (void)state;
    grant_t grant;
    lex_db_options_t options = {.hosts = "unix:/nowhere", .user = "nobody"};
    lex_db_t *db = lex_db_new(&options);
    profile_t none = {0};
    answer_t answer = auth_register(&s_it.auth, db, fixture_id().bytes, fixture_text("ada"),
                                    fixture_text(PASSWORD), &none, NOW, &grant);
    assert_int_equal(answer.code, LEX_UNAVAILABLE);
    assert_int_equal(answer.retry_ms, 1000);
    answer = auth_login(&s_it.auth, db, fixture_id().bytes, fixture_text("ada"),
                        fixture_text(PASSWORD), NULL, NOW, &grant);
    assert_int_equal(answer.code, LEX_UNAVAILABLE);
    assert_int_equal(answer.retry_ms, 1000);
    lex_db_destroy(&db);
}

int main(void)
{
    lex_log_setup("test_accounts", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_register_and_login, fixture_empty),
        cmocka_unit_test_setup(test_profile_comes_back, fixture_empty),
        cmocka_unit_test_setup(test_repeated_register, fixture_empty),
        cmocka_unit_test_setup(test_repeated_login, fixture_empty),
        cmocka_unit_test_setup(test_passwd_ends_all_sessions, fixture_empty),
        cmocka_unit_test_setup(test_delete, fixture_empty),
        cmocka_unit_test_setup(test_outdated_hash_is_renewed, fixture_empty),
        cmocka_unit_test_setup(test_race_for_a_name, fixture_empty),
        cmocka_unit_test_setup(test_race_of_one_request, fixture_empty),
        cmocka_unit_test_setup(test_race_of_passwd_and_login, fixture_empty),
        cmocka_unit_test_setup(test_race_of_one_change, fixture_empty),
        cmocka_unit_test_setup(test_database_away, fixture_empty),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
