/* Keeping in step: what is built, published, kept and removed, with a source that does as it is told. */

#include "fixture.h"

#include "common/clock.h"
#include "common/log.h"
#include "lookup-svc/refresh.h"

typedef struct {
    dictionary_t dictionaries[4]; /* active */
    size_t count;
    bool away;
    uint32_t broken;  /* id of one that breaks off while it is read */
    uint32_t missing; /* id of one that has lost a row */
    unsigned reads;
    void (*before_read)(void *arg);
    void *arg;
} s_fake_t;

static snapshot_t *s_list(void *context)
{
    s_fake_t *self = context;
    if (self->away)
        return NULL;
    snapshot_t *snapshot = snapshot_new();
    for (size_t i = 0; i < self->count; i++)
        snapshot_add(snapshot, self->dictionaries + i);
    snapshot_sort(snapshot);
    return snapshot;
}

/* Entries word0 to word(n-1), with the version as their text. */
static int s_read(void *context, const dictionary_t *dictionary, source_entry_fn *entry, void *arg)
{
    s_fake_t *self = context;
    uint32_t rows = dictionary->entries - (self->missing == dictionary->id);
    char text[16], word[24];
    self->reads++;
    if (self->before_read)
        self->before_read(self->arg);
    int text_size = snprintf(text, sizeof text, "%u", dictionary->version);
    for (uint32_t i = 0; i < rows; i++) {
        int size = snprintf(word, sizeof word, "word%u", i);
        lex_entry_t made = lex_entry_plain(word, (size_t)size, text, (size_t)text_size);
        if (entry(arg, &made) != 0)
            return 0;
        if (self->broken == dictionary->id)
            return -1;
    }
    return 0;
}

static dictionary_t s_dictionary(uint32_t id, uint32_t version, const char *name)
{
    return (dictionary_t){.id = id,
                          .version = version,
                          .position = id,
                          .entries = 3,
                          .text_bytes = version,
                          .name = (char *)name,
                          .title = (char *)"title"};
}

typedef struct {
    s_fake_t fake;
    source_t source;
    folder_t *folder;
    catalogue_t *catalogue;
    refresh_t *refresh;
    atomic_bool stop;
} s_worker_t;

static void s_start(s_worker_t *self, void **state)
{
    self->source = (source_t){&self->fake, s_list, s_read};
    self->folder = folder_new(*state);
    self->catalogue = catalogue_new();
    atomic_init(&self->stop, false);
    self->fake.reads = 0;
    self->refresh = refresh_new(self->catalogue, self->folder, &self->source, &self->stop);
}

static void s_end(s_worker_t *self)
{
    refresh_destroy(&self->refresh);
    catalogue_destroy(&self->catalogue);
    folder_destroy(&self->folder);
}

static s_worker_t s_worker(void)
{
    s_worker_t self = {
        .fake = {.dictionaries = {s_dictionary(1, 10, "a"), s_dictionary(2, 20, "b")}, .count = 2}};
    return self;
}

/* What is served, as "name version;" in order; "?" before the first snapshot. */
static void s_expect(s_worker_t *self, const char *expected)
{
    snapshot_t *snapshot = catalogue_acquire(self->catalogue);
    char served[256] = "";
    for (size_t i = 0; snapshot && i < snapshot->count; i++) {
        const dictionary_t *dictionary = snapshot->dictionaries + i;
        size_t used = strlen(served);
        snprintf(served + used, sizeof served - used, "%s %u;", dictionary->name,
                 dictionary->version);
        const index_view_t *view = index_view(dictionary->index);
        assert_int_equal(view->header->version, dictionary->version);
        assert_int_equal(view->header->entries, dictionary->entries);
    }
    assert_string_equal(snapshot ? served : "?", expected);
    snapshot_destroy(&snapshot);
}

static void s_run(s_worker_t *self, refresh_status_t status, const char *expected)
{
    assert_int_equal(refresh_run(self->refresh), status);
    s_expect(self, expected);
}

static bool s_exists(void **state, const char *name)
{
    char *path = fixture_path(state, name);
    bool exists = access(path, F_OK) == 0;
    free(path);
    return exists;
}

static void test_first_start_builds_and_the_next_does_not(void **state)
{
    s_worker_t self = s_worker();
    s_start(&self, state);
    s_expect(&self, "?");
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    assert_int_equal(self.fake.reads, 2);
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    assert_int_equal(self.fake.reads, 2);
    s_end(&self);
    s_start(&self, state);
    s_expect(&self, "a 10;b 20;");
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    assert_int_equal(self.fake.reads, 0);
    s_end(&self);
}

