/* What the tests of auth-svc have in common: a server with the schema, tools with cheap passwords, and short calls. */

#ifndef LEXMQ_TESTS_AUTH_FIXTURE_H
#define LEXMQ_TESTS_AUTH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "auth-svc/auth.h"
#include "common/log.h"
#include "common/random.h"
#include "tests/unit/database.h"

#define HOUR 3600000
#define NOW  1800000000000 /* UTC ms */

typedef struct {
    database_t database;
    auth_t auth;
    passwords_t *passwords;
    lex_signer_t *signer;
    lex_verifier_t *verifier;
    lex_db_t *db;
} fixture_t;

static fixture_t s_it;

static inline void fixture_write_key(char *path, const char *name, const unsigned char *key,
                                     size_t size)
{
    char hex[2 * crypto_sign_SECRETKEYBYTES + 1];
    sprintf(path, "%s/%s", s_it.database.folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", sodium_bin2hex(hex, sizeof hex, key, size));
    fclose(file);
    chmod(path, 0600);
}

static inline int fixture_setup(void **state)
{
    (void)state;
    lex_random_setup();
    if (database_start(&s_it.database) || database_apply(&s_it.database, "lexmq_auth", "sql/auth"))
        return -1;
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    char path[128];
    crypto_sign_keypair(public_key, secret_key);
    fixture_write_key(path, "token.secret", secret_key, sizeof secret_key);
    s_it.signer = lex_signer_new(path);
    fixture_write_key(path, "token.public", public_key, sizeof public_key);
    s_it.verifier = lex_verifier_new(path);
    s_it.passwords = passwords_new(1, 1 << 20);
    s_it.auth =
        (auth_t){.passwords = s_it.passwords, .signer = s_it.signer, .session_ms = 12 * HOUR};
    lex_db_options_t options = database_options(&s_it.database, "lexmq_auth");
    s_it.db = lex_db_new(&options);
    return s_it.signer && s_it.verifier && s_it.passwords ? 0 : -1;
}

static inline int fixture_teardown(void **state)
{
    (void)state;
    lex_db_destroy(&s_it.db);
    passwords_destroy(&s_it.passwords);
    lex_verifier_destroy(&s_it.verifier);
    lex_signer_destroy(&s_it.signer);
    database_stop(&s_it.database);
    return 0;
}

/* Before each test: empty tables. */
static inline int fixture_empty(void **state)
{
    (void)state;
    static const char script[] = "TRUNCATE users; TRUNCATE profiles; TRUNCATE sessions; TRUNCATE "
                                 "revocations; TRUNCATE throttle;"
                                 "TRUNCATE throttle_window; TRUNCATE deletions; TRUNCATE erasures";
    return lex_db_script(s_it.db, script, sizeof script - 1) == LEX_DB_OK ? 0 : -1;
}

typedef struct {
    unsigned char bytes[LEX_ID_SIZE];
} request_t;

static inline request_t fixture_id(void)
{
    request_t id = {{0}};
    lex_random_bytes(id.bytes, sizeof id.bytes);
    return id;
}

static inline text_t fixture_text(const char *text)
{
    return (text_t){text, strlen(text)};
}

static inline lex_code_t do_register(request_t id, const char *name, const char *password,
                                     int64_t now, grant_t *grant)
{
    profile_t none = {0};
    return auth_register(&s_it.auth, s_it.db, id.bytes, fixture_text(name), fixture_text(password),
                         &none, now, grant)
        .code;
}

/* `shown`: a session whose token is shown, or NULL. */
static inline answer_t do_login_showing(request_t id, const char *name, const char *password,
                                        const grant_t *shown, int64_t now, grant_t *grant)
{
    return auth_login(&s_it.auth, s_it.db, id.bytes, fixture_text(name), fixture_text(password),
                      shown ? &shown->claims : NULL, now, grant);
}

static inline answer_t do_login(request_t id, const char *name, const char *password, int64_t now,
                                grant_t *grant)
{
    return do_login_showing(id, name, password, NULL, now, grant);
}

static inline lex_code_t do_passwd(request_t id, const grant_t *session, const char *password,
                                   const char *new_password, int64_t now, grant_t *grant)
{
    return auth_passwd(&s_it.auth, s_it.db, id.bytes, &session->claims, fixture_text(password),
                       fixture_text(new_password), now, grant)
        .code;
}

static inline lex_code_t do_delete(request_t id, const grant_t *session, const char *password,
                                   int64_t now)
{
    return auth_delete(&s_it.auth, s_it.db, id.bytes, &session->claims, fixture_text(password), now)
        .code;
}

static inline lex_code_t do_logout(request_t id, const grant_t *session, int64_t now)
{
    return auth_logout(s_it.db, id.bytes, &session->claims, now).code;
}

static inline lex_code_t do_whoami(const grant_t *session, int64_t now)
{
    whoami_t whoami;
    return auth_whoami(s_it.db, &session->claims, now, &whoami).code;
}

static inline int fixture_read_number(void *arg, const lex_row_t *row)
{
    *(uint64_t *)arg = lex_row_uint(row, 0);
    return 0;
}

static inline uint64_t fixture_number(const char *sql)
{
    uint64_t number = 0;
    assert_int_equal(lex_db_run(s_it.db, sql, NULL, 0, fixture_read_number, &number), LEX_DB_OK);
    return number;
}

/* What the other services do with the rows of the view. */
static inline int fixture_apply_revocation(void *arg, const lex_row_t *row)
{
    lex_verifier_t *verifier = arg;
    size_t size;
    const char *session = lex_row_bytes(row, 0, &size);
    if (size)
        lex_verifier_revoke_session(verifier, (const unsigned char *)session, lex_row_int(row, 3));
    else
        lex_verifier_revoke_user(verifier, lex_row_uint(row, 1), lex_row_int(row, 2),
                                 lex_row_int(row, 3));
    return 0;
}

/* Whether lookup and history accept the token, having read the view. */
static inline lex_code_t fixture_others_say(const grant_t *session, int64_t now)
{
    assert_int_equal(
        lex_db_run(s_it.db, "SELECT session_id, user_id, issued_before, expires_at FROM revoked",
                   NULL, 0, fixture_apply_revocation, s_it.verifier),
        LEX_DB_OK);
    lex_claims_t claims;
    return lex_verifier_check(s_it.verifier, session->token, session->token_size, now, &claims);
}

#define assert_same_session(left, right)                                                           \
    do {                                                                                           \
        assert_int_equal((left).token_size, (right).token_size);                                   \
        assert_memory_equal((left).token, (right).token, (left).token_size);                       \
    } while (0)

#endif
