/* Keys within one edit by the two ends of a word, against the walk through all keys. */

#include "fixture.h"

#include "lookup-svc/nearest_halves.h"

#define WORDS     20000
#define WORD_SIZE 96
#define ASKED     4000
#define FOUND     4096

typedef struct {
    uint64_t random;
    char words[WORDS][WORD_SIZE];
    fixture_entry_t entries[WORDS];
} s_words_t;

static uint64_t s_random(s_words_t *self, uint64_t below)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 7;
    self->random ^= self->random << 17;
    return (self->random >> 11) % below;
}

/* A word of few syllables, so that many are near one another and many begin or end alike. */
static void s_word(s_words_t *self, char *out)
{
    static const char *const syllables[] = {"a", "b",  "ca", "de",  "ing", "tion",
                                            "é", "字", "un", "xyz", "ab",  "ba"};
    out[0] = '\0';
    for (uint64_t left = 1 + s_random(self, 7); left > 0; left--)
        strcat(out, syllables[s_random(self, 12)]);
}

/* One random edit of ASCII; other characters stay whole because only ASCII ones are touched. */
static void s_edit(s_words_t *self, char *word)
{
    size_t size = strlen(word), at = s_random(self, size);
    if (word[at] & 0x80 || (at + 1 < size && word[at + 1] & 0x80))
        return;
    switch (s_random(self, 4)) {
    case 0:
        memmove(word + at, word + at + 1, size - at);
        break;
    case 1:
        memmove(word + at + 1, word + at, size - at + 1);
        word[at] = 'q';
        break;
    case 2:
        word[at] = 'b';
        break;
    default:
        if (at + 1 < size) {
            char other = word[at];
            word[at] = word[at + 1];
            word[at + 1] = other;
        }
    }
}

static int s_compare(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* Keys and distances in one number each, sorted. */
static size_t s_walked(const index_view_t *view, const char *word, uint64_t *found)
{
    nearest_t walk;
    uint32_t item;
    unsigned distance;
    size_t count = 0;
    nearest_open(&walk, view, word, strlen(word), 1);
    while (nearest_next(&walk, &item, &distance)) {
        assert_true(count < FOUND);
        found[count++] = (uint64_t)item << 8 | distance;
    }
    return count;
}

static size_t s_halved(const index_view_t *view, const char *word, uint64_t *found, bool *halves)
{
    nearest_halves_t walk;
    uint32_t item;
    unsigned distance;
    size_t count = 0;
    nearest_halves_open(&walk, view, word, strlen(word));
    *halves = walk.end - walk.first < view->keys.count;
    while (nearest_halves_next(&walk, &item, &distance)) {
        assert_true(count < FOUND);
        found[count++] = (uint64_t)item << 8 | distance;
    }
    // cppcheck-suppress uninitvar ; the loop has filled as many as count says
    qsort(found, count, sizeof *found, s_compare);
    return count;
}

static void test_both_find_the_same(void **state)
{
    s_words_t *self = lex_calloc(1, sizeof *self);
    self->random = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < WORDS; i++) {
        s_word(self, self->words[i]);
        self->entries[i] = (fixture_entry_t){self->words[i], "text"};
    }
    index_t *index = fixture_index(state, "words", self->entries, WORDS);
    unsigned halved = 0, near = 0;
    for (size_t i = 0; i < ASKED; i++) {
        char asked[WORD_SIZE + 1];
        uint64_t walked[FOUND], by_halves[FOUND];
        bool halves;
        strcpy(asked, self->words[s_random(self, WORDS)]);
        s_edit(self, asked);
        if (!asked[0])
            continue;
        size_t count = s_walked(index_view(index), asked, walked);
        assert_int_equal(s_halved(index_view(index), asked, by_halves, &halves), count);
        assert_memory_equal(by_halves, walked, count * sizeof walked[0]);
        halved += halves;
        near += halves && count > 1;
    }
    /* Otherwise this has shown nothing. */
    assert_true(halved > ASKED / 4 && near > ASKED / 10);
    index_destroy(&index);
    free(self);
}

static void test_words_of_one_character_and_the_longest(void **state)
{
    char longest[LEX_KEY_MAX];
    fixture_entry_t entries[] = {{"a", "text"}, {"ab", "text"}, {"b", "text"}};
    index_t *index = fixture_index(state, "short", entries, 3);
    uint64_t found[FOUND];
    bool halves;
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(s_halved(index_view(index), "a", found, &halves), 3);
    assert_int_equal(s_halved(index_view(index), "字", found, &halves), 2);
    assert_int_equal(s_halved(index_view(index), longest, found, &halves), 0);
    index_destroy(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_both_find_the_same, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_words_of_one_character_and_the_longest, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
