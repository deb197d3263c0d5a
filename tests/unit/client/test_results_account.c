/* What calls to auth make of replies, good and spoiled. */

#include "tests/unit/client/spoil.h"

static void s_write_login(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 4);
    lex_put_uint(writer, "user", 7);
    lex_put_text(writer, "name", "Älice");
    lex_put_bin(writer, "tok", "new token", 9);
    lex_put_uint(writer, "expires", 1000);
}

static lexmq_status_t s_login(lexmq_t *lexmq, bool check)
{
    lexmq_login_t *login;
    lexmq_status_t status = lexmq_login(lexmq, "alice", "password", &login);
    size_t size;

    if (check) {
        assert_int_equal(login->user, 7);
        assert_string_equal(login->name, "Älice");
        assert_int_equal(login->expires, 1000);
        assert_memory_equal(lexmq_token(lexmq, &size), "new token", 9);
        assert_int_equal(size, 9);
    } else if (status != LEXMQ_OK) {
        assert_null(login);
    }
    lexmq_login_destroy(&login);
    return status;
}

static lexmq_status_t s_register(lexmq_t *lexmq, bool check)
{
    const lexmq_field_t fields[] = {{"email", "a@b"}, {"phone", ""}};
    (void)check;

    return lexmq_register(lexmq, "alice", "password", fields, 2, NULL);
}

static void s_write_passwd(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 1);
    lex_put_bin(writer, "tok", "new token", 9);
}

static lexmq_status_t s_passwd(lexmq_t *lexmq, bool check)
{
    (void)check;
    return lexmq_passwd(lexmq, "password", "new password");
}

static void s_write_whoami(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 7);
    lex_put_uint(writer, "user", 7);
    lex_put_text(writer, "name", "alice");
    lex_put_uint(writer, "created", 1);
    lex_put_bin(writer, "session", "0123456789abcdef", 16);
    lex_put_uint(writer, "issued", 2);
    lex_put_uint(writer, "expires", 3);
    lex_write_text(writer, "profile");
    lex_write_map(writer, 0);
}

static lexmq_status_t s_whoami(lexmq_t *lexmq, bool check)
{
    lexmq_account_t *account;
    lexmq_status_t status = lexmq_whoami(lexmq, &account);

    if (check) {
        assert_memory_equal(account->session, "0123456789abcdef", 16);
        assert_int_equal(account->created + account->issued + account->expires, 6);
        assert_int_equal(account->field_count, 0);
    }
    lexmq_account_destroy(&account);
    return status;
}

static void s_write_sessions(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 1);
    lex_write_text(writer, "sessions");
    lex_write_array(writer, 2);
    for (int i = 0; i < 2; i++) {
        lex_write_map(writer, 4);
        lex_put_bin(writer, "session", "0123456789abcdef", 16);
        lex_put_uint(writer, "issued", 2);
        lex_put_uint(writer, "expires", 3);
        lex_put_bool(writer, "current", i == 1);
    }
}

static lexmq_status_t s_sessions(lexmq_t *lexmq, bool check)
{
    lexmq_sessions_t *sessions;
    lexmq_status_t status = lexmq_sessions(lexmq, &sessions);

    if (check) {
        assert_int_equal(sessions->count, 2);
        assert_false(sessions->list[0].current);
        assert_true(sessions->list[1].current);
    }
    lexmq_sessions_destroy(&sessions);
    return status;
}

static void test_auth(void **state)
{
    (void)state;
    spoil_try(s_login, s_write_login);
    spoil_try(s_register, s_write_login);
    spoil_try(s_passwd, s_write_passwd);
    spoil_try(s_whoami, s_write_whoami);
    spoil_try(s_sessions, s_write_sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_auth)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