static void test_start_without_the_source(void **state)
{
    s_worker_t self = s_worker();
    s_start(&self, state);
    self.fake.away = true;
    s_run(&self, REFRESH_AWAY, "?");
    assert_int_equal(refresh_checked_at(self.refresh), 0);
    self.fake.away = false;
    int64_t before = lex_utc_ms();
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    assert_in_range(refresh_checked_at(self.refresh), before, lex_utc_ms());
    s_end(&self);
    self.fake.away = true;
    s_start(&self, state);
    s_expect(&self, "a 10;b 20;");
    s_run(&self, REFRESH_AWAY, "a 10;b 20;");
    assert_int_equal(refresh_checked_at(self.refresh), 0); /* the folder is not the source */
    s_end(&self);
}

/* A worker that started with nothing in the folder and no source takes what another has built meanwhile. */
static void test_what_another_builds_is_found_without_the_source(void **state)
{
    s_worker_t late = s_worker(), other = s_worker();
    late.fake.away = true;
    s_start(&late, state);
    s_run(&late, REFRESH_AWAY, "?");
    s_start(&other, state);
    s_run(&other, REFRESH_CURRENT, "a 10;b 20;");
    s_run(&late, REFRESH_AWAY, "a 10;b 20;");
    s_end(&other);
    s_end(&late);
}

static void test_new_version_replaces_the_old(void **state)
{
    s_worker_t self = s_worker();
    s_start(&self, state);
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    self.fake.dictionaries[0] = s_dictionary(1, 11, "a");
    s_run(&self, REFRESH_CURRENT, "a 11;b 20;");
    assert_int_equal(self.fake.reads, 3);
    assert_false(s_exists(state, "a.10.f2.lexidx"));
    assert_true(s_exists(state, "a.11.f2.lexidx"));
    self.fake.dictionaries[0].position = 9; /* no build for that */
    s_run(&self, REFRESH_CURRENT, "b 20;a 11;");
    assert_int_equal(self.fake.reads, 3);
    self.fake.count = 1; /* b is removed */
    s_run(&self, REFRESH_CURRENT, "a 11;");
    assert_false(s_exists(state, "b.20.f2.lexidx"));
    self.fake.count = 0;
    s_run(&self, REFRESH_CURRENT, "");
    s_end(&self);
    self.fake.away = true;
    s_start(&self, state);
    s_expect(&self, ""); /* known to be empty */
    s_end(&self);
}

/* While a new version cannot be built, the one before is served, and its file stays. */
static void test_version_before_is_kept_until_the_new_one_is_there(void **state)
{
    s_worker_t self = s_worker();
    s_start(&self, state);
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    self.fake.dictionaries[0] = s_dictionary(1, 11, "a");
    self.fake.dictionaries[1] = s_dictionary(2, 21, "b");
    self.fake.missing = 1;
    s_run(&self, REFRESH_INCOMPLETE, "a 10;b 21;");
    assert_true(s_exists(state, "a.10.f2.lexidx"));
    assert_false(s_exists(state, "a.11.f2.lexidx"));
    assert_false(s_exists(state, "b.20.f2.lexidx"));
    self.fake.missing = 0;
    self.fake.broken = 1;
    s_run(&self, REFRESH_INCOMPLETE, "a 10;b 21;");
    s_end(&self);
    s_start(&self, state);
    s_expect(&self, "a 10;b 21;");
    self.fake.broken = 0;
    s_run(&self, REFRESH_CURRENT, "a 11;b 21;");
    assert_false(s_exists(state, "a.10.f2.lexidx"));
    s_end(&self);
}

/* A word that is only missing for now must not be answered as not found. */
static void test_first_snapshot_waits_for_all(void **state)
{
    s_worker_t self = s_worker();
    s_start(&self, state);
    self.fake.broken = 2;
    s_run(&self, REFRESH_INCOMPLETE, "?");
    s_run(&self, REFRESH_INCOMPLETE, "?");
    s_run(&self, REFRESH_INCOMPLETE, "a 10;"); /* it has had its chances */
    s_run(&self, REFRESH_INCOMPLETE, "a 10;");
    self.fake.broken = 0;
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    s_end(&self);
}

