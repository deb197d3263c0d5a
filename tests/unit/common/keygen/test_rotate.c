/* Changing keys in steps: what is accepted after each, and after a step that was cut off. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <czmq.h>

#include "common/curve.h"
#include "common/keygen/keys.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/token.h"
#include "tests/unit/common/keygen/fixture.h"

static int s_set_up_keys(void **state)
{
    s_set_up(state);
    const folder_t *self = *state;
    assert_int_equal(keys_make(self->folder, self->out), 0);
    return 0;
}

/* The files of one pair. */
typedef struct {
    const char *what, *secret, *next, *public;
} pair_files_t;

static const pair_files_t s_curves[] = {
    {"gateway", "gateway/gateway.cert_secret", "gateway/gateway-next.cert_secret",
     "public/gateway.cert"},
    {"lookup", "lookup/curve.cert_secret", "lookup/curve-next.cert_secret",
     "gateway/workers/lookup.cert"},
};
static const pair_files_t s_token = {"token", "auth/token.secret", "auth/token-next.secret",
                                     "public/token.public"};

static bool s_exists(const folder_t *self, const char *name)
{
    char *path = s_path(self, name);
    bool exists = zsys_file_exists(path);
    free(path);
    return exists;
}

static char *s_text(const folder_t *self, const char *name)
{
    char *path = s_path(self, name);
    zchunk_t *chunk = zchunk_slurp(path, 65536);
    assert_non_null(chunk);
    char *text = zchunk_strdup(chunk);
    zchunk_destroy(&chunk);
    free(path);
    return text;
}

