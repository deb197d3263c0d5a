/* Certificates in files, good and bad, and an encrypted round trip with them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <czmq.h>
#include <sys/stat.h>

#include "common/curve.h"
#include "common/random.h"
#include "tests/unit/patience.h"

#define LIMIT_MS (5000 * TEST_PATIENCE)

typedef struct {
    char folder[64];
    char own[128];    /* a secret certificate */
    char server[128]; /* and the server's */
    char server_public[128];
} files_t;

static void s_path(files_t *self, char *out, const char *name)
{
    snprintf(out, 128, "%s/%s", self->folder, name);
}

/* The path of the server's public certificate has 40 characters, all of Z85, as a key has. */
static int s_set_up(void **state)
{
    files_t *self = calloc(1, sizeof *self);
    strcpy(self->folder, "/tmp/lexmq-test-curve-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
    assert_int_equal(strlen(self->folder) + strlen("/server.cert"), LEX_CURVE_KEY_SIZE - 1);
    s_path(self, self->own, "own.cert_secret");
    s_path(self, self->server, "server.cert_secret");
    s_path(self, self->server_public, "server.cert");
    zcert_t *own = zcert_new();
    zcert_t *server = zcert_new();
    assert_int_equal(zcert_save_secret(own, self->own), 0);
    assert_int_equal(zcert_save_secret(server, self->server), 0);
    assert_int_equal(zcert_save_public(server, self->server_public), 0);
    zcert_destroy(&own);
    zcert_destroy(&server);
    *state = self;
    return 0;
}

static int s_tear_down(void **state)
{
    files_t *self = *state;
    zdir_t *folder = zdir_new(self->folder, NULL);
    zdir_remove(folder, true);
    zdir_destroy(&folder);
    free(self);
    return 0;
}

/* A message from the client reaches the server, or does not. */
static bool s_talk_by(const lex_curve_t *client_curve, unsigned key,
                      const lex_curve_t *server_curve)
{
    zsock_t *server = zsock_new(ZMQ_PULL);
    zsock_t *client = zsock_new(ZMQ_PUSH);
    lex_curve_apply(server_curve, server);
    lex_curve_apply_key(client_curve, client, key);
    zsock_set_immediate(client, 1);
    int port = zsock_bind(server, "tcp://127.0.0.1:*");
    assert_true(port > 0);
    zsock_connect(client, "tcp://127.0.0.1:%d", port);
    zsock_set_sndtimeo(client, 1000 * TEST_PATIENCE);
    bool is_sent = zstr_send(client, "hello") == 0;
    zsock_set_rcvtimeo(server, is_sent ? LIMIT_MS : 300);
    char *text = zstr_recv(server);
    bool is_received = text && streq(text, "hello");
    zstr_free(&text);
    zsock_destroy(&client);
    zsock_destroy(&server);
    return is_received;
}

static bool s_talk(const lex_curve_t *client_curve, const lex_curve_t *server_curve)
{
    return s_talk_by(client_curve, 0, server_curve);
}

static void test_round_trip(void **state)
{
    files_t *self = *state;
    lex_curve_t *server = lex_curve_new_server(self->server);
    lex_curve_t *client = lex_curve_new(self->own, self->server_public);
    lex_curve_t *fresh = lex_curve_new(NULL, self->server_public);
    lex_curve_t *by_key = lex_curve_new(NULL, lex_curve_public_key(server));
    assert_true(s_talk(client, server));
    assert_true(s_talk(fresh, server));
    assert_true(s_talk(by_key, server));
    assert_string_not_equal(lex_curve_public_key(fresh), lex_curve_public_key(by_key));
    lex_curve_destroy(&server);
    lex_curve_destroy(&client);
    lex_curve_destroy(&fresh);
    lex_curve_destroy(&by_key);
    assert_null(by_key);
    lex_curve_destroy(&by_key);
}

/* Of several keys each opens its own server's door and no other. */
static void test_several_servers(void **state)
{
    files_t *self = *state;
    char next[128], next_public[128], both[300], other[LEX_CURVE_KEY_SIZE],
        secret[LEX_CURVE_KEY_SIZE];
    zcert_t *certificate = zcert_new();
    s_path(self, next, "next.cert_secret");
    s_path(self, next_public, "next.cert");
    zcert_save_secret(certificate, next);
    zcert_save_public(certificate, next_public);
    zcert_destroy(&certificate);
    zmq_curve_keypair(other, secret);
    snprintf(both, sizeof both, "%s , %s,%s", other, self->server_public, next_public);
    lex_curve_t *client = lex_curve_new(self->own, both);
    lex_curve_t *first = lex_curve_new_server(self->server);
    lex_curve_t *second = lex_curve_new_server(next);
    assert_non_null(client);
    assert_int_equal(lex_curve_server_keys(client), 3);
    assert_int_equal(lex_curve_server_keys(first), 0);
    assert_false(s_talk_by(client, 0, first));
    assert_true(s_talk_by(client, 1, first));
    assert_true(s_talk_by(client, 2, second));
    assert_true(s_talk_by(client, 5, second));
    assert_false(s_talk_by(client, 1, second));
    lex_curve_destroy(&client);
    lex_curve_destroy(&first);
    lex_curve_destroy(&second);
    snprintf(both, sizeof both, "%s,/nonexistent", self->server_public);
    assert_null(lex_curve_new(NULL, both));
    assert_null(lex_curve_new(NULL, " , "));
}

static void test_keys_of_a_file(void **state)
{
    files_t *self = *state;
    char keys[2][LEX_CURVE_KEY_SIZE], secret[LEX_CURVE_KEY_SIZE], path[128];
    lex_curve_keys_t found = {0};
    s_path(self, path, "several.cert");
    FILE *file = fopen(path, "w");
    fputs("metadata\ncurve\n", file);
    for (int i = 0; i < 4; i++) {
        if (i < 2)
            zmq_curve_keypair(keys[i], secret);
        fprintf(file, "    public-key = \"%s\"\n    note = \"x\"\n", keys[i % 2]);
    }
    fclose(file);
    assert_int_equal(lex_curve_read_keys(path, &found), 0);
    assert_int_equal(found.count, 2); /* each once */
    assert_string_equal(found.list[0], keys[0]);
    assert_true(lex_curve_has_key(&found, keys[1]));
    assert_false(lex_curve_has_key(&found, secret));
    file = fopen(path, "a");
    for (int i = 0; i < LEX_CURVE_SERVER_KEYS_MAX; i++) {
        zmq_curve_keypair(keys[0], secret);
        fprintf(file, "    public-key = \"%s\"\n", keys[0]);
    }
    fclose(file);
    assert_int_equal(lex_curve_read_keys(path, &found), -1); /* too many */
}

static void test_plaintext(void **state)
{
    files_t *self = *state;
    lex_curve_t *server = lex_curve_new_server(self->server);
    assert_false(s_talk(NULL, server)); /* an encrypted socket takes no plaintext */
    lex_curve_destroy(&server);
}

static void test_public_key_of_a_file(void **state)
{
    files_t *self = *state;
    char key[LEX_CURVE_KEY_SIZE], again[LEX_CURVE_KEY_SIZE];
    assert_int_equal(lex_curve_read_public(self->server_public, key), 0);
    assert_int_equal(lex_curve_read_public(self->server, again), 0);
    assert_string_equal(key, again);
    assert_int_equal(lex_curve_read_public("/nonexistent", key), -1);
}

static void test_secret_that_others_may_read(void **state)
{
    files_t *self = *state;
    unsetenv("LEXMQ_SECRET_ANY_MODE");
    chmod(self->own, 0644);
    assert_null(lex_curve_new(self->own, self->server_public));
    chmod(self->own, 0600);
    lex_curve_t *curve = lex_curve_new(self->own, self->server_public);
    assert_non_null(curve);
    lex_curve_destroy(&curve);
}

static void test_files_that_cannot_be_used(void **state)
{
    files_t *self = *state;
    char path[128];
    assert_null(lex_curve_new("/nonexistent", self->server_public));
    assert_null(lex_curve_new(self->own, "/nonexistent"));
    assert_null(lex_curve_new(NULL, "not a key of forty characters and no file"));
    assert_null(lex_curve_new_server("/nonexistent"));

    chmod(self->server_public, 0600);
    assert_null(lex_curve_new_server(self->server_public)); /* has no secret half */

    zcert_t *own = zcert_load(self->own);
    zcert_t *server = zcert_load(self->server);
    zcert_t *mixed = zcert_new_from(zcert_public_key(own), zcert_secret_key(server));
    s_path(self, path, "mixed.cert_secret");
    zcert_save_secret(mixed, path);
    assert_null(lex_curve_new_server(path)); /* halves of two pairs */
    zcert_destroy(&own);
    zcert_destroy(&server);
    zcert_destroy(&mixed);

    s_path(self, path, "noise");
    FILE *file = fopen(path, "w");
    fputs("curve\n    public-key = \"short\"\n", file);
    fclose(file);
    assert_null(lex_curve_new(NULL, path));
}

int main(void)
{
    zsys_handler_set(NULL);
    lex_random_setup();
#define s_test(name) cmocka_unit_test_setup_teardown(name, s_set_up, s_tear_down)
    const struct CMUnitTest tests[] = {
        s_test(test_round_trip),
        s_test(test_several_servers),
        s_test(test_keys_of_a_file),
        s_test(test_plaintext),
        s_test(test_public_key_of_a_file),
        s_test(test_secret_that_others_may_read),
        s_test(test_files_that_cannot_be_used),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    zsys_shutdown();
    return failed;
}
