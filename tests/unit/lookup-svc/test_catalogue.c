/* Snapshots: order, sharing, and the exchange under readers. Run under ThreadSanitizer or AddressSanitizer. */

#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "lookup-svc/catalogue.h"

#define READERS 4
#define SWAPS   300

static dictionary_t s_dictionary(uint32_t id, uint32_t position, const char *name)
{
    return (dictionary_t){.id = id,
                          .version = id * 10,
                          .position = position,
                          .entries = 5,
                          .name = (char *)name,
                          .title = (char *)"title"};
}

static void test_order_is_position_then_name(void **state)
{
    (void)state;
    snapshot_t *snapshot = snapshot_new();
    dictionary_t values[] = {s_dictionary(1, 7, "a"), s_dictionary(2, 1, "z"),
                             s_dictionary(3, 1, "B"), s_dictionary(4, 1, "b")};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(snapshot_add(snapshot, values + i), 0);
    snapshot_sort(snapshot);
    static const char *const order[] = {"B", "b", "z", "a"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(snapshot->dictionaries[i].name, order[i]);
    assert_int_equal(snapshot_find(snapshot, "zebra", 1)->id, 2);
    assert_null(snapshot_find(snapshot, "zebra", 2));
    assert_null(snapshot_find(snapshot, "", 0));
    assert_int_equal(snapshot_find_id(snapshot, 4)->position, 1);
    assert_null(snapshot_find_id(snapshot, 5));
    snapshot_destroy(&snapshot);
    assert_null(snapshot);
    snapshot_destroy(&snapshot);
}

static void test_bound(void **state)
{
    (void)state;
    snapshot_t *snapshot = snapshot_new();
    dictionary_t dictionary = s_dictionary(1, 1, "a");
    for (size_t i = 0; i < SNAPSHOT_MAX; i++)
        assert_int_equal(snapshot_add(snapshot, &dictionary), 0);
    assert_int_equal(snapshot_add(snapshot, &dictionary), -1);
    snapshot_destroy(&snapshot);
}

static void test_same(void **state)
{
    (void)state;
    snapshot_t *a = snapshot_new(), *b = snapshot_new();
    dictionary_t dictionary = s_dictionary(1, 1, "a");
    assert_true(snapshot_is_same(a, b));
    snapshot_add(a, &dictionary);
    assert_false(snapshot_is_same(a, b));
    snapshot_add(b, &dictionary);
    assert_true(snapshot_is_same(a, b));
    b->dictionaries[0].version++;
    assert_false(snapshot_is_same(a, b));
    b->dictionaries[0].version--;
    b->dictionaries[0].text_bytes++;
    assert_false(snapshot_is_same(a, b));
    b->dictionaries[0].text_bytes--;
    b->dictionaries[0].title[0] = 'T';
    assert_false(snapshot_is_same(a, b));
    snapshot_destroy(&a);
    snapshot_destroy(&b);
}

typedef struct {
    catalogue_t *catalogue;
    atomic_bool stop;
    atomic_ulong reads;
} s_shared_t;

/* Looks the same word up again and again; it is in every version, with the version as its text. */
static void *s_read(void *arg)
{
    s_shared_t *shared = arg;
    search_t search = {0};
    uint32_t last = 0;
    while (!atomic_load(&shared->stop)) {
        snapshot_t *snapshot = catalogue_acquire(shared->catalogue);
        scope_t scope = {snapshot->dictionaries, snapshot->count};
        char expected[16];
        snprintf(expected, sizeof expected, "%u", snapshot->dictionaries[0].version);
        if (!search_run(&search, &scope, &scope, &(search_word_t){"word", 4, "word", 4}) ||
            search.entries != 1)
            abort();
        index_article_t article = index_view_article(index_view(search.ranges[0].dictionary->index),
                                                     search.ranges[0].key, search.ranges[0].first);
        if (article.text_size != strlen(expected) ||
            memcmp(article.text, expected, article.text_size) != 0 ||
            snapshot->dictionaries[0].version < last)
            abort();
        last = snapshot->dictionaries[0].version;
        atomic_fetch_add(&shared->reads, 1);
        snapshot_destroy(&snapshot);
    }
    search_close(&search);
    return NULL;
}

static void s_publish(void **state, catalogue_t *catalogue, uint32_t version)
{
    char text[16];
    snprintf(text, sizeof text, "%u", version);
    fixture_entry_t entry = {"word", text};
    dictionary_t dictionary = s_dictionary(1, 1, "a");
    dictionary.version = version;
    dictionary.index = fixture_index(state, "index", &entry, 1);
    snapshot_t *snapshot = snapshot_new();
    snapshot_add(snapshot, &dictionary);
    index_destroy(&dictionary.index);
    catalogue_publish(catalogue, &snapshot);
    assert_null(snapshot);
}

static void test_exchange_under_readers(void **state)
{
    s_shared_t shared = {.catalogue = catalogue_new()};
    pthread_t readers[READERS];
    assert_null(catalogue_acquire(shared.catalogue));
    s_publish(state, shared.catalogue, 1);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(readers + i, NULL, s_read, &shared), 0);
    while (atomic_load(&shared.reads) == 0)
        sched_yield();
    for (uint32_t version = 2; version <= SWAPS; version++)
        s_publish(state, shared.catalogue, version);
    atomic_store(&shared.stop, true);
    for (size_t i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    catalogue_destroy(&shared.catalogue);
    assert_null(shared.catalogue);
}

/* Who holds a snapshot keeps its pages, even when the file is gone. */
static void test_held_snapshot_outlives_everything(void **state)
{
    catalogue_t *catalogue = catalogue_new();
    s_publish(state, catalogue, 41);
    snapshot_t *held = catalogue_acquire(catalogue);
    s_publish(state, catalogue, 42);
    catalogue_destroy(&catalogue);
    char *path = fixture_path(state, "index");
    assert_int_equal(unlink(path), 0);
    free(path);
    index_article_t article = index_view_article(index_view(held->dictionaries[0].index), 0, 0);
    assert_memory_equal(article.text, "41", 2);
    snapshot_destroy(&held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_is_position_then_name),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_same),
        cmocka_unit_test_setup_teardown(test_exchange_under_readers, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_held_snapshot_outlives_everything, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
