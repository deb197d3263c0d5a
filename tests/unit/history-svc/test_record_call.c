/* The body of history.record (docs/protocol.md section 7): what is taken, what is refused, what is malformed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/random.h"
#include "common/token.h"
#include "common/writer.h"
#include "history-svc/record_call.h"

static const unsigned char s_id[LEX_ID_SIZE] = "a look-up's id..";

typedef struct {
    lex_signer_t *signer;
    lex_verifier_t *verifier;
    lex_body_t *body;
    lex_writer_t writer;
    unsigned char token[LEX_TOKEN_MAX];
    size_t token_size;
    int64_t expires;
    uint64_t now; /* the caller's clock; 0: not told */
} fixture_t;

static void s_key_write(const char *path, const unsigned char *key, size_t size)
{
    char hex[2 * crypto_sign_SECRETKEYBYTES + 1];
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    fprintf(file, "%s\n", sodium_bin2hex(hex, sizeof hex, key, size));
    fclose(file);
}

static int s_setup(void **state)
{
    fixture_t *self = calloc(1, sizeof *self);
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    char folder[] = "/tmp/lexmq-record-XXXXXX", secret[64], public[64];
    lex_random_setup();
    assert_non_null(mkdtemp(folder));
    snprintf(secret, sizeof secret, "%s/token.secret", folder);
    snprintf(public, sizeof public, "%s/token.public", folder);
    crypto_sign_keypair(public_key, secret_key);
    s_key_write(secret, secret_key, sizeof secret_key);
    s_key_write(public, public_key, sizeof public_key);
    self->signer = lex_signer_new(secret);
    self->verifier = lex_verifier_new(public);
    unlink(secret);
    unlink(public);
    rmdir(folder);
    assert_true(self->signer && self->verifier);
    self->body = lex_body_new();
    lex_writer_init(&self->writer);
    self->expires = lex_utc_ms() - 1000; /* late records are the point: it has expired */
    lex_claims_t claims = {.user = 42, .issued = 1, .expires = self->expires, .name = "ada"};
    self->token_size = lex_signer_sign(self->signer, &claims, self->token);
    *state = self;
    return 0;
}

static int s_teardown(void **state)
{
    fixture_t *self = *state;
    lex_signer_destroy(&self->signer);
    lex_verifier_destroy(&self->verifier);
    lex_body_destroy(&self->body);
    lex_writer_close(&self->writer);
    free(self);
    return 0;
}

/* Starts a body whose first token is genuine and whose second is not; `records` records must follow. */
static void s_begin(fixture_t *self, size_t records)
{
    lex_write_request(&self->writer, s_id, "record", NULL, 0, self->now ? 3 : 2);
    if (self->now)
        lex_put_uint(&self->writer, "now", self->now);
    lex_write_text(&self->writer, "toks");
    lex_write_array(&self->writer, 2);
    lex_write_bin(&self->writer, self->token, self->token_size);
    self->token[60] ^= 1;
    lex_write_bin(&self->writer, self->token, self->token_size);
    self->token[60] ^= 1;
    lex_write_text(&self->writer, "records");
    lex_write_array(&self->writer, records);
}

static void s_record(fixture_t *self, uint64_t token, uint64_t time, size_t words, const char *word)
{
    lex_write_array(&self->writer, 4);
    lex_write_uint(&self->writer, token);
    lex_write_bin(&self->writer, s_id, sizeof s_id);
    lex_write_uint(&self->writer, time);
    lex_write_array(&self->writer, words * 2);
    for (size_t i = 0; i < words; i++) {
        lex_write_text(&self->writer, word);
        lex_write_bool(&self->writer, i % 2);
    }
}

static record_call_t *s_parse(fixture_t *self)
{
    const char *why = NULL;
    assert_int_equal(lex_body_parse(self->body, self->writer.buffer.data, self->writer.buffer.size),
                     0);
    record_call_t *call = record_call_new(self->body, self->verifier, &why);
    assert_true((call == NULL) == (why != NULL));
    return call;
}

static void s_assert_malformed(fixture_t *self)
{
    assert_null(s_parse(self));
}

static void test_records_are_read(void **state)
{
    fixture_t *self = *state;
    s_begin(self, 2);
    s_record(self, 0, 77, 3, "dog");
    s_record(self, 0, 78, 1, "Füße");
    record_call_t *call = s_parse(self);
    assert_non_null(call);
    assert_int_equal(call->commit.count, 2);
    assert_int_equal(call->commit.rows, 4);
    const commit_record_t *record = &call->records[0];
    assert_int_equal(record->user, 42);
    assert_int_equal(record->time, 77);
    assert_memory_equal(record->id, s_id, sizeof s_id);
    assert_int_equal(record->count, 3);
    assert_int_equal(record->words[1].size, 3);
    assert_memory_equal(record->words[1].text, "dog", 3);
    assert_false(record->words[0].found);
    assert_true(record->words[1].found);
    assert_false(record->refused);
    assert_memory_equal(call->records[1].words[0].text, "Füße", 6);
    record_call_destroy(&call);
}

