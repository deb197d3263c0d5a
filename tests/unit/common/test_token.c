/* docs/protocol.md section 8. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/random.h"
#include "common/token.h"

#define HOUR 3600000

typedef struct {
    char folder[64], secret[96], public[96];
    unsigned char key[crypto_sign_SECRETKEYBYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    char hex[2 * crypto_sign_SECRETKEYBYTES + 1], public_hex[2 * crypto_sign_PUBLICKEYBYTES + 1];
    lex_signer_t *signer;
    lex_verifier_t *verifier;
} s_keys_t;

static void s_write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

static int s_setup(void **state)
{
    s_keys_t *self = calloc(1, sizeof *self);

    lex_random_setup();
    strcpy(self->folder, "/tmp/lexmq-token-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
    snprintf(self->secret, sizeof self->secret, "%s/token.secret", self->folder);
    snprintf(self->public, sizeof self->public, "%s/token.public", self->folder);
    crypto_sign_keypair(self->public_key, self->key);
    sodium_bin2hex(self->hex, sizeof self->hex, self->key, sizeof self->key);
    sodium_bin2hex(self->public_hex, sizeof self->public_hex, self->public_key,
                   sizeof self->public_key);
    char text[256];
    snprintf(text, sizeof text, "%s\n", self->hex);
    s_write_file(self->secret, text);
    snprintf(text, sizeof text, "# token keys\n\n  %s  # current\r\n", self->public_hex);
    s_write_file(self->public, text);
    self->signer = lex_signer_new(self->secret);
    self->verifier = lex_verifier_new(self->public);
    *state = self;
    return self->signer && self->verifier ? 0 : -1;
}

static int s_teardown(void **state)
{
    s_keys_t *self = *state;

    lex_signer_destroy(&self->signer);
    lex_signer_destroy(&self->signer);
    lex_verifier_destroy(&self->verifier);
    lex_verifier_destroy(&self->verifier);
    unlink(self->secret);
    unlink(self->public);
    rmdir(self->folder);
    free(self);
    return 0;
}

static lex_claims_t s_claims(int64_t issued)
{
    lex_claims_t claims = {.user = 0x0102030405060708, .issued = issued, .expires = issued + HOUR};

    lex_random_bytes(claims.session, sizeof claims.session);
    strcpy(claims.name, "Ren\xC3\xA9");
    return claims;
}

static void layout(void **state)
{
    s_keys_t *self = *state;
    unsigned char token[LEX_TOKEN_MAX], again[LEX_TOKEN_MAX], hash[32], message[256];
    lex_claims_t claims = s_claims(0x1122334455);

    size_t size = lex_signer_sign(self->signer, &claims, token);
    assert_int_equal(size, 50 + 5 + 64);
    assert_int_equal(token[0], 1);
    crypto_generichash(hash, sizeof hash, self->public_key, 32, NULL, 0);
    assert_memory_equal(token + 1, hash, 8);
    assert_memory_equal(token + 9, claims.session, 16);
    assert_memory_equal(token + 25, "\1\2\3\4\5\6\7\10", 8);
    assert_memory_equal(token + 33, "\0\0\0\x11\x22\x33\x44\x55", 8);
    assert_int_equal(token[49], 5);
    assert_memory_equal(token + 50, "Ren\xC3\xA9", 5);
    memcpy(message, "lexmq-token-1", 13);
    memcpy(message + 13, token, 55);
    assert_int_equal(crypto_sign_verify_detached(token + 55, message, 68, self->public_key), 0);
    assert_int_equal(lex_signer_sign(self->signer, &claims, again), size);
    assert_memory_equal(again, token, size);
}

static void good_tokens(void **state)
{
    s_keys_t *self = *state;
    unsigned char token[LEX_TOKEN_MAX];
    lex_claims_t claims = s_claims(1000000), read;

    for (size_t length = 1; length <= LEX_TOKEN_NAME_MAX; length += 127) {
        memset(claims.name, 'n', length);
        claims.name[length] = '\0';
        size_t size = lex_signer_sign(self->signer, &claims, token);
        for (int round = 0; round < 3; round++) {
            memset(&read, 0xEE, sizeof read);
            assert_int_equal(lex_verifier_check(self->verifier, token, size, claims.issued, &read),
                             LEX_OK);
            assert_memory_equal(read.session, claims.session, sizeof read.session);
            assert_true(read.user == claims.user && read.issued == claims.issued &&
                        read.expires == claims.expires);
            assert_string_equal(read.name, claims.name);
        }
    }
}

static void expiry(void **state)
{
    s_keys_t *self = *state;
    unsigned char token[LEX_TOKEN_MAX];
    lex_claims_t claims = s_claims(1000000), read;
    size_t size = lex_signer_sign(self->signer, &claims, token);

    for (int round = 0; round < 2; round++) {
        assert_int_equal(lex_verifier_check(self->verifier, token, size, claims.expires - 1, &read),
                         LEX_OK);
        assert_int_equal(lex_verifier_check(self->verifier, token, size, claims.expires, &read),
                         LEX_UNAUTHORIZED);
    }
    assert_int_equal(lex_verifier_check_genuine(self->verifier, token, size, &read), LEX_OK);
}

static void forged_tokens(void **state)
{
    s_keys_t *self = *state;
    unsigned char token[LEX_TOKEN_MAX];
    lex_claims_t claims = s_claims(1000000), read = {.user = 42};
    size_t size = lex_signer_sign(self->signer, &claims, token);

    assert_int_equal(lex_verifier_check(self->verifier, token, size, 0, &read), LEX_OK);
    read.user = 42;
    for (size_t i = 0; i < size; i++) {
        unsigned char *copy = malloc(size);
        memcpy(copy, token, size);
        copy[i] ^= 1 << (i % 8);
        assert_int_equal(lex_verifier_check(self->verifier, copy, size, 0, &read),
                         LEX_UNAUTHORIZED);
        assert_int_equal(lex_verifier_check_genuine(self->verifier, copy, size, &read),
                         LEX_UNAUTHORIZED);
        free(copy);
    }
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *copy = malloc(cut ? cut : 1);
        memcpy(copy, token, cut);
        assert_int_equal(lex_verifier_check(self->verifier, copy, cut, 0, &read), LEX_UNAUTHORIZED);
        free(copy);
    }
    unsigned char longer[LEX_TOKEN_MAX + 1] = {0};
    memcpy(longer, token, size);
    assert_int_equal(lex_verifier_check(self->verifier, longer, size + 1, 0, &read),
                     LEX_UNAUTHORIZED);
    assert_int_equal(lex_verifier_check(self->verifier, longer, sizeof longer, 0, &read),
                     LEX_UNAUTHORIZED);
    assert_int_equal(read.user, 42);
}

static void revoked_sessions(void **state)
{
    s_keys_t *self = *state;
    unsigned char token[2][LEX_TOKEN_MAX];
    int64_t now = lex_utc_ms();
    lex_claims_t claims[2] = {s_claims(now), s_claims(now)}, read;
    size_t size = 0;

    for (int i = 0; i < 2; i++) {
        size = lex_signer_sign(self->signer, &claims[i], token[i]);
        assert_int_equal(lex_verifier_check(self->verifier, token[i], size, now, &read), LEX_OK);
    }
    for (int round = 0; round < 2; round++) {
        lex_verifier_revoke_session(self->verifier, claims[0].session, claims[0].expires);
        assert_int_equal(lex_verifier_check(self->verifier, token[0], size, now, &read),
                         LEX_UNAUTHORIZED);
        assert_int_equal(lex_verifier_check_genuine(self->verifier, token[0], size, &read), LEX_OK);
        assert_int_equal(lex_verifier_check(self->verifier, token[1], size, now, &read), LEX_OK);
    }
    /* A token that was never seen before its session was revoked. */
    lex_claims_t third = s_claims(now);
    lex_verifier_revoke_session(self->verifier, third.session, third.expires);
    size = lex_signer_sign(self->signer, &third, token[0]);
    assert_int_equal(lex_verifier_check(self->verifier, token[0], size, now, &read),
                     LEX_UNAUTHORIZED);
}

