/* The keys folder: what is made, with which modes, and that nothing is ever overwritten. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <czmq.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/curve.h"
#include "common/keygen/keys.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/secret.h"
#include "common/token.h"
#include "tests/unit/common/keygen/fixture.h"

static char *s_read(const folder_t *self, const char *name)
{
    char *path = s_path(self, name);
    zchunk_t *chunk = zchunk_slurp(path, 65536);
    assert_non_null(chunk);
    char *text = zchunk_strdup(chunk);
    zchunk_destroy(&chunk);
    free(path);
    return text;
}

static void s_remove(const folder_t *self, const char *name)
{
    char *path = s_path(self, name);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void s_assert_mode(const folder_t *self, const char *name, mode_t mode)
{
    char *path = s_path(self, name);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, mode);
    free(path);
}

static const char *const s_secrets[] = {
    "gateway/gateway.cert_secret", "auth/curve.cert_secret", "lookup/curve.cert_secret",
    "history/curve.cert_secret",   "auth/token.secret",      "auth/db.password",
    "lookup/db.password",          "history/db.password",    "import/db.password",
    "migrate/db.password",
};
static const char *const s_publics[] = {
    "public/gateway.cert",         "public/token.public",          "gateway/workers/auth.cert",
    "gateway/workers/lookup.cert", "gateway/workers/history.cert",
};
#define s_count(array) (sizeof(array) / sizeof *(array))

static void s_make(folder_t *self)
{
    assert_int_equal(keys_make(self->folder, self->out), 0);
}

static void test_files_and_modes(void **state)
{
    folder_t *self = *state;
    mode_t masks[] = {0, 0022, 0777};
    for (size_t i = 0; i < s_count(masks); i++) {
        snprintf(self->folder, sizeof self->folder, "%s/keys%zu", self->scratch, i);
        mode_t old = umask(masks[i]);
        s_make(self);
        assert_int_equal(umask(old), masks[i]); /* left as it was */
        for (size_t j = 0; j < s_count(s_secrets); j++)
            s_assert_mode(self, s_secrets[j], 0600);
        for (size_t j = 0; j < s_count(s_publics); j++)
            s_assert_mode(self, s_publics[j], 0644);
        const char *closed[] = {"gateway", "gateway/workers", "auth",   "lookup",
                                "history", "import",          "migrate"};
        for (size_t j = 0; j < s_count(closed); j++)
            s_assert_mode(self, closed[j], 0700);
        s_assert_mode(self, "public", 0755);
        s_assert_mode(self, ".", 0755);
    }
}

static void test_again_changes_nothing(void **state)
{
    folder_t *self = *state;
    char *before[s_count(s_secrets)];
    s_make(self);
    for (size_t i = 0; i < s_count(s_secrets); i++)
        before[i] = s_read(self, s_secrets[i]);
    rewind(self->out);
    assert_int_equal(ftruncate(fileno(self->out), 0), 0);
    s_make(self);
    fseek(self->out, 0, SEEK_END);
    assert_int_equal(ftell(self->out), 0); /* says nothing either */
    for (size_t i = 0; i < s_count(s_secrets); i++) {
        char *after = s_read(self, s_secrets[i]);
        assert_string_equal(before[i], after);
        free(before[i]);
        free(after);
    }
}

static void test_completes_what_a_killed_run_left(void **state)
{
    folder_t *self = *state;
    s_make(self);
    char *certificate = s_read(self, "public/gateway.cert");
    char *token = s_read(self, "public/token.public");
    for (size_t i = 0; i < s_count(s_publics); i++)
        s_remove(self, s_publics[i]);
    s_remove(self, "import/db.password");
    s_make(self);
    char *again = s_read(self, "public/token.public");
    assert_string_equal(token, again);
    char *path = s_path(self, "public/gateway.cert");
    char key[LEX_CURVE_KEY_SIZE];
    assert_int_equal(lex_curve_read_public(path, key), 0);
    assert_non_null(strstr(certificate, key)); /* the same key, made anew from its secret */
    char *worker = s_read(self, "gateway/workers/lookup.cert");
    assert_non_null(strstr(worker, "calls = \"history.record\""));
    free(certificate);
    free(token);
    free(again);
    free(path);
    free(worker);
}

static void test_public_half_without_its_secret(void **state)
{
    folder_t *self = *state;
    const char *secrets[] = {"gateway/gateway.cert_secret", "auth/token.secret",
                             "history/curve.cert_secret"};
    for (size_t i = 0; i < s_count(secrets); i++) {
        snprintf(self->folder, sizeof self->folder, "%s/keys%zu", self->scratch, i);
        s_make(self);
        s_remove(self, secrets[i]);
        assert_int_equal(keys_make(self->folder, self->out), -1);
        char *path = s_path(self, secrets[i]);
        assert_false(zsys_file_exists(path));
        free(path);
    }
}

