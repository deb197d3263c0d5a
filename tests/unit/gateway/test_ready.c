/* READY options (docs/protocol.md section 2.3). */

#include "tests/unit/gateway/unit.h"

#include "gateway/ready.h"

static bool s_read(const char *bytes, size_t size, ready_options_t *options)
{
    lex_body_t *reader = lex_body_new();
    bool is_good = ready_options(reader, bytes, size, options);
    lex_body_destroy(&reader);
    return is_good;
}

#define s_accept(bytes, credit_is, batch_is)                                                       \
    do {                                                                                           \
        ready_options_t options;                                                                   \
        assert_true(s_read(bytes, sizeof bytes - 1, &options));                                    \
        assert_int_equal(options.credit, credit_is);                                               \
        assert_int_equal(options.batch, batch_is);                                                 \
    } while (0)

#define s_refuse(bytes)                                                                            \
    do {                                                                                           \
        ready_options_t options;                                                                   \
        assert_false(s_read(bytes, sizeof bytes - 1, &options));                                   \
    } while (0)

static void test_accepted(void **state)
{
    (void)state;
    s_accept("\x80", 1, 0);
    s_accept("\x81\xa6"
             "credit\x01",
             1, 0);
    s_accept("\x82\xa6"
             "credit\xcd\x27\x10\xa5"
             "batch\xcd\x01\x00",
             10000, 256);
    s_accept("\x82\xa5"
             "batch\x00\xa7"
             "unknown\xc0",
             1, 0);
}

/* A name is 1 to 64 printable bytes. */
static void test_name(void **state)
{
    ready_options_t read;
    char longest[128] = "\x81\xa4"
                        "name\xd9\x40";
    size_t head = strlen(longest);

    (void)state;
    assert_true(s_read("\x80", 1, &read));
    assert_string_equal(read.name, "");
    assert_true(s_read("\x81\xa4name\xa4host", 11, &read));
    assert_string_equal(read.name, "host");
    memset(longest + head, 'x', 64);
    assert_true(s_read(longest, head + 64, &read));
    assert_int_equal(strlen(read.name), 64);
    longest[head - 1] = 0x41;
    longest[head + 64] = 'x';
    assert_false(s_read(longest, head + 65, &read));
    s_refuse("\x81\xa4"
             "name\xa0");
    s_refuse("\x81\xa4"
             "name\x01");
    s_refuse("\x81\xa4"
             "name\xa3"
             "a b");
    s_refuse("\x81\xa4"
             "name\xa2"
             "\x1b[");
}

static void test_refused(void **state)
{
    (void)state;
    s_refuse("");
    s_refuse("\xc0");
    s_refuse("\x90");
    s_refuse("\x80\x80");
    s_refuse("\x81\xa6"
             "credit\x00");
    s_refuse("\x81\xa6"
             "credit\xcd\x27\x11");
    s_refuse("\x81\xa6"
             "credit\xff");
    s_refuse("\x81\xa6"
             "credit\xcf\xff\xff\xff\xff\xff\xff\xff\xff");
    s_refuse("\x81\xa6"
             "credit\xa1"
             "1");
    s_refuse("\x81\xa5"
             "batch\xcd\x01\x01");
    s_refuse("\x81\xa5"
             "batch\xc3");
    s_refuse("\x82\xa5"
             "batch\x01\xa5"
             "batch\x01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_name),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