static void revoked_users(void **state)
{
    s_keys_t *self = *state;
    unsigned char token[LEX_TOKEN_MAX];
    int64_t now = lex_utc_ms();
    lex_claims_t read;

    lex_verifier_revoke_user(self->verifier, 77, now, now + HOUR);
    /* An earlier one that comes later takes nothing back. */
    lex_verifier_revoke_user(self->verifier, 77, now - 10, now + HOUR);
    for (int64_t issued = now - 2; issued <= now + 1; issued++) {
        lex_claims_t claims = s_claims(issued);
        claims.user = 77;
        size_t size = lex_signer_sign(self->signer, &claims, token);
        assert_int_equal(lex_verifier_check(self->verifier, token, size, now, &read),
                         issued < now ? LEX_UNAUTHORIZED : LEX_OK);
        claims.user = 78;
        size = lex_signer_sign(self->signer, &claims, token);
        assert_int_equal(lex_verifier_check(self->verifier, token, size, now, &read), LEX_OK);
    }
}

static void several_keys(void **state)
{
    s_keys_t *self = *state;
    unsigned char token[LEX_TOKEN_MAX], other[32], other_secret[64];
    char hex[65], text[256];
    lex_claims_t claims = s_claims(1000), read;
    size_t size = lex_signer_sign(self->signer, &claims, token);

    crypto_sign_keypair(other, other_secret);
    sodium_bin2hex(hex, sizeof hex, other, sizeof other);
    snprintf(text, sizeof text, "%s\n", hex);
    s_write_file(self->public, text);
    lex_verifier_t *verifier = lex_verifier_new(self->public);
    assert_int_equal(lex_verifier_check(verifier, token, size, 0, &read), LEX_UNAUTHORIZED);
    lex_verifier_destroy(&verifier);

    snprintf(text, sizeof text, "%s\n%s", hex, self->public_hex);
    s_write_file(self->public, text);
    verifier = lex_verifier_new(self->public);
    assert_int_equal(lex_verifier_check(verifier, token, size, 0, &read), LEX_OK);
    lex_verifier_destroy(&verifier);
}

