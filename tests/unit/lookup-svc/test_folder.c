/* The index folder: names, lock, manifest, and what is removed from it. */

#include "fixture.h"

#include <zlib.h>

#include "common/log.h"
#include "common/memory.h"
#include "lookup-svc/folder.h"
#include "lookup-svc/manifest.h"

static const fixture_entry_t s_entry = {"word", "text"};

static dictionary_t s_dictionary(uint32_t id, uint32_t version, const char *name)
{
    return (dictionary_t){.id = id,
                          .version = version,
                          .position = id,
                          .entries = 1,
                          .text_bytes = 4,
                          .name = (char *)name,
                          .title = (char *)"A title"};
}

static void s_build(folder_t *folder, const dictionary_t *dictionary)
{
    index_source_t source = {.dictionary = dictionary->id,
                             .version = dictionary->version,
                             .rows = dictionary->entries,
                             .text_bytes = dictionary->text_bytes};
    char *path = folder_index_path(folder, dictionary);
    fixture_build(path, &s_entry, 1, &source);
    free(path);
}

static bool s_exists(void **state, const char *name)
{
    char *path = fixture_path(state, name);
    bool exists = access(path, F_OK) == 0;
    free(path);
    return exists;
}

static void s_touch(void **state, const char *name)
{
    char *path = fixture_path(state, name);
    fixture_write(path, "x", 1);
    free(path);
}

static void test_names(void **state)
{
    folder_t *folder = folder_new(*state);
    static const struct {
        const char *name, *file;
    } cases[] = {{"wn", "wn.7.f2.lexidx"},
                 {"../../etc/x", "______etc_x.7.f2.lexidx"},
                 {"été 2-A_b", "__t___2-A_b.7.f2.lexidx"}};
    for (size_t i = 0; i < 3; i++) {
        dictionary_t dictionary = s_dictionary(1, 7, cases[i].name);
        char *path = folder_index_path(folder, &dictionary);
        assert_string_equal(strrchr(path, '/') + 1, cases[i].file);
        free(path);
    }
    folder_destroy(&folder);
    assert_null(folder_new("/proc/nowhere/index"));
}

static void test_folder_is_made(void **state)
{
    char *path = fixture_path(state, "a/b//c/");
    folder_t *folder = folder_new(path);
    assert_non_null(folder);
    assert_true(s_exists(state, "a/b/c/lock"));
    folder_destroy(&folder);
    free(path);
}

static void test_one_holds_the_lock(void **state)
{
    folder_t *a = folder_new(*state), *b = folder_new(*state);
    assert_int_equal(folder_lock(a), 0);
    assert_int_equal(folder_lock(b), -1);
    folder_unlock(a);
    assert_int_equal(folder_lock(b), 0);
    assert_int_equal(folder_lock(a), -1);
    folder_destroy(&b); /* as when a builder dies */
    assert_int_equal(folder_lock(a), 0);
    folder_destroy(&a);
}

/* The file must be of the very version that MySQL has, not only of its number. */
static void test_open_compares_the_version(void **state)
{
    folder_t *folder = folder_new(*state);
    dictionary_t dictionary = s_dictionary(1, 7, "wn");
    assert_null(folder_open(folder, &dictionary));
    s_build(folder, &dictionary);
    index_t *index = folder_open(folder, &dictionary);
    assert_non_null(index);
    index_destroy(&index);
    dictionary.text_bytes = 5;
    assert_null(folder_open(folder, &dictionary));
    dictionary.text_bytes = 4;
    dictionary.entries = 2;
    assert_null(folder_open(folder, &dictionary));
    dictionary.entries = 1;
    dictionary.id = 2;
    assert_null(folder_open(folder, &dictionary));
    folder_destroy(&folder);
}

static void s_save(folder_t *folder, const dictionary_t *dictionaries, size_t count)
{
    snapshot_t *snapshot = snapshot_new();
    for (size_t i = 0; i < count; i++)
        snapshot_add(snapshot, dictionaries + i);
    assert_int_equal(folder_lock(folder), 0);
    assert_int_equal(folder_save(folder, snapshot), 0);
    folder_unlock(folder);
    snapshot_destroy(&snapshot);
}

static void test_save_removes_what_nobody_needs(void **state)
{
    static const char *const go[] = {"wn.6.f2.lexidx",  "wn.8.f2.lexidx.new", "old.3.f2.lexidx",
                                     "manifest.f2.new", ".lexidx-a1B2c3.new", "wn.7.f1.lexidx",
                                     "manifest.f1"};
    static const char *const stay[] = {"wn.7.f2.lexidx", "wn.6.f3.lexidx", "manifest.f3",
                                       "wn.lexidx",      "notes.txt",      "notes.new",
                                       "lock",           "a.fx.lexidx"};
    folder_t *folder = folder_new(*state);
    dictionary_t dictionary = s_dictionary(1, 7, "wn");
    s_build(folder, &dictionary);
    for (size_t i = 0; i < 7; i++)
        s_touch(state, go[i]);
    for (size_t i = 1; i < 8; i++)
        s_touch(state, stay[i]);
    s_save(folder, &dictionary, 1);
    for (size_t i = 0; i < 7; i++)
        assert_false(s_exists(state, go[i]));
    for (size_t i = 0; i < 8; i++)
        assert_true(s_exists(state, stay[i]));
    folder_destroy(&folder);
}

