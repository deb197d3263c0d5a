/* docs/protocol.md section 3, the worker's half: requests that no handler sees. */

#include "tests/unit/common/worker_fixture.h"

#include <sodium.h>

/* ---- what is refused ---- */

static void s_refused(worker_fixture_t *self, const void *body, size_t size, bool has_id,
                      lex_code_t code, const char *word)
{
    zmsg_t *msg = zmsg_new();
    uint64_t address = 77;
    zmsg_addmem(msg, &address, sizeof(address));
    zmsg_addmem(msg, "", 0);
    zmsg_addmem(msg, body, size);
    fake_gateway_say(self->gateway, self->gateway->peer, MDP_WORKER, MDPW_REQUEST, msg);
    fake_reply_t reply = fake_gateway_reply(self->gateway, 77, MDPW_FINAL, code);
    const unsigned char *id = lex_body_id(reply.body);
    assert_int_equal(id != NULL, has_id);
    if (id) {
        assert_memory_equal(id, TEST_ID, LEX_ID_SIZE);
    }
    const char *message;
    size_t message_size;
    lex_body_outcome(reply.body, &message, &message_size, NULL);
    if (word) {
        assert_non_null(memmem(message, message_size, word, strlen(word)));
    }
    zframe_destroy(&reply.data);
}

/* v (0: none), id, op, as asked for. */
static void s_refused_map(worker_fixture_t *self, unsigned v, bool has_id, const char *op,
                          lex_code_t code, const char *word)
{
    lex_writer_clear(&self->request);
    lex_write_map(&self->request, (v > 0) + has_id + (op != NULL));
    if (v > 0) {
        lex_put_uint(&self->request, "v", v);
    }
    if (has_id) {
        lex_put_bin(&self->request, "id", TEST_ID, LEX_ID_SIZE);
    }
    if (op) {
        lex_put_text(&self->request, "op", op);
    }
    s_refused(self, self->request.buffer.data, self->request.buffer.size, has_id, code, word);
}

static void test_bad_bodies(void **state)
{
    worker_fixture_t *self = *state;
    s_refused(self, "", 0, false, LEX_BAD_REQUEST, NULL);
    s_refused(self, "\xc1", 1, false, LEX_BAD_REQUEST, NULL);
    s_refused(self, "hello", 5, false, LEX_BAD_REQUEST, NULL);
    s_refused_map(self, 0, true, "echo", LEX_BAD_REQUEST, "v must be 1");
    s_refused_map(self, 2, true, "echo", LEX_BAD_REQUEST, "v must be 1");
    s_refused_map(self, 1, false, "echo", LEX_BAD_REQUEST, "id");
    s_refused_map(self, 1, true, NULL, LEX_BAD_REQUEST, "op is missing");
    s_refused_map(self, 1, true, "ech", LEX_BAD_REQUEST, "ech");
    s_refused_map(self, 1, true, "echoes", LEX_BAD_REQUEST, "echoes");
    s_refused_map(self, 1, true, "", LEX_BAD_REQUEST, "unknown op");
    s_refused_map(self, 1, true, "whoami", LEX_UNAUTHORIZED, "tok");
    /* A name cut in the middle of a character is still a reply that can be read. */
    char name[101];
    memset(name, 'a', sizeof(name));
    for (unsigned i = 63; i < 99; i += 2) {
        memcpy(name + i, "é", 2);
    }
    name[99] = '\0';
    s_refused_map(self, 1, true, name, LEX_BAD_REQUEST, "unknown op");
    /* A body that breaks off after its id. */
    make_request(&self->request, "echo", "word");
    s_refused(self, self->request.buffer.data, self->request.buffer.size - 2, true, LEX_BAD_REQUEST,
              NULL);
    /* An op with a NUL in it is no op of ours. */
    lex_writer_clear(&self->request);
    lex_write_map(&self->request, 3);
    lex_put_uint(&self->request, "v", 1);
    lex_put_bin(&self->request, "id", TEST_ID, LEX_ID_SIZE);
    lex_put_str(&self->request, "op", "echo\0echo", 9);
    s_refused(self, self->request.buffer.data, self->request.buffer.size, true, LEX_BAD_REQUEST,
              "unknown op");
}

static void test_several_body_frames(void **state)
{
    worker_fixture_t *self = *state;
    make_request(&self->request, "echo", "word");
    for (unsigned extra = 1; extra <= 16; extra++) {
        zmsg_t *msg = zmsg_new();
        uint64_t address = extra;
        zmsg_addmem(msg, &address, sizeof(address));
        zmsg_addmem(msg, "", 0);
        zmsg_addmem(msg, self->request.buffer.data, self->request.buffer.size);
        for (unsigned i = 0; i < extra; i++) {
            zmsg_addmem(msg, "more", 4);
        }
        fake_gateway_say(self->gateway, self->gateway->peer, MDP_WORKER, MDPW_REQUEST, msg);
    }
    /* 16 frames are a request that is not for us, 17 are no request. */
    for (unsigned extra = 1; extra <= 15; extra++) {
        fake_reply_t reply = fake_gateway_reply(self->gateway, extra, MDPW_FINAL, LEX_BAD_REQUEST);
        assert_memory_equal(lex_body_id(reply.body), TEST_ID, LEX_ID_SIZE);
        zframe_destroy(&reply.data);
    }
    fake_gateway_request(self->gateway, 99, &self->request);
    fake_gateway_final(self->gateway, 99, LEX_OK);
}