static void test_nothing_is_published_when_nothing_can_be_built(void **state)
{
    s_worker_t self = s_worker();
    self.fake.count = 1;
    self.fake.broken = 1;
    s_start(&self, state);
    for (int i = 0; i < 6; i++)
        s_run(&self, REFRESH_INCOMPLETE, "?");
    s_end(&self);
}

static void s_damage(void **state, const char *name, uint32_t format)
{
    char *path = fixture_path(state, name);
    size_t size;
    char *data = fixture_read(path, &size);
    index_header_t *header = (index_header_t *)data;
    if (format)
        header->format = format;
    else
        data[size / 2] ^= 0x10;
    fixture_write(path, data, size);
    free(data);
    free(path);
}

/* Damaged, and of an older format. */
static void test_unusable_file_is_built_again(void **state)
{
    s_worker_t self = s_worker();
    s_start(&self, state);
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    s_end(&self);
    s_damage(state, "b.20.f2.lexidx", 0);
    s_damage(state, "a.10.f2.lexidx", 99);
    s_start(&self, state);
    s_expect(&self, "?");
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    assert_int_equal(self.fake.reads, 2);
    s_end(&self);

    s_damage(state, "b.20.f2.lexidx", 0);
    self.fake.away = true;
    s_start(&self, state);
    s_expect(&self, "?");
    s_run(&self, REFRESH_AWAY, "a 10;"); /* better than nothing while there is no other way */
    self.fake.away = false;
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    assert_int_equal(self.fake.reads, 1);
    s_end(&self);
}

/* A database that was made anew counts its versions from 1 again. */
static void test_another_database_with_the_same_numbers(void **state)
{
    s_worker_t self = s_worker();
    s_start(&self, state);
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    s_end(&self);
    self.fake.dictionaries[0].text_bytes++;
    s_start(&self, state);
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    assert_int_equal(self.fake.reads, 1);
    s_end(&self);
}

/* The other worker looks while this one builds. */
static void s_look(void *arg)
{
    s_worker_t *other = arg;
    assert_int_equal(refresh_run(other->refresh), REFRESH_WAITING);
    s_expect(other, "?");
}

static void test_one_builds_and_the_others_wait(void **state)
{
    s_worker_t self = s_worker(), other = s_worker();
    s_start(&other, state);
    self.fake.before_read = s_look;
    self.fake.arg = &other;
    s_start(&self, state);
    s_run(&self, REFRESH_CURRENT, "a 10;b 20;");
    s_run(&other, REFRESH_CURRENT, "a 10;b 20;");
    assert_int_equal(other.fake.reads, 0);

    /* With all files there it needs no lock to use them. */
    self.fake.before_read = NULL;
    self.fake.dictionaries[0] = other.fake.dictionaries[0] = s_dictionary(1, 11, "a");
    s_run(&self, REFRESH_CURRENT, "a 11;b 20;");
    assert_int_equal(folder_lock(self.folder), 0);
    s_run(&other, REFRESH_CURRENT, "a 11;b 20;");
    folder_unlock(self.folder);
    s_run(&other, REFRESH_CURRENT, "a 11;b 20;");
    assert_int_equal(other.fake.reads, 0);
    s_end(&self);
    s_end(&other);
}

static void s_stop(void *arg)
{
    atomic_store((atomic_bool *)arg, true);
}

static void test_stop_ends_a_build(void **state)
{
    s_worker_t self = s_worker();
    self.fake.before_read = s_stop;
    self.fake.arg = &self.stop;
    s_start(&self, state);
    s_run(&self, REFRESH_INCOMPLETE, "?");
    assert_int_equal(self.fake.reads, 1);
    assert_false(s_exists(state, "a.10.f2.lexidx"));
    assert_false(s_exists(state, "a.10.f2.lexidx.new"));
    s_end(&self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_start_builds_and_the_next_does_not),
        TEST(test_start_without_the_source),
        TEST(test_what_another_builds_is_found_without_the_source),
        TEST(test_new_version_replaces_the_old),
        TEST(test_version_before_is_kept_until_the_new_one_is_there),
        TEST(test_first_snapshot_waits_for_all),
        TEST(test_nothing_is_published_when_nothing_can_be_built),
        TEST(test_unusable_file_is_built_again),
        TEST(test_another_database_with_the_same_numbers),
        TEST(test_one_builds_and_the_others_wait),
        TEST(test_stop_ends_a_build),
    };
    lex_log_setup("test", "error", "text");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
