/* Patterns, options and cursors of match, on a small dictionary: strategy, options, pattern, and perhaps a cursor. */

#include "tests/fuzz/fuzz.h"

#include "common/text.h"
#include "lookup-svc/index_build.h"
#include "lookup-svc/match.h"

#define PAGES_MAX 64

static const char *const s_words[] = {
    "a",      "abandon", "Café",  "cafe",      "co-operate", "don't",
    "go",     "good",    "goose", "ice cream", "naïve",      "résumé",
    "Straße", "x.y",     "zebra", "中国",      "行动",       "aaaaaaaaaaaaaaaaaaaaaaaa"};

static lex_entry_t s_entry(size_t i)
{
    static const char reading[] = "zhong1 guo2", tags[] = "gre zk";
    lex_entry_t entry =
        lex_entry_plain(s_words[i], strlen(s_words[i]), "a word or 词语 of the test", 28);
    entry.fields.number[LEX_MODERN_RANK] = (uint32_t)(i % 5);
    entry.fields.number[LEX_COLLINS] = (uint32_t)(i % 3);
    if (i % 4 == 0)
        entry.fields.text[LEX_TAGS] = (lex_span_t){tags, strlen(tags)};
    if (i % 6 == 3)
        entry.fields.text[LEX_READING] = (lex_span_t){reading, strlen(reading)};
    return entry;
}

/* Built at the first input; the file needs no name once it is open. */
static const dictionary_t *s_dictionary(void)
{
    static dictionary_t dictionary = {.name = "d"};
    char path[256];
    const char *folder = getenv("TMPDIR"), *why = NULL;
    const index_source_t source = {.dictionary = 1, .version = 1};
    if (dictionary.index)
        return &dictionary;
    snprintf(path, sizeof path, "%.200s/match-%d", folder ? folder : "/tmp", (int)getpid());
    index_builder_t *builder = index_builder_new(path, &source);
    FUZZ_CHECK(builder);
    for (size_t i = 0; i < sizeof s_words / sizeof *s_words; i++) {
        lex_entry_t entry = s_entry(i);
        FUZZ_CHECK(index_builder_add(builder, &entry) == 0);
    }
    FUZZ_CHECK(index_builder_commit(builder) == 0);
    index_builder_destroy(&builder);
    dictionary.index = index_open(path, &why);
    unlink(path);
    FUZZ_CHECK(dictionary.index);
    return &dictionary;
}

static void s_check_page(const scope_t *scope, const match_query_t *query,
                         const match_result_t *result)
{
    uint32_t keys = index_view(scope->dictionaries->index)->keys.count;
    FUZZ_CHECK(result->count <= query->limit && result->cursor_size <= MATCH_CURSOR_MAX);
    for (size_t i = 0; i < result->count; i++)
        FUZZ_CHECK(result->matches[i].dictionary == scope->dictionaries &&
                   result->matches[i].key < keys && result->matches[i].distance <= query->distance);
}

/* Pages until the last; a cursor that we made is always good and leads to an end. */
static void s_page(const scope_t *scope, match_query_t query)
{
    match_result_t result = {0};
    unsigned char cursor[MATCH_CURSOR_MAX];
    size_t pages = 0, matches = 0;
    match_status_t status = match_run(scope, &query, &result);
    while (status == MATCH_OK && result.cursor_size > 0 && pages++ < PAGES_MAX) {
        s_check_page(scope, &query, &result);
        matches += result.count;
        memcpy(cursor, result.cursor, result.cursor_size);
        query.cursor = cursor;
        query.cursor_size = result.cursor_size;
        status = match_run(scope, &query, &result);
        FUZZ_CHECK(status == MATCH_OK || status == MATCH_TOO_COSTLY);
    }
    FUZZ_CHECK(pages < PAGES_MAX && matches <= 2 * sizeof s_words / sizeof *s_words);
    match_result_close(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char tag[] = "gre";
    const scope_t scope = {s_dictionary(), 1};
    if (size < 3)
        return 0;
    match_query_t query = {.strategy = (match_strategy_t)(data[0] % MATCH_STRATEGIES),
                           .limit = 1 + data[1] % 4u,
                           .distance = 1 + data[1] / 4 % 2u,
                           .by_rank = data[1] & 8,
                           .skip = data[1] / 16 % 4u,
                           .count = data[1] / 64u};
    if (data[1] & 128)
        query.filter = (match_filter_t){.tags = {{tag, strlen(tag)}}, .tag_count = 1, .collins = 1};
    data += 2, size -= 2;
    query.pattern = (const char *)fuzz_part(&data, &size, &query.pattern_size);
    if (query.pattern_size == 0 || query.pattern_size > MATCH_PATTERN_MAX ||
        !lex_text_is_utf8(query.pattern, query.pattern_size))
        return 0;
    match_result_t result = {0};
    if (size > 0) {
        query.cursor = data;
        query.cursor_size = size;
        if (match_run(&scope, &query, &result) == MATCH_OK)
            s_check_page(&scope, &query, &result);
        query.cursor = NULL;
        query.cursor_size = 0;
    }
    match_result_close(&result);
    s_page(&scope, query);
    return 0;
}
