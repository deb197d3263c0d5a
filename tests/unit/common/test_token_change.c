/* The file of the public keys changes while a verifier is in use. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/random.h"
#include "common/token.h"

#define NEXT_LOOKS 120 /* times 10 ms: longer than the verifier takes to look again */

typedef struct {
    char folder[64], public[96];
    char hex[2][2 * crypto_sign_PUBLICKEYBYTES + 1];
    lex_signer_t *signers[2];
    lex_verifier_t *verifier;
    unsigned char old[LEX_TOKEN_MAX], new[LEX_TOKEN_MAX]; /* tokens of the two */
    size_t size;
} s_change_t;

static void s_write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

static void s_put_keys(const s_change_t *self, const char *text)
{
    char temporary[128];

    snprintf(temporary, sizeof temporary, "%s.new", self->public);
    s_write_file(temporary, text);
    assert_int_equal(rename(temporary, self->public), 0);
}

static void s_make_signer(s_change_t *self, int index)
{
    unsigned char key[crypto_sign_SECRETKEYBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
    char secret[2 * sizeof key + 1], path[128];

    crypto_sign_keypair(public_key, key);
    sodium_bin2hex(secret, sizeof secret, key, sizeof key);
    sodium_bin2hex(self->hex[index], sizeof self->hex[index], public_key, sizeof public_key);
    snprintf(path, sizeof path, "%s/secret", self->folder);
    s_write_file(path, secret);
    self->signers[index] = lex_signer_new(path);
    assert_non_null(self->signers[index]);
    unlink(path);
}

static int s_setup(void **state)
{
    s_change_t *self = calloc(1, sizeof *self);
    lex_claims_t claims = {.user = 1, .issued = 1000, .expires = 5000, .name = "ann"};

    lex_random_setup();
    strcpy(self->folder, "/tmp/lexmq-token-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
    snprintf(self->public, sizeof self->public, "%s/token.public", self->folder);
    s_make_signer(self, 0);
    s_make_signer(self, 1);
    s_put_keys(self, self->hex[0]);
    self->verifier = lex_verifier_new(self->public);
    self->size = lex_signer_sign(self->signers[0], &claims, self->old);
    assert_int_equal(lex_signer_sign(self->signers[1], &claims, self->new), self->size);
    *state = self;
    return self->verifier ? 0 : -1;
}

static int s_teardown(void **state)
{
    s_change_t *self = *state;

    lex_signer_destroy(&self->signers[0]);
    lex_signer_destroy(&self->signers[1]);
    lex_verifier_destroy(&self->verifier);
    unlink(self->public);
    rmdir(self->folder);
    free(self);
    return 0;
}

static lex_code_t s_check(s_change_t *self, const unsigned char *token)
{
    lex_claims_t read;

    return lex_verifier_check(self->verifier, token, self->size, 2000, &read);
}

/* Waits until the verifier judges the token like that. */
static void s_await(s_change_t *self, const unsigned char *token, lex_code_t expected)
{
    int64_t end = lex_monotonic_ms() + 5000;

    while (s_check(self, token) != expected) {
        assert_true(lex_monotonic_ms() < end);
        usleep(10000);
    }
}

static void s_put_both(s_change_t *self)
{
    char text[256];

    snprintf(text, sizeof text, "%s\n%s\n", self->hex[0], self->hex[1]);
    s_put_keys(self, text);
}

static void added_key_counts_at_once(void **state)
{
    s_change_t *self = *state;

    assert_int_equal(s_check(self, self->old), LEX_OK);
    assert_int_equal(s_check(self, self->new), LEX_UNAUTHORIZED);
    s_put_both(self);
    assert_int_equal(s_check(self, self->new), LEX_OK);
    assert_int_equal(s_check(self, self->old), LEX_OK);
}

static void file_that_cannot_be_used_changes_nothing(void **state)
{
    s_change_t *self = *state;

    s_put_both(self);
    s_await(self, self->new, LEX_OK);
    s_put_keys(self, "nonsense\n");
    for (int i = 0; i < NEXT_LOOKS; i++, usleep(10000))
        assert_int_equal(s_check(self, self->old), LEX_OK);
    unlink(self->public);
    for (int i = 0; i < NEXT_LOOKS; i++, usleep(10000))
        assert_int_equal(s_check(self, self->new), LEX_OK);
}

/* Verified before or not. */
static void tokens_of_a_removed_key_are_refused(void **state)
{
    s_change_t *self = *state;

    s_put_both(self);
    s_await(self, self->new, LEX_OK);
    assert_int_equal(s_check(self, self->old), LEX_OK);
    s_put_keys(self, self->hex[1]);
    s_await(self, self->old, LEX_UNAUTHORIZED);
    assert_int_equal(s_check(self, self->new), LEX_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(added_key_counts_at_once, s_setup, s_teardown),
        cmocka_unit_test_setup_teardown(file_that_cannot_be_used_changes_nothing, s_setup,
                                        s_teardown),
        cmocka_unit_test_setup_teardown(tokens_of_a_removed_key_are_refused, s_setup, s_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
