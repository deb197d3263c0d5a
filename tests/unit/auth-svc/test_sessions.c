/* logout, revoke, whoami, sessions, and what becomes of the rows: docs/protocol.md sections 5 and 8. */

#include "tests/unit/auth-svc/fixture.h"

#include "auth-svc/erasures.h"
#include "auth-svc/purge.h"

#define PASSWORD "correct horse"

static void test_logout(void **state)
{
    (void)state;
    grant_t first, second;
    request_t id = fixture_id();
    do_register(fixture_id(), "ada", PASSWORD, NOW, &first);
    do_login(fixture_id(), "ada", PASSWORD, NOW + 1, &second);
    assert_int_equal(do_whoami(&first, NOW + 2), LEX_OK);
    assert_int_equal(do_logout(id, &first, NOW + 3), LEX_OK);
    assert_int_equal(do_whoami(&first, NOW + 4), LEX_UNAUTHORIZED);
    assert_int_equal(do_whoami(&second, NOW + 4), LEX_OK);
    assert_int_equal(fixture_others_say(&first, NOW + 4), LEX_UNAUTHORIZED);
    assert_int_equal(fixture_others_say(&second, NOW + 4), LEX_OK);
    /* Repeated, and asked again for a session that has ended. */
    assert_int_equal(do_logout(id, &first, NOW + 5), LEX_OK);
    assert_int_equal(do_logout(fixture_id(), &first, NOW + 5), LEX_OK);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM revoked"), 1);
}

static void test_session_that_the_database_does_not_know(void **state)
{
    (void)state;
    grant_t grant;
    do_register(fixture_id(), "ada", PASSWORD, NOW, &grant);
    lex_db_simple(s_it.db, "DELETE FROM sessions"); /* as after restoring a backup */
    assert_int_equal(do_whoami(&grant, NOW), LEX_UNAUTHORIZED);
    assert_int_equal(do_logout(fixture_id(), &grant, NOW), LEX_OK);
    assert_int_equal(fixture_others_say(&grant, NOW), LEX_UNAUTHORIZED);
}

static void test_sessions_are_listed(void **state)
{
    (void)state;
    static session_t list[SESSIONS_LISTED];
    size_t count = 0;
    grant_t grants[4], eve;
    do_register(fixture_id(), "ada", PASSWORD, NOW, &grants[0]);
    do_register(fixture_id(), "eve", PASSWORD, NOW, &eve);
    for (int i = 1; i < 4; i++)
        do_login(fixture_id(), "ada", PASSWORD, NOW + i, &grants[i]);
    do_logout(fixture_id(), &grants[2], NOW + 10);
    assert_int_equal(auth_sessions(s_it.db, &grants[1].claims, NOW + 10, list, &count).code,
                     LEX_OK);
    assert_int_equal(count, 3);
    static const int order[] = {3, 1, 0};
    for (int i = 0; i < 3; i++) {
        assert_memory_equal(list[i].id, grants[order[i]].claims.session, LEX_SESSION_SIZE);
        assert_int_equal(list[i].issued, NOW + order[i]);
    }
    /* The oldest has expired, the next one not quite. */
    int64_t later = NOW + 12 * HOUR;
    assert_int_equal(auth_sessions(s_it.db, &grants[1].claims, later, list, &count).code, LEX_OK);
    assert_int_equal(count, 2);
    assert_int_equal(auth_sessions(s_it.db, &grants[0].claims, later, list, &count).code,
                     LEX_UNAUTHORIZED);
}

static lex_code_t s_revoke(request_t id, const grant_t *session, const grant_t *target, int64_t now)
{
    return auth_revoke(s_it.db, id.bytes, &session->claims, target->claims.session, now).code;
}

static void test_revoke(void **state)
{
    (void)state;
    grant_t first, second, eve, nothing = {0};
    request_t id = fixture_id(), own = fixture_id();
    do_register(fixture_id(), "ada", PASSWORD, NOW, &first);
    do_register(fixture_id(), "eve", PASSWORD, NOW, &eve);
    do_login(fixture_id(), "ada", PASSWORD, NOW + 1, &second);
    assert_int_equal(s_revoke(fixture_id(), &first, &eve, NOW + 2), LEX_NOT_FOUND);
    assert_int_equal(s_revoke(fixture_id(), &first, &nothing, NOW + 2), LEX_NOT_FOUND);
    assert_int_equal(do_whoami(&eve, NOW + 2), LEX_OK);
    assert_int_equal(s_revoke(id, &first, &second, NOW + 2), LEX_OK);
    assert_int_equal(do_whoami(&second, NOW + 2), LEX_UNAUTHORIZED);
    assert_int_equal(s_revoke(fixture_id(), &second, &first, NOW + 2), LEX_UNAUTHORIZED);
    assert_int_equal(s_revoke(own, &first, &first, NOW + 3), LEX_OK);
    assert_int_equal(do_whoami(&first, NOW + 3), LEX_UNAUTHORIZED);
    /* Repeated, with a token that the request itself has ended, and with one that has ended since. */
    assert_int_equal(s_revoke(own, &first, &first, NOW + 4), LEX_OK);
    assert_int_equal(s_revoke(id, &first, &second, NOW + 4), LEX_OK);
    assert_int_equal(s_revoke(fixture_id(), &first, &second, NOW + 4), LEX_UNAUTHORIZED);
}