static void test_credit_is_a_bound(void **state)
{
    worker_fixture_t *self = *state;
    make_request(&self->request, "hold", "");
    for (uint64_t i = 0; i < 60; i++) {
        fake_gateway_request(self->gateway, i, &self->request);
    }
    /* Credit 20 and the slack are held, the rest is turned away. */
    for (uint64_t i = 36; i < 60; i++) {
        fake_gateway_final(self->gateway, i, LEX_BUSY);
    }
    make_request(&self->request, "free", "");
    fake_gateway_request(self->gateway, 100, &self->request);
    fake_gateway_final(self->gateway, 100, LEX_BUSY);
}

static void test_frames_that_are_no_commands(void **state)
{
    worker_fixture_t *self = *state;
    zframe_t *peer = self->gateway->peer;
    fake_gateway_say(self->gateway, peer, "NONSNS", MDPW_REQUEST, NULL);
    fake_gateway_say(self->gateway, peer, MDP_CLIENT, MDPC_FINAL, NULL);
    fake_gateway_say(self->gateway, peer, MDP_WORKER, 99, NULL);
    fake_gateway_say(self->gateway, peer, MDP_WORKER, MDPW_READY, NULL);
    fake_gateway_say(self->gateway, peer, MDP_WORKER, MDPW_REQUEST, NULL);
    fake_gateway_say(self->gateway, peer, MDP_WORKER, MDPW_BATCH, NULL);
    zmsg_t *single = zmsg_new();
    zframe_t *routing = zframe_dup(peer);
    zmsg_append(single, &routing);
    zmsg_addstr(single, "x");
    assert_int_equal(zmsg_send(&single, self->gateway->router), 0);
    make_request(&self->request, "echo", "still here");
    fake_gateway_request(self->gateway, 3, &self->request);
    fake_gateway_final(self->gateway, 3, LEX_OK);
}

/* ---- tokens ---- */

static void s_write_hex(const char *path, const unsigned char *key, size_t size)
{
    char hex[2 * crypto_sign_SECRETKEYBYTES + 1];
    sodium_bin2hex(hex, sizeof(hex), key, size);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", hex);
    fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
}

static void s_ask_whoami(worker_fixture_t *self, const unsigned char *token, size_t size)
{
    lex_write_request(&self->request, TEST_ID, "whoami", token, size, 0);
    fake_gateway_request(self->gateway, 1, &self->request);
}

static void test_tokens(void **state)
{
    lex_random_setup();
    char folder[] = "/tmp/lexmq-worker-XXXXXX", secret[64], public[64];
    assert_non_null(mkdtemp(folder));
    snprintf(secret, sizeof(secret), "%s/secret", folder);
    snprintf(public, sizeof(public), "%s/public", folder);
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    crypto_sign_keypair(public_key, secret_key);
    s_write_hex(secret, secret_key, sizeof(secret_key));
    s_write_hex(public, public_key, sizeof(public_key));
    lex_signer_t *signer = lex_signer_new(secret);
    lex_verifier_t *verifier = lex_verifier_new(public);
    assert_true(signer && verifier);

    worker_fixture_t *self = calloc(1, sizeof(*self));
    *state = self;
    lex_writer_init(&self->request);
    self->gateway = fake_gateway_new();
    self->worker = worker_thread_new(self->gateway->endpoint, FIXTURE_HEARTBEAT_MS, 0);
    worker_thread_serve(self->worker, "words", 10, 0);
    lex_worker_set_verifier(self->worker->worker, verifier);
    worker_thread_start(self->worker);
    fake_gateway_ready(self->gateway, "words", 10, 0);

    lex_claims_t claims = {
        .user = 5, .issued = lex_utc_ms() - 1000, .expires = lex_utc_ms() + 60000, .name = "ada"};
    unsigned char token[LEX_TOKEN_MAX];
    size_t size = lex_signer_sign(signer, &claims, token);
    s_ask_whoami(self, token, size);
    fake_reply_t reply = fake_gateway_reply(self->gateway, 1, MDPW_FINAL, LEX_OK);
    fake_reply_has(&reply, "name", "ada");
    uint64_t seen = 0;
    assert_true(lex_body_uint(reply.body, "size", &seen));
    assert_int_equal(seen, size);
    zframe_destroy(&reply.data);

    token[size - 1] ^= 1;
    s_ask_whoami(self, token, size);
    fake_gateway_final(self->gateway, 1, LEX_UNAUTHORIZED);
    claims.expires = lex_utc_ms() - 1;
    size = lex_signer_sign(signer, &claims, token);
    s_ask_whoami(self, token, size);
    fake_gateway_final(self->gateway, 1, LEX_UNAUTHORIZED);

    worker_fixture_close(state);
    lex_signer_destroy(&signer);
    lex_verifier_destroy(&verifier);
    unlink(secret);
    unlink(public);
    rmdir(folder);
}

#define PACKING(test)                                                                              \
    cmocka_unit_test_setup_teardown(test, worker_fixture_packing, worker_fixture_close)
#define PLAIN(test)                                                                                \
    cmocka_unit_test_setup_teardown(test, worker_fixture_plain, worker_fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PACKING(test_bad_bodies),      PACKING(test_several_body_frames),
        PLAIN(test_credit_is_a_bound), PACKING(test_frames_that_are_no_commands),
        cmocka_unit_test(test_tokens),
    };
    alarm(120);
    zsys_handler_set(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