static void test_load(void **state)
{
    folder_t *folder = folder_new(*state);
    bool complete = false;
    assert_null(folder_load(folder, &complete));
    dictionary_t dictionaries[] = {s_dictionary(1, 7, "wn"), s_dictionary(2, 9, "tab\there\\\n")};
    s_build(folder, dictionaries);
    s_build(folder, dictionaries + 1);
    s_save(folder, dictionaries, 2);
    snapshot_t *snapshot = folder_load(folder, &complete);
    assert_true(complete);
    assert_int_equal(snapshot->count, 2);
    assert_string_equal(snapshot->dictionaries[1].name, "tab\there\\\n");
    assert_non_null(snapshot->dictionaries[1].index);
    snapshot_destroy(&snapshot);

    char *path = folder_index_path(folder, dictionaries);
    fixture_write(path, "damaged", 7);
    snapshot = folder_load(folder, &complete);
    assert_false(complete);
    assert_int_equal(snapshot->count, 1);
    snapshot_destroy(&snapshot);
    free(path);

    path = folder_index_path(folder, dictionaries + 1);
    unlink(path);
    assert_null(folder_load(folder, &complete));
    free(path);
    s_save(folder, NULL, 0); /* no dictionary at all is a catalogue too */
    snapshot = folder_load(folder, &complete);
    assert_true(complete);
    assert_int_equal(snapshot->count, 0);
    snapshot_destroy(&snapshot);
    folder_destroy(&folder);
}

/* ---- the manifest ---- */

static snapshot_t *s_listed(void)
{
    snapshot_t *snapshot = snapshot_new();
    dictionary_t values[] = {
        {.id = 1,
         .version = 2,
         .position = 3,
         .entries = 4,
         .text_bytes = 5000000000,
         .name = (char *)"wn",
         .title = (char *)"Word Net"},
        {.id = UINT32_MAX, .version = 1, .name = (char *)" end", .title = (char *)""},
        {.id = 3, .version = 9, .name = (char *)"字\t典", .title = (char *)"line\r\nend \\t \\"},
    };
    for (size_t i = 0; i < 3; i++)
        snapshot_add(snapshot, values + i);
    return snapshot;
}

static void test_manifest_round_trip(void **state)
{
    char *path = fixture_path(state, "manifest");
    snapshot_t *snapshot = s_listed();
    assert_null(manifest_read(path));
    assert_int_equal(manifest_write(path, snapshot), 0);
    snapshot_t *read = manifest_read(path);
    assert_non_null(read);
    assert_true(snapshot_is_same(snapshot, read));
    snapshot_destroy(&read);

    struct stat before, after;
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(manifest_write(path, snapshot), 0); /* nothing new: not written */
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    snapshot_destroy(&snapshot);
    free(path);
}

/* The limit is of the text itself: one that is read can be written, whatever has to be escaped in it, and read again. */
static void test_longest_title(void **state)
{
    char *path = fixture_path(state, "manifest");
    char title[1026];
    for (int more = 0; more < 2; more++) {
        memset(title, '\t', sizeof title);
        title[1024 + more] = '\0';
        dictionary_t values = {.id = 1, .version = 1, .name = (char *)"long", .title = title};
        snapshot_t *snapshot = snapshot_new();
        snapshot_add(snapshot, &values);
        assert_int_equal(manifest_write(path, snapshot), 0);
        snapshot_t *read = manifest_read(path);
        assert_int_equal(read != NULL, !more);
        assert_true(more || snapshot_is_same(snapshot, read));
        snapshot_destroy(&read);
        snapshot_destroy(&snapshot);
    }
    free(path);
}

/* Unescaped, by another hand. */
static void test_long_title_that_is_not_escaped(void **state)
{
    char *path = fixture_path(state, "manifest");
    char *head =
        lex_format("lexmq-index %u\n1\t1\t0\t5\t100\twords\tname\t%*s\n", INDEX_FORMAT, 1025, "x");
    char *text = lex_format("%send 1 %08lx\n", head,
                            crc32(0, (const unsigned char *)head, (uInt)strlen(head)));
    fixture_write(path, text, strlen(text));
    assert_null(manifest_read(path));
    free(text);
    free(head);
    free(path);
}

static void test_damaged_manifest(void **state)
{
    char *path = fixture_path(state, "manifest");
    snapshot_t *snapshot = s_listed();
    size_t size;
    manifest_write(path, snapshot);
    char *text = fixture_read(path, &size);
    for (size_t cut = 0; cut < size; cut++) {
        fixture_write(path, text, cut);
        assert_null(manifest_read(path));
    }
    for (size_t i = 0; i < size; i++) {
        char byte = text[i];
        text[i] = byte ^ 0x01;
        fixture_write(path, text, size);
        assert_null(manifest_read(path));
        text[i] = '\0';
        fixture_write(path, text, size);
        assert_null(manifest_read(path));
        text[i] = byte;
    }
    free(text);
    snapshot_destroy(&snapshot);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_folder_is_made, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_one_holds_the_lock, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_open_compares_the_version, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_save_removes_what_nobody_needs, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_load, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_manifest_round_trip, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_longest_title, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_long_title_that_is_not_escaped, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_damaged_manifest, fixture_setup, fixture_teardown),
    };
    lex_log_setup("test", "error", "text");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
