/* The service in a real worker, with a gateway in the hands of the test, and two small dictionaries. */

#ifndef LOOKUP_TESTS_SERVICE_FIXTURE_H
#define LOOKUP_TESTS_SERVICE_FIXTURE_H

#include <czmq.h>

#include "fixture.h"

#include <pthread.h>
#include <sodium.h>

#include "common/log.h"
#include "common/random.h"
#include "lookup-svc/catalogue.h"
#include "lookup-svc/service.h"
#include "tests/unit/common/fake_gateway.h"

#define HEARTBEAT_MS 1000
#define WAIT_MS      100 /* record-wait */
#define LARGE        (3u << 20)

typedef struct {
    char *folder; /* its address stands in for the state that fixture.h takes */
    fake_gateway_t *gateway;
    lex_verifier_t *verifier;
    lex_worker_t *worker;
    recorder_t *recorder;
    catalogue_t *catalogue;
    service_t service;
    pthread_t thread;
    unsigned char token[LEX_TOKEN_MAX];
    size_t token_size;
    lex_writer_t request;
    uint64_t address;
} service_fixture_t;

static const unsigned char SERVICE_ID[LEX_ID_SIZE] = "sixteen bytes id";

static inline void service_make_token(service_fixture_t *self)
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    char public_hex[sizeof public * 2 + 1], secret_hex[sizeof secret * 2 + 1];
    crypto_sign_keypair(public, secret);
    sodium_bin2hex(public_hex, sizeof public_hex, public, sizeof public);
    sodium_bin2hex(secret_hex, sizeof secret_hex, secret, sizeof secret);
    char *public_path = lex_format("%s/public", self->folder);
    char *secret_path = lex_format("%s/secret", self->folder);
    fixture_write(public_path, public_hex, strlen(public_hex));
    fixture_write(secret_path, secret_hex, strlen(secret_hex));
    chmod(secret_path, 0600);
    lex_signer_t *signer = lex_signer_new(secret_path);
    self->verifier = lex_verifier_new(public_path);
    assert_non_null(signer);
    assert_non_null(self->verifier);
    lex_claims_t claims = {
        .user = 7, .issued = lex_utc_ms(), .expires = lex_utc_ms() + 3600000, .name = "Ann"};
    self->token_size = lex_signer_sign(signer, &claims, self->token);
    lex_signer_destroy(&signer);
    free(public_path);
    free(secret_path);
}

static inline void *service_run(void *arg)
{
    lex_worker_run(((service_fixture_t *)arg)->worker);
    return NULL;
}

static inline int service_setup(void **state)
{
    service_fixture_t *self = lex_calloc(1, sizeof *self);
    lex_random_setup();
    fixture_setup((void **)&self->folder);
    service_make_token(self);
    self->gateway = fake_gateway_new();
    lex_worker_options_t options = {.gateways = self->gateway->endpoint,
                                    .insecure = true,
                                    .heartbeat_ms = HEARTBEAT_MS,
                                    .drain_ms = 5000,
                                    .threads = 2};
    self->worker = lex_worker_new(&options);
    recorder_options_t recorder = {.wait_ms = WAIT_MS, .journal_dir = self->folder};
    self->recorder = recorder_new(self->worker, &recorder);
    self->catalogue = catalogue_new();
    self->service = (service_t){self->catalogue, self->recorder};
    lex_worker_set_verifier(self->worker, self->verifier);
    lex_worker_serve(self->worker, service_table(), &self->service);
    lex_writer_init(&self->request);
    assert_int_equal(pthread_create(&self->thread, NULL, service_run, self), 0);
    fake_gateway_ready(self->gateway, "lookup", 256, 64);
    *state = self;
    return 0;
}

static inline int service_teardown(void **state)
{
    service_fixture_t *self = *state;
    lex_worker_stop(self->worker);
    zmsg_t *drain = fake_gateway_expect(self->gateway, MDP_WORKER, MDPW_DRAIN, NULL);
    zmsg_destroy(&drain);
    fake_gateway_command(self->gateway, MDPW_DISCONNECT);
    pthread_join(self->thread, NULL);
    recorder_destroy(&self->recorder);
    lex_worker_destroy(&self->worker);
    catalogue_destroy(&self->catalogue);
    lex_verifier_destroy(&self->verifier);
    fake_gateway_destroy(&self->gateway);
    lex_writer_close(&self->request);
    fixture_teardown((void **)&self->folder);
    free(self);
    return 0;
}

/* ---- dictionaries ---- */

static inline void service_publish(service_fixture_t *self)
{
    char *large = lex_malloc(LARGE + 1);
    memset(large, 'x', LARGE);
    large[LARGE] = '\0';
    const fixture_entry_t english[] = {{"Apple", "fruit"},
                                       {"apple", "tree"},
                                       {"café", "house"},
                                       {"large", large},
                                       {"apply", "to put"}};
    const fixture_entry_t french[] = {{"apple", "pomme"}, {"été", "saison"}};
    dictionary_t a = {
        .id = 1, .version = 3, .entries = 5, .name = (char *)"en", .title = (char *)"English"};
    dictionary_t b = {
        .id = 2, .version = 4, .entries = 2, .name = (char *)"fr", .title = (char *)"Français"};
    snapshot_t *snapshot = snapshot_new();
    a.index = fixture_index((void **)&self->folder, "en", english, 5);
    b.index = fixture_index((void **)&self->folder, "fr", french, 2);
    snapshot_add(snapshot, &a);
    snapshot_add(snapshot, &b);
    index_destroy(&a.index);
    index_destroy(&b.index);
    catalogue_publish(self->catalogue, &snapshot);
    free(large);
}

/* ---- requests ---- */

static inline lex_writer_t *service_begin(service_fixture_t *self, const char *op, size_t arguments)
{
    lex_write_request(&self->request, SERVICE_ID, op, self->token, self->token_size, arguments);
    return &self->request;
}

static inline void service_send(service_fixture_t *self)
{
    fake_gateway_request(self->gateway, ++self->address, &self->request);
}

/* Sends what was written and returns the reply; its data is destroyed by the caller. */
static inline fake_reply_t service_ask(service_fixture_t *self, lex_code_t code)
{
    service_send(self);
    return fake_gateway_reply(self->gateway, self->address, MDPW_FINAL, code);
}

static inline void service_expect_code(service_fixture_t *self, lex_code_t code)
{
    fake_reply_t reply = service_ask(self, code);
    zframe_destroy(&reply.data);
}

#define SERVICE_TEST(name) cmocka_unit_test_setup_teardown(name, service_setup, service_teardown)

#endif
