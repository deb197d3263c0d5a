/* Making a handle: gateways, keys, encryption. */

#include <lexmq.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/unit/client/fake_gateway.h"

static bool s_takes(const char *gateways)
{
    const lexmq_options_t options = {.gateways = gateways, .insecure = true};
    char why[256] = "";
    lexmq_t *lexmq = lexmq_new(&options, why, sizeof why);
    bool good = lexmq != NULL;

    assert_true(good == (why[0] == '\0'));
    lexmq_destroy(&lexmq);
    return good;
}

static void test_gateways(void **state)
{
    (void)state;
    assert_true(s_takes("tcp://127.0.0.1:5555"));
    assert_true(s_takes("localhost:5555"));
    assert_true(s_takes("a:1, b:2 ,tcp://c:65535,ipc:///run/lexmq"));
    assert_true(s_takes("tcp://[::1]:5555"));
    assert_false(s_takes(NULL));
    assert_false(s_takes(""));
    assert_false(s_takes(" , "));
    assert_false(s_takes("host"));
    assert_false(s_takes(":5555"));
    assert_false(s_takes("host:0"));
    assert_false(s_takes("host:65536"));
    assert_false(s_takes("host:5555x"));
    assert_false(s_takes("udp://host:5555"));
    assert_false(s_takes("ipc://"));
    assert_false(s_takes("a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1"));
}

static lexmq_t *s_with_key(const char *gateways, const char *key)
{
    const lexmq_options_t options = {.gateways = gateways, .server_key = key, .timeout_ms = 1500};

    return lexmq_new(&options, NULL, 0);
}

static void s_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Any 40 characters of Z85 will do, a hash sign among them. */
#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]y#7"

static void test_keys(void **state)
{
    static const char *const good[] = {
        "metadata\n    services = \"x\"\ncurve\n    public-key = \"" KEY "\"\n",
        "#   ****  Generated  ****\ncurve\n    public-key=\"" KEY
        "\" # ours\n    secret-key = \"x\"\n",
        "public-key = '" KEY "'",
    };
    static const char *const bad[] = {"", "curve\n", "curve\n    public-key = \"short\"\n",
                                      "curve\n    public-key\n", "#public-key = \"" KEY "\"\n"};
    char path[] = "/tmp/lexmq-key-XXXXXX";
    (void)state;

    assert_null(s_with_key("a:1", NULL));
    assert_null(s_with_key("a:1", "/nonexistent"));
    lexmq_t *lexmq = s_with_key("a:1", KEY);
    assert_non_null(lexmq);
    lexmq_destroy(&lexmq);
    close(mkstemp(path));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        s_write(path, good[i]);
        lexmq = s_with_key("a:1", path);
        assert_non_null(lexmq);
        lexmq_destroy(&lexmq);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        s_write(path, bad[i]);
        assert_null(s_with_key("a:1", path));
    }
    unlink(path);
}

static void s_ok(fake_gateway_t *gateway, const lex_body_t *request, int nth)
{
    (void)request;
    (void)nth;
    fake_ok(gateway);
}

static void test_encryption(void **state)
{
    char public_key[41], secret_key[41], other_key[41], other_secret[41];
    fake_gateway_t gateway;
    (void)state;

    assert_int_equal(zmq_curve_keypair(public_key, secret_key), 0);
    assert_int_equal(zmq_curve_keypair(other_key, other_secret), 0);
    fake_gateway_start_with_key(&gateway, s_ok, secret_key);
    lexmq_t *lexmq = s_with_key(gateway.endpoint, public_key);
    lexmq_set_token(lexmq, "token", 5);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
    lexmq_destroy(&lexmq);

    lexmq = s_with_key(gateway.endpoint, other_key);
    lexmq_set_token(lexmq, "token", 5);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNREACHABLE);
    lexmq_destroy(&lexmq);

    const lexmq_options_t plain = {
        .gateways = gateway.endpoint, .insecure = true, .timeout_ms = 1500};
    lexmq = lexmq_new(&plain, NULL, 0);
    lexmq_set_token(lexmq, "token", 5);
    assert_int_equal(lexmq_logout(lexmq), LEXMQ_UNREACHABLE);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 1);
}