static void test_expired_rows_are_purged(void **state)
{
    (void)state;
    grant_t grant, other;
    uint64_t rows = 0;
    do_register(fixture_id(), "ada", PASSWORD, NOW, &grant);
    do_register(fixture_id(), "eve", PASSWORD, NOW, &other);
    do_logout(fixture_id(), &grant, NOW);
    do_delete(fixture_id(), &other, PASSWORD, NOW);
    do_login(fixture_id(), "nobody", PASSWORD, NOW, &other);
    int64_t end = NOW + 12 * HOUR + PURGE_GRACE_MS;
    assert_int_equal(purge_run(s_it.db, NOW + 1000, &rows), LEX_DB_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(purge_run(s_it.db, end, &rows), LEX_DB_OK);
    assert_int_equal(rows, 1); /* the window of failures over all names */
    assert_int_equal(purge_run(s_it.db, end + 1, &rows), LEX_DB_OK);
    assert_int_equal(rows, 5); /* two sessions, two revocations, a deletion */
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM throttle"), 1);
    assert_int_equal(purge_run(s_it.db, NOW + PURGE_FAILURES_MS + 1, &rows), LEX_DB_OK);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM throttle"), 0);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM users"), 1);
    assert_int_equal(fixture_number("SELECT COUNT(*) FROM erasures"),
                     1); /* until history has answered */
}

/* More than one statement takes, and more than one run does. */
static void test_purge_is_done_in_pieces(void **state)
{
    (void)state;
    uint64_t rows = 0;
    lex_db_simple(
        s_it.db,
        "INSERT INTO deletions SELECT UNHEX(LPAD(HEX(seq), 32, '0')), seq, 1 FROM seq_1_to_10100");
    assert_int_equal(purge_run(s_it.db, NOW, &rows), LEX_DB_OK);
    assert_int_equal(rows, PURGE_ROWS * PURGE_STATEMENTS);
    assert_int_equal(purge_run(s_it.db, NOW, &rows), LEX_DB_OK);
    assert_int_equal(rows, 100);
}

static void test_erasures_are_taken_by_one(void **state)
{
    (void)state;
    uint64_t users[4];
    unsigned count;
    lex_db_simple(s_it.db,
                  "INSERT INTO erasures (user_id, not_before) VALUES (7, 0), (8, 0), (9, 0)");
    assert_int_equal(erasures_take(s_it.db, NOW, 5000, users, 2, &count), LEX_DB_OK);
    assert_int_equal(count, 2);
    assert_int_equal(users[0], 7);
    assert_int_equal(users[1], 8);
    assert_int_equal(erasures_take(s_it.db, NOW, 5000, users, 4, &count), LEX_DB_OK);
    assert_int_equal(count, 1);
    assert_int_equal(users[0], 9);
    assert_int_equal(erasures_take(s_it.db, NOW + 4999, 5000, users, 4, &count), LEX_DB_OK);
    assert_int_equal(count, 0);
    assert_int_equal(erasures_done(s_it.db, 8), LEX_DB_OK);
    /* Who took them did not come back: they are due again. */
    assert_int_equal(erasures_take(s_it.db, NOW + 5000, 5000, users, 4, &count), LEX_DB_OK);
    assert_int_equal(count, 2);
    assert_int_equal(erasures_take(s_it.db, NOW + 5000, 5000, users, 0, &count), LEX_DB_OK);
    assert_int_equal(count, 0);
}

static msgpack_object s_str(const char *text)
{
    msgpack_object object = {.type = MSGPACK_OBJECT_STR};
    object.via.str.ptr = text;
    object.via.str.size = (uint32_t)strlen(text);
    return object;
}

static const char *s_parse_pair(const char *key, const char *value)
{
    profile_t profile;
    msgpack_object_kv pair = {.key = s_str(key), .val = s_str(value)};
    msgpack_object map = {.type = MSGPACK_OBJECT_MAP};
    map.via.map.ptr = &pair;
    map.via.map.size = 1;
    return profile_parse(&profile, &map);
}

static void test_profile_rules(void **state)
{
    (void)state;
    char value[600] = "";
    profile_t profile;
    assert_null(s_parse_pair("a-z_09", "Zoë"));
    assert_null(s_parse_pair("empty", ""));
    assert_non_null(s_parse_pair("", "x"));
    assert_non_null(s_parse_pair("Upper", "x"));
    assert_non_null(s_parse_pair("white space", "x"));
    assert_null(s_parse_pair("abcdefghijklmnopqrstuvwxyz012345", "x"));
    assert_non_null(s_parse_pair("abcdefghijklmnopqrstuvwxyz0123456", "x"));
    assert_non_null(s_parse_pair("bell", "\a"));
    for (int i = 0; i < 256; i++)
        strcat(value, "ë");
    assert_null(s_parse_pair("long", value));
    strcat(value, "e");
    assert_non_null(s_parse_pair("long", value));
    msgpack_object object = s_str("no map");
    assert_non_null(profile_parse(&profile, &object));
    object.type = MSGPACK_OBJECT_MAP;
    object.via.map.size = PROFILE_PAIRS_MAX + 1;
    assert_non_null(profile_parse(&profile, &object));
    assert_null(profile_parse(&profile, NULL));
    assert_int_equal(profile.count, 0);
}

int main(void)
{
    lex_log_setup("test_sessions", "error", "text");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_logout, fixture_empty),
        cmocka_unit_test_setup(test_session_that_the_database_does_not_know, fixture_empty),
        cmocka_unit_test_setup(test_sessions_are_listed, fixture_empty),
        cmocka_unit_test_setup(test_revoke, fixture_empty),
        cmocka_unit_test_setup(test_expired_rows_are_purged, fixture_empty),
        cmocka_unit_test_setup(test_purge_is_done_in_pieces, fixture_empty),
        cmocka_unit_test_setup(test_erasures_are_taken_by_one, fixture_empty),
        cmocka_unit_test(test_profile_rules),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
