/* What a verifier remembers: tokens found good, and revocations. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/random.h"
#include "common/revoked.h"
#include "common/token_cache.h"

static int s_setup(void **state)
{
    (void)state;
    lex_random_setup();
    return 0;
}

static void revocations_come_and_go(void **state)
{
    lex_revoked_t *table = lex_revoked_new();
    unsigned char key[LEX_REVOKED_KEY] = {0};

    (void)state;
    /* 100,000 in an hour of which each lasts a minute: the table stays near what is needed. */
    for (uint32_t i = 0; i < 100000; i++) {
        int64_t now = (int64_t)i * 36;
        memcpy(key, &i, sizeof i);
        lex_revoked_add(table, key, INT64_MAX, now + 60000, now);
        assert_true(lex_revoked_has(table, key, now));
        assert_true(lex_revoked_count(table) <= 8192);
        if (i >= 1000) {
            uint32_t earlier = i - 1000;
            memcpy(key, &earlier, sizeof earlier);
            assert_true(lex_revoked_has(table, key, now));
        }
    }
    uint32_t none = 200000;
    memcpy(key, &none, sizeof none);
    assert_false(lex_revoked_has(table, key, 0));
    lex_revoked_destroy(&table);
    lex_revoked_destroy(&table);
}

static void cache_is_bounded_and_keeps_what_is_used(void **state)
{
    lex_token_cache_t *cache = lex_token_cache_new();
    unsigned char hot[120] = "hot", token[120] = {0};
    size_t kept = 0;

    (void)state;
    lex_token_cache_add(cache, hot, sizeof hot);
    for (uint32_t i = 1; i <= 3 * LEX_TOKEN_CACHE_MAX; i++) {
        memcpy(token + 60, &i, sizeof i);
        lex_token_cache_add(cache, token, sizeof token);
        lex_token_cache_add(cache, token, sizeof token);
        assert_true(lex_token_cache_has(cache, token, sizeof token));
        assert_true(lex_token_cache_has(cache, hot, sizeof hot));
    }
    for (uint32_t i = 1; i <= 3 * LEX_TOKEN_CACHE_MAX; i++) {
        memcpy(token + 60, &i, sizeof i);
        kept += lex_token_cache_has(cache, token, sizeof token);
    }
    /* Which sets the tokens fall into is random: one or another may not be full. */
    assert_in_range(kept, LEX_TOKEN_CACHE_MAX * 99 / 100, LEX_TOKEN_CACHE_MAX - 1);
    assert_false(lex_token_cache_has(cache, hot, sizeof hot - 1));
    lex_token_cache_destroy(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revocations_come_and_go),
        cmocka_unit_test(cache_is_bounded_and_keeps_what_is_used),
    };
    return cmocka_run_group_tests_name("token tables", tests, s_setup, NULL);
}
