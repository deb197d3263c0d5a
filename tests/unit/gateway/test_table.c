/* The hash table of names that strangers choose. */

#include "tests/unit/gateway/unit.h"

#include "common/random.h"
#include "gateway/list.h"
#include "gateway/table.h"

#define ITEMS 5000

typedef struct {
    char key[16];
    table_entry_t entry;
} item_t;

static item_t *s_items(table_t *table)
{
    item_t *items = calloc(ITEMS, sizeof *items);
    for (int i = 0; i < ITEMS; i++) {
        snprintf(items[i].key, sizeof items[i].key, "%d", i);
        items[i].entry.key = items[i].key;
        items[i].entry.size = strlen(items[i].key);
        table_insert(table, &items[i].entry);
    }
    return items;
}

static void test_finds_what_was_put_in(void **state)
{
    (void)state;
    table_t *table = table_new();
    assert_null(table_find(table, "0", 1));
    item_t *items = s_items(table);
    assert_int_equal(table_count(table), ITEMS);
    for (int i = 0; i < ITEMS; i++) {
        table_entry_t *entry = table_find(table, items[i].key, strlen(items[i].key));
        assert_ptr_equal(list_item(entry, item_t, entry), &items[i]);
    }
    assert_null(table_find(table, "5000", 4));
    assert_null(table_find(table, "0", 2)); /* the NUL is a byte like any other */
    assert_null(table_find(table, "", 0));
    table_destroy(&table);
    assert_null(table);
    table_destroy(&table);
    free(items);
}

static void test_removes(void **state)
{
    (void)state;
    table_t *table = table_new();
    item_t *items = s_items(table);
    for (int i = 0; i < ITEMS; i += 2)
        table_remove(table, &items[i].entry);
    assert_int_equal(table_count(table), ITEMS / 2);
    for (int i = 0; i < ITEMS; i++) {
        table_entry_t *entry = table_find(table, items[i].key, strlen(items[i].key));
        assert_ptr_equal(entry, i % 2 ? &items[i].entry : NULL);
    }
    table_insert(table, &items[0].entry);
    assert_ptr_equal(table_find(table, "0", 1), &items[0].entry);
    table_destroy(&table);
    free(items);
}

int main(void)
{
    lex_random_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_what_was_put_in),
        cmocka_unit_test(test_removes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