static void test_passwords(void **state)
{
    folder_t *self = *state;
    s_make(self);
    char *auth = s_path(self, "auth/db.password");
    char *password = lex_secret_read(auth);
    assert_int_equal(strlen(password), 32);
    assert_int_equal(strspn(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
                     32);
    char *lookup = s_read(self, "lookup/db.password");
    assert_int_not_equal(strncmp(password, lookup, 32), 0);
    lex_secret_free(&password);
    free(auth);
    free(lookup);
}

static void test_token_keys_sign_and_verify(void **state)
{
    folder_t *self = *state;
    s_make(self);
    char *secret = s_path(self, "auth/token.secret");
    char *public = s_path(self, "public/token.public");
    lex_signer_t *signer = lex_signer_new(secret);
    lex_verifier_t *verifier = lex_verifier_new(public);
    assert_non_null(signer);
    assert_non_null(verifier);
    lex_claims_t claims = {.user = 1, .issued = 1000, .expires = 2000, .name = "ann"}, read;
    unsigned char token[LEX_TOKEN_MAX];
    size_t size = lex_signer_sign(signer, &claims, token);
    assert_int_equal(lex_verifier_check(verifier, token, size, 1500, &read), LEX_OK);
    lex_signer_destroy(&signer);
    lex_verifier_destroy(&verifier);
    free(secret);
    free(public);
}

static void test_certificates_are_usable(void **state)
{
    folder_t *self = *state;
    s_make(self);
    char *own = s_path(self, "auth/curve.cert_secret");
    char *public = s_path(self, "public/gateway.cert");
    char *server = s_path(self, "gateway/gateway.cert_secret");
    lex_curve_t *worker = lex_curve_new(own, public);
    lex_curve_t *gateway = lex_curve_new_server(server);
    assert_non_null(worker);
    assert_non_null(gateway);
    lex_curve_destroy(&worker);
    lex_curve_destroy(&gateway);
    free(own);
    free(public);
    free(server);
}

static void test_worker_certificate(void **state)
{
    folder_t *self = *state;
    FILE *out = self->out;
    assert_int_equal(keys_make_worker(self->folder, "spell-2", "spell,spell.x", "", out), 0);
    char *first = s_read(self, "gateway/workers/spell-2.cert");
    assert_non_null(strstr(first, "services = \"spell,spell.x\""));
    s_assert_mode(self, "spell-2/curve.cert_secret", 0600);
    s_assert_mode(self, "spell-2", 0700);
    assert_int_equal(keys_make_worker(self->folder, "spell-2", "spell", "history.record", out), 0);
    char *second = s_read(self, "gateway/workers/spell-2.cert");
    assert_non_null(strstr(second, "calls = \"history.record\""));
    assert_string_not_equal(strstr(first, "public-key"), strstr(second, "public-key"));
    s_make(self); /* the rest, beside it */
    free(first);
    free(second);
}

static void test_what_is_refused(void **state)
{
    folder_t *self = *state;
    const char *names[] = {"",
                           "..",
                           "a/b",
                           "A",
                           "gateway",
                           "public",
                           "import",
                           "migrate",
                           "-a",
                           "a.b",
                           "a234567890123456789012345678901234"};
    for (size_t i = 0; i < s_count(names); i++) {
        assert_false(keys_is_worker_name(names[i]));
        assert_int_equal(keys_make_worker(self->folder, names[i], "a", "", self->out), -1);
    }
    assert_true(keys_is_worker_name("lookup"));
    const char *lists[] = {",", "a,", ",a", "a,,b", "a b", "a\"", "a\n", "\xc3\xa9"};
    for (size_t i = 0; i < s_count(lists); i++)
        assert_false(keys_is_service_list(lists[i]));
    assert_true(keys_is_service_list(""));
    assert_true(keys_is_service_list("a,b.c"));
    assert_int_equal(keys_make_worker(self->folder, "w", "", "", self->out),
                     -1); /* serves nothing */
    assert_false(zsys_file_exists(self->folder));
    snprintf(self->folder, sizeof self->folder, "%s/no/such", self->scratch);
    assert_int_equal(keys_make(self->folder, self->out), -1);
}

/* Runs side by side make one set of keys, not a mixture. */
static void test_at_the_same_moment(void **state)
{
    folder_t *self = *state;
    enum { RUNS = 4 };
    pid_t runs[RUNS];
    for (int i = 0; i < RUNS; i++) {
        runs[i] = fork();
        if (runs[i] == 0)
            _exit(keys_make(self->folder, self->out) == 0 ? 0 : 1);
    }
    for (int i = 0; i < RUNS; i++) {
        int status;
        assert_int_equal(waitpid(runs[i], &status, 0), runs[i]);
        assert_int_equal(status, 0);
    }
    s_make(self); /* finds everything whole */
}

int main(void)
{
    zsys_handler_set(NULL);
    lex_random_setup();
#define s_test(name) cmocka_unit_test_setup_teardown(name, s_set_up, s_tear_down)
    const struct CMUnitTest tests[] = {
        s_test(test_files_and_modes),
        s_test(test_again_changes_nothing),
        s_test(test_completes_what_a_killed_run_left),
        s_test(test_public_half_without_its_secret),
        s_test(test_passwords),
        s_test(test_token_keys_sign_and_verify),
        s_test(test_certificates_are_usable),
        s_test(test_worker_certificate),
        s_test(test_what_is_refused),
        s_test(test_at_the_same_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