static void key_files_that_will_not_do(void **state)
{
    s_keys_t *self = *state;
    char text[4096] = "", path[96];

    snprintf(path, sizeof path, "%s/other", self->folder);
    assert_null(lex_verifier_new(path));
    assert_null(lex_signer_new(path));
    s_write_file(path, "# nothing\n");
    assert_null(lex_verifier_new(path));
    assert_null(lex_signer_new(path));
    snprintf(text, sizeof text, "%s\nnot hexadecimal\n", self->public_hex);
    s_write_file(path, text);
    assert_null(lex_verifier_new(path));
    snprintf(text, sizeof text, "%s00\n", self->public_hex);
    s_write_file(path, text);
    assert_null(lex_verifier_new(path));
    text[0] = '\0';
    for (int i = 0; i < 17; i++) {
        strcat(text, self->public_hex);
        strcat(text, "\n");
    }
    s_write_file(path, text);
    assert_null(lex_verifier_new(path));
    /* A public half that is not the seed's own. */
    strcpy(text, self->hex);
    text[127] = text[127] == '0' ? '1' : '0';
    s_write_file(path, text);
    assert_null(lex_signer_new(path));
    s_write_file(path, self->hex);
    chmod(path, 0644);
    assert_null(lex_signer_new(path));
    unlink(path);
}

typedef struct {
    s_keys_t *keys;
    unsigned seed;
    int wrong;
} s_thread_t;

static void *s_check_many(void *arg)
{
    s_thread_t *self = arg;
    unsigned char token[LEX_TOKEN_MAX];
    lex_claims_t claims = s_claims(1000), read;

    for (int round = 0; round < 2000; round++) {
        if (round % 50 == 0)
            lex_random_bytes(claims.session, sizeof claims.session);
        claims.user = 1 + (uint64_t)(rand_r(&self->seed) % 1000);
        size_t size = round % 50 == 0 ? lex_signer_sign(self->keys->signer, &claims, token)
                                      : 50 + strlen(claims.name) + 64;
        self->wrong += lex_verifier_check(self->keys->verifier, token, size, 2000, &read) != LEX_OK;
        lex_verifier_revoke_user(self->keys->verifier, 5000 + (uint64_t)round, 1, HOUR);
    }
    return NULL;
}

static void threads_share_a_verifier(void **state)
{
    pthread_t threads[4];
    s_thread_t work[4];

    for (int i = 0; i < 4; i++) {
        work[i] = (s_thread_t){*state, (unsigned)i, 0};
        pthread_create(&threads[i], NULL, s_check_many, &work[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(work[i].wrong, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(layout, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(good_tokens, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(expiry, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(forged_tokens, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(revoked_sessions, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(revoked_users, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(several_keys, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(key_files_that_will_not_do, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(threads_share_a_verifier, s_setup, s_teardown),
    };
    return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