/* A call takes a while; a clock that is an hour wrong says nothing about what came before what. */
static void test_a_wrong_clock_dates_nothing(void **state)
{
    static const struct {
        int64_t behind;
        bool is_dated;
    } cases[] = {{0, true}, {5000, true}, {3600000, false}, {-3600000, false}};
    fixture_t *self = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        self->now = (uint64_t)(lex_utc_ms() - cases[i].behind);
        self->writer.buffer.size = 0;
        s_begin(self, 1);
        s_record(self, 0, 77, 1, "dog");
        record_call_t *call = s_parse(self);
        assert_non_null(call);
        assert_int_equal(call->records[0].is_dated, cases[i].is_dated);
        record_call_destroy(&call);
    }
}

static void test_an_empty_call_is_a_call(void **state)
{
    fixture_t *self = *state;
    s_begin(self, 0);
    record_call_t *call = s_parse(self);
    assert_non_null(call);
    assert_int_equal(call->commit.count, 0);
    record_call_destroy(&call);
}

static void test_what_is_refused_for_good(void **state)
{
    fixture_t *self = *state;
    uint64_t last = (uint64_t)self->expires + 5 * 60 * 1000;
    s_begin(self, 4);
    s_record(self, 0, last, 1, "dog");
    s_record(self, 0, last + 1, 1, "dog"); /* too long after the token's end */
    s_record(self, 1, 5, 1, "dog");        /* a token that is not genuine */
    s_record(self, 0, 5, 1, "dog");
    record_call_t *call = s_parse(self);
    assert_non_null(call);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(call->records[i].refused, i == 1 || i == 2);
    record_call_destroy(&call);
}

static void test_a_revoked_token_is_no_reason(void **state)
{
    fixture_t *self = *state;
    lex_verifier_revoke_user(self->verifier, 42, lex_utc_ms(), lex_utc_ms() + 60000);
    s_begin(self, 1);
    s_record(self, 0, 5, 1, "dog");
    record_call_t *call = s_parse(self);
    assert_non_null(call);
    assert_false(call->records[0].refused);
    record_call_destroy(&call);
}

static void test_malformed_records(void **state)
{
    fixture_t *self = *state;
    char endless[257];
    memset(endless, 'x', 256);
    endless[256] = 0;
    s_begin(self, 1);
    s_record(self, 2, 5, 1, "dog"); /* no such token */
    s_assert_malformed(self);
    s_begin(self, 1);
    s_record(self, 0, UINT64_MAX, 1, "dog");
    s_assert_malformed(self);
    s_begin(self, 1);
    s_record(self, 0, 5, 0, "dog");
    s_assert_malformed(self);
    s_begin(self, 1);
    s_record(self, 0, 5, 1, "");
    s_assert_malformed(self);
    s_begin(self, 1);
    s_record(self, 0, 5, 1, endless);
    s_assert_malformed(self);
    s_begin(self, 1);
    lex_write_text(&self->writer, "not a record");
    s_assert_malformed(self);
}

static void test_the_number_of_words_is_bounded(void **state)
{
    fixture_t *self = *state;
    s_begin(self, 2);
    s_record(self, 0, 5, 1000, "dog");
    s_record(self, 0, 5, 1000, "dog");
    record_call_t *call = s_parse(self);
    assert_non_null(call);
    assert_int_equal(call->commit.rows, RECORD_CALL_WORDS_MAX);
    record_call_destroy(&call);
    s_begin(self, 3);
    s_record(self, 0, 5, 1000, "dog");
    s_record(self, 0, 5, 1000, "dog");
    s_record(self, 0, 5, 1, "dog");
    s_assert_malformed(self);
}

static void test_malformed_bodies(void **state)
{
    fixture_t *self = *state;
    lex_write_request(&self->writer, s_id, "record", NULL, 0, 0);
    s_assert_malformed(self);
    lex_write_request(&self->writer, s_id, "record", NULL, 0, 2);
    lex_put_text(&self->writer, "toks", "none");
    lex_put_text(&self->writer, "records", "none");
    s_assert_malformed(self);
    lex_write_request(&self->writer, s_id, "record", NULL, 0, 2);
    lex_write_text(&self->writer, "toks");
    lex_write_array(&self->writer, 1);
    lex_write_uint(&self->writer, 7);
    lex_write_text(&self->writer, "records");
    lex_write_array(&self->writer, 0);
    s_assert_malformed(self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_records_are_read),
        TEST(test_a_wrong_clock_dates_nothing),
        TEST(test_an_empty_call_is_a_call),
        TEST(test_what_is_refused_for_good),
        TEST(test_a_revoked_token_is_no_reason),
        TEST(test_malformed_records),
        TEST(test_the_number_of_words_is_bounded),
        TEST(test_malformed_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