static void s_put(const folder_t *self, const char *name, const char *text)
{
    char *path = s_path(self, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

static int s_step(folder_t *self, const char *what, rotate_step_t step)
{
    return keys_rotate(self->folder, what, step, 0, self->out);
}

/* The step is done, done again, and the folder is in order. */
static void s_do(folder_t *self, const char *what, rotate_step_t step)
{
    assert_int_equal(s_step(self, what, step), 0);
    assert_int_equal(s_step(self, what, step), 0);
    assert_int_equal(keys_make(self->folder, self->out), 0);
}

static lex_curve_keys_t s_listed(const folder_t *self, const char *public)
{
    lex_curve_keys_t keys = {0};
    char *path = s_path(self, public);
    assert_int_equal(lex_curve_read_keys(path, &keys), 0);
    free(path);
    return keys;
}

static void s_public_of(const folder_t *self, const char *secret, char key[LEX_CURVE_KEY_SIZE])
{
    char *path = s_path(self, secret);
    assert_int_equal(lex_curve_read_public(path, key), 0);
    free(path);
}

static void test_curve_keys(void **state)
{
    folder_t *self = *state;
    for (size_t i = 0; i < sizeof s_curves / sizeof *s_curves; i++) {
        const pair_files_t *files = &s_curves[i];
        char old[LEX_CURVE_KEY_SIZE], new[LEX_CURVE_KEY_SIZE], used[LEX_CURVE_KEY_SIZE];
        s_public_of(self, files->secret, old);
        s_do(self, files->what, ROTATE_PREPARE);
        s_public_of(self, files->next, new);
        s_public_of(self, files->secret, used);
        assert_string_equal(used, old);
        lex_curve_keys_t keys = s_listed(self, files->public);
        assert_int_equal(keys.count, 2);
        assert_string_equal(keys.list[0], old);
        assert_string_equal(keys.list[1], new);

        s_do(self, files->what, ROTATE_SWITCH);
        assert_false(s_exists(self, files->next));
        s_public_of(self, files->secret, used);
        assert_string_equal(used, new);
        keys = s_listed(self, files->public);
        assert_int_equal(keys.count, 2);
        assert_string_equal(keys.list[0], new);
        assert_string_equal(keys.list[1], old);
        assert_int_equal(s_step(self, files->what, ROTATE_PREPARE), -1); /* one change at a time */

        s_do(self, files->what, ROTATE_FINISH);
        keys = s_listed(self, files->public);
        assert_int_equal(keys.count, 1);
        assert_string_equal(keys.list[0], new);
    }
    char *worker = s_text(self, "gateway/workers/lookup.cert");
    assert_non_null(strstr(worker, "services = \"lookup\""));
    assert_non_null(strstr(worker, "calls = \"history.record\""));
    free(worker);
}

static lex_code_t s_check(const folder_t *self, const unsigned char *token, size_t size)
{
    char *path = s_path(self, s_token.public);
    lex_verifier_t *verifier = lex_verifier_new(path);
    assert_non_null(verifier);
    lex_claims_t read;
    lex_code_t code = lex_verifier_check(verifier, token, size, 1500, &read);
    lex_verifier_destroy(&verifier);
    free(path);
    return code;
}

static size_t s_sign(const folder_t *self, unsigned char *token)
{
    char *path = s_path(self, s_token.secret);
    lex_signer_t *signer = lex_signer_new(path);
    assert_non_null(signer);
    lex_claims_t claims = {.user = 1, .issued = 1000, .expires = 2000, .name = "ann"};
    size_t size = lex_signer_sign(signer, &claims, token);
    lex_signer_destroy(&signer);
    free(path);
    return size;
}

static void test_signing_key(void **state)
{
    folder_t *self = *state;
    unsigned char old[LEX_TOKEN_MAX], new[LEX_TOKEN_MAX];
    size_t size = s_sign(self, old);
    s_do(self, "token", ROTATE_PREPARE);
    assert_int_equal(s_check(self, old, size), LEX_OK);
    s_do(self, "token", ROTATE_SWITCH);
    s_sign(self, new);
    assert_memory_not_equal(old, new, size);
    assert_int_equal(s_check(self, old, size), LEX_OK);
    assert_int_equal(s_check(self, new, size), LEX_OK);
    /* Too early: sessions of the old key are not over. */
    assert_int_equal(keys_rotate(self->folder, "token", ROTATE_FINISH, 24, self->out), -1);
    assert_int_equal(s_check(self, old, size), LEX_OK);
    s_do(self, "token", ROTATE_FINISH);
    assert_int_equal(s_check(self, old, size), LEX_UNAUTHORIZED);
    assert_int_equal(s_check(self, new, size), LEX_OK);
    /* With nothing left to take away there is nothing to wait for. */
    assert_int_equal(keys_rotate(self->folder, "token", ROTATE_FINISH, 24, self->out), 0);
}

static void test_order(void **state)
{
    folder_t *self = *state;
    const char *whats[] = {"gateway", "lookup", "token"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(s_step(self, whats[i], ROTATE_SWITCH), -1);
        assert_int_equal(s_step(self, whats[i], ROTATE_FINISH), 0); /* nothing to do */
        assert_int_equal(s_step(self, whats[i], ROTATE_PREPARE), 0);
        assert_int_equal(s_step(self, whats[i], ROTATE_FINISH), -1);
        assert_int_equal(s_step(self, whats[i], ROTATE_SWITCH), 0);
        assert_int_equal(s_step(self, whats[i], ROTATE_FINISH), 0);
    }
    assert_int_equal(s_step(self, "nobody", ROTATE_PREPARE), -1);
    assert_int_equal(s_step(self, "../auth", ROTATE_PREPARE), -1);
    assert_int_equal(s_step(self, "public", ROTATE_PREPARE), -1);
    rotate_step_t step;
    assert_int_equal(rotate_step("switch", &step), 0);
    assert_int_equal(step, ROTATE_SWITCH);
    assert_int_equal(rotate_step("back", &step), -1);
}

/* Each step ends with one of two writes: what the first alone leaves is in order and is completed by the next run. */
static void test_steps_cut_off(void **state)
{
    folder_t *self = *state;
    const pair_files_t *all[] = {&s_curves[0], &s_curves[1], &s_token};
    for (size_t i = 0; i < 3; i++) {
        const pair_files_t *files = all[i];
        char *before = s_text(self, files->public);
        s_do(self, files->what, ROTATE_PREPARE);
        char *prepared = s_text(self, files->public);
        /* The next secret is made and not listed. */
        s_put(self, files->public, before);
        assert_int_equal(keys_make(self->folder, self->out), 0);
        assert_int_equal(s_step(self, files->what, ROTATE_SWITCH), -1);
        s_do(self, files->what, ROTATE_PREPARE);
        char *again = s_text(self, files->public);
        assert_string_equal(again, prepared);
        /* The secret is renamed, and the list has still its old order. */
        s_do(self, files->what, ROTATE_SWITCH);
        char *switched = s_text(self, files->public);
        assert_string_not_equal(switched, prepared);
        s_put(self, files->public, prepared);
        assert_int_equal(keys_make(self->folder, self->out), 0);
        s_do(self, files->what, ROTATE_SWITCH);
        char *once_more = s_text(self, files->public);
        assert_string_equal(once_more, switched);
        s_do(self, files->what, ROTATE_FINISH);
        free(before);
        free(prepared);
        free(again);
        free(switched);
        free(once_more);
    }
}

static void test_new_passwords(void **state)
{
    folder_t *self = *state;
    const char *names[] = {"auth/db.password", "lookup/db.password", "history/db.password",
                           "import/db.password", "migrate/db.password"};
    char *before[5];
    for (size_t i = 0; i < 5; i++)
        before[i] = s_text(self, names[i]);
    assert_int_equal(keys_renew_passwords(self->folder, self->out), 0);
    for (size_t i = 0; i < 5; i++) {
        char *after = s_text(self, names[i]);
        assert_string_not_equal(before[i], after);
        assert_int_equal(strlen(after), strlen(before[i]));
        free(before[i]);
        free(after);
    }
    snprintf(self->folder, sizeof self->folder, "%s/none", self->scratch);
    assert_int_equal(keys_renew_passwords(self->folder, self->out), -1);
    assert_int_equal(s_step(self, "gateway", ROTATE_PREPARE), -1);
    assert_false(zsys_file_exists(self->folder));
}

int main(void)
{
    zsys_handler_set(NULL);
    lex_random_setup();
#define s_test(name) cmocka_unit_test_setup_teardown(name, s_set_up_keys, s_tear_down)
    const struct CMUnitTest tests[] = {
        s_test(test_curve_keys),    s_test(test_signing_key),   s_test(test_order),
        s_test(test_steps_cut_off), s_test(test_new_passwords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