/* Several keys: the connection is made with the one that the gateway has, and the next call begins with it. */
static void test_several_keys(void **state)
{
    char public_key[41], secret_key[41], other_key[41], other_secret[41], text[512];
    char path[] = "/tmp/lexmq-path-of-forty-letters--XXXXXX"; /* which could be a key */
    fake_gateway_t gateway;
    (void)state;

    assert_int_equal(strlen(path), 40);
    zmq_curve_keypair(public_key, secret_key);
    zmq_curve_keypair(other_key, other_secret);
    fake_gateway_start_with_key(&gateway, s_ok, secret_key);
    snprintf(text, sizeof text, "curve\n    public-key = \"%s\"\n    public-key = \"%s\"\n",
             other_key, public_key);
    close(mkstemp(path));
    s_write(path, text);
    snprintf(text, sizeof text, " %s , %s", other_key, public_key);
    const char *const lists[] = {text, path};
    for (size_t i = 0; i < 2; i++) {
        lexmq_t *lexmq = s_with_key(gateway.endpoint, lists[i]);
        assert_non_null(lexmq);
        for (int call = 0; call < 2; call++) {
            int64_t start = lex_monotonic_ms();
            lexmq_set_token(lexmq, "token", 5);
            assert_int_equal(lexmq_logout(lexmq), LEXMQ_OK);
            assert_string_equal(lexmq_gateway(lexmq), gateway.endpoint);
            assert_true(call == 0 || lex_monotonic_ms() - start < 200);
        }
        lexmq_destroy(&lexmq);
    }
    fake_gateway_stop(&gateway);
    assert_int_equal(gateway.requests, 4);
    assert_null(s_with_key("a:1", " , "));
    assert_null(s_with_key("a:1", KEY ",/nonexistent"));
    snprintf(text, sizeof text, "%s,%s,%s", path, KEY, "=q:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]y#7");
    lexmq_t *four = s_with_key("a:1", text);
    assert_non_null(four);
    lexmq_destroy(&four);
    strcat(text, ",-q:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]y#7");
    assert_null(s_with_key("a:1", text));
    unlink(path);
}

static void test_token(void **state)
{
    unsigned char token[LEXMQ_TOKEN_MAX + 1] = {1, 2, 3};
    const lexmq_options_t options = {.gateways = "a:1", .insecure = true};
    lexmq_t *lexmq = lexmq_new(&options, NULL, 0);
    size_t size;
    (void)state;

    assert_null(lexmq_token(lexmq, &size));
    assert_int_equal(size, 0);
    assert_true(lexmq_set_token(lexmq, token, LEXMQ_TOKEN_MAX));
    assert_false(lexmq_set_token(lexmq, token, LEXMQ_TOKEN_MAX + 1));
    assert_memory_equal(lexmq_token(lexmq, &size), token, LEXMQ_TOKEN_MAX);
    assert_int_equal(size, LEXMQ_TOKEN_MAX);
    assert_true(lexmq_set_token(lexmq, NULL, 0));
    assert_null(lexmq_token(lexmq, NULL));
    lexmq_destroy(&lexmq);
}

/* What can be told without asking the server; no gateway is there. */
static void test_arguments(void **state)
{
    const lexmq_options_t options = {
        .gateways = "127.0.0.1:1", .insecure = true, .timeout_ms = 60000};
    lexmq_t *lexmq = lexmq_new(&options, NULL, 0);
    char long_word[LEXMQ_WORD_MAX + 2], long_password[600];
    const char *words[LEXMQ_WORDS_MAX + 1];
    const lexmq_field_t twice[] = {{"email", "a"}, {"email", "b"}};
    lexmq_definitions_t *found;
    lexmq_records_t *records;
    (void)state;

    lexmq_set_token(lexmq, "token", 5);
    memset(long_word, 'a', sizeof long_word);
    long_word[sizeof long_word - 1] = '\0';
    memset(long_password, 'a', sizeof long_password);
    long_password[sizeof long_password - 1] = '\0';
    for (size_t i = 0; i <= LEXMQ_WORDS_MAX; i++)
        words[i] = "word";
    assert_int_equal(lexmq_define(lexmq, words, 0, NULL, &found), LEXMQ_BAD_REQUEST);
    assert_int_equal(lexmq_define(lexmq, words, LEXMQ_WORDS_MAX + 1, NULL, &found),
                     LEXMQ_BAD_REQUEST);
    words[0] = long_word;
    assert_int_equal(lexmq_define(lexmq, words, 1, NULL, &found), LEXMQ_BAD_REQUEST);
    words[0] = "";
    assert_int_equal(lexmq_define(lexmq, words, 1, NULL, &found), LEXMQ_BAD_REQUEST);
    words[0] = "caf\xE9";
    assert_int_equal(lexmq_define(lexmq, words, 1, NULL, &found), LEXMQ_BAD_REQUEST);
    assert_null(found);
    assert_int_equal(lexmq_login(lexmq, "caf\xE9", "password", NULL), LEXMQ_BAD_REQUEST);
    assert_int_equal(lexmq_login(lexmq, "alice", long_password, NULL), LEXMQ_BAD_REQUEST);
    assert_int_equal(lexmq_register(lexmq, "alice", "password", twice, 2, NULL), LEXMQ_BAD_REQUEST);
    assert_int_equal(lexmq_history_recent(lexmq, 0, &records), LEXMQ_BAD_REQUEST);
    assert_int_equal(lexmq_history_recent(lexmq, LEXMQ_RECORDS_MAX + 1, &records),
                     LEXMQ_BAD_REQUEST);
    lexmq_destroy(&lexmq);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gateways),   cmocka_unit_test(test_keys),
        cmocka_unit_test(test_encryption), cmocka_unit_test(test_token),
        cmocka_unit_test(test_arguments),  cmocka_unit_test(test_several_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
