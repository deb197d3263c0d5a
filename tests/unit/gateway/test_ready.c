/* READY options (docs/protocol.md section 2.3). */

#include "tests/unit/gateway/unit.h"

#include "gateway/ready.h"

static bool s_read(const char *bytes, size_t size, unsigned *credit, unsigned *batch)
{
    lex_body_t *reader = lex_body_new();
    bool is_good = ready_options(reader, bytes, size, credit, batch);
    lex_body_destroy(&reader);
    return is_good;
}

#define s_accept(bytes, credit_is, batch_is)                                                       \
    do {                                                                                           \
        unsigned credit, batch;                                                                    \
        assert_true(s_read(bytes, sizeof bytes - 1, &credit, &batch));                             \
        assert_int_equal(credit, credit_is);                                                       \
        assert_int_equal(batch, batch_is);                                                         \
    } while (0)

#define s_refuse(bytes)                                                                            \
    do {                                                                                           \
        unsigned credit, batch;                                                                    \
        assert_false(s_read(bytes, sizeof bytes - 1, &credit, &batch));                            \
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
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
