/* What a grant is signed from are rows, and a row may be damaged. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth-svc/grant.h"
#include "common/log.h"
#include "common/random.h"

static lex_signer_t *s_signer(void)
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    char hex[2 * sizeof secret + 1], path[] = "/tmp/lexmq-grant-XXXXXX";
    crypto_sign_keypair(public, secret);
    sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
    int file = mkstemp(path); /* for its owner alone */
    assert_int_equal(write(file, hex, strlen(hex)), strlen(hex));
    close(file);
    lex_signer_t *signer = lex_signer_new(path);
    unlink(path);
    assert_non_null(signer);
    return signer;
}

static void test_damaged_rows_are_refused(void **state)
{
    lex_signer_t *signer = s_signer();
    const auth_t auth = {.signer = signer};
    const user_t good = {.id = 7, .name = "Ann"}, nameless = {.id = 7};
    const session_t session = {.user = 7, .issued = 1, .expires = 2};
    const session_t early = {.user = 7, .issued = -1, .expires = 2};
    const session_t ended = {.user = 7, .issued = 1, .expires = -2};
    grant_t grant;
    (void)state;
    assert_int_equal(grant_sign(&auth, &good, &session, &grant).code, LEX_OK);
    assert_true(grant.token_size > 0);
    assert_int_equal(grant_sign(&auth, &nameless, &session, &grant).code, LEX_INTERNAL);
    assert_int_equal(grant.token_size, 0);
    assert_int_equal(grant_sign(&auth, &good, &early, &grant).code, LEX_INTERNAL);
    assert_int_equal(grant_sign(&auth, &good, &ended, &grant).code, LEX_INTERNAL);
    lex_signer_destroy(&signer);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_damaged_rows_are_refused)};
    (void)argc;
    lex_log_setup(argv[0], "error", "text");
    lex_random_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
