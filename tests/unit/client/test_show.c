/* What is printed of words, their fields and their history, for people and for programs. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/show.h"

/* A page that is kept. `symbols` as of page_t. */
typedef struct {
    page_t page;
    char *printed;
    size_t size;
} s_sheet_t;

static void s_open(s_sheet_t *self, bool symbols)
{
    self->page = (page_t){.symbols = symbols};
    self->page.out = open_memstream(&self->printed, &self->size);
}

static void s_holds(s_sheet_t *self, const char *expected)
{
    fclose(self->page.out);
    assert_string_equal(self->printed, expected);
    free(self->printed);
}

/* ---- words ---- */

static const char *s_tags[] = {"cet4", "gre"};
static const char *s_aliases[] = {"to go", "gang"};

/* All that a dictionary can give. */
static const lexmq_entry_t s_full = {
    .dict = "ec",
    .headword = "go",
    .text = "vi. to move\n去",
    .phonetic = "ɡoʊ",
    .reading = "never shown beside it",
    .pos = "v:96/n:4",
    .tags = s_tags,
    .tag_count = 2,
    .forms = "p:went/d:gone/i:going/3:goes/s:goes/r:/f:x/:y/z/0:gang/1:p",
    .aliases = s_aliases,
    .alias_count = 2,
    .audio = "https://a.example/go.ogg",
    .collins = 5,
    .oxford = 1,
    .bnc_rank = 34,
    .modern_rank = 40,
    .frequency = 1234,
};

static void test_full(void **state)
{
    lexmq_entry_t entry = s_full;
    const lexmq_definition_t word = {
        .word = "Went", .found = true, .rule = "lemma", .entries = &entry, .entry_count = 1};
    s_sheet_t sheet;
    (void)state;

    s_open(&sheet, true);
    show_entries(&sheet.page, &word);
    s_holds(&sheet, "Went → go (lemma)\n"
                    "go  [ɡoʊ]  (ec)\n"
                    "  v 96%, n 4%  ★★★★★  cet4  gre  Oxford 3000  BNC rank 34  modern rank 40  "
                    "frequency 1234\n"
                    "  past went, past participle gone, present participle going, third person "
                    "goes, plural goes, form of gang\n"
                    "  also to go, gang\n"
                    "  audio https://a.example/go.ogg\n"
                    "  vi. to move\n"
                    "  去\n");
}

static void test_full_json(void **state)
{
    lexmq_entry_t entry = s_full;
    const lexmq_definition_t word = {
        .word = "went", .found = true, .rule = "lemma", .entries = &entry, .entry_count = 1};
    s_sheet_t sheet;
    (void)state;

    s_open(&sheet, true);
    show_definition_json(sheet.page.out, &word, true, "");
    s_holds(&sheet,
            "{\"word\":\"went\",\"found\":true,\"rule\":\"lemma\",\"entries\":[{\"dict\":\"ec\","
            "\"headword\":\"go\",\"text\":\"vi. to move\\n去\",\"phonetic\":\"ɡoʊ\","
            "\"reading\":\"never shown beside it\",\"pos\":\"v:96/n:4\",\"tags\":[\"cet4\","
            "\"gre\"],\"forms\":\"p:went/d:gone/i:going/3:goes/s:goes/r:/f:x/:y/z/0:gang/1:p\","
            "\"aliases\":[\"to go\",\"gang\"],\"audio\":\"https://a.example/go.ogg\","
            "\"collins\":5,\"oxford\":1,\"bnc_rank\":34,\"modern_rank\":40,\"frequency\":1234}],"
            "\"suggestions\":[],\"recorded\":true}\n");
}

static void test_plain(void **state)
{
    lexmq_entry_t entry = {.dict = "d", .headword = "Cat", .text = "n. an \"animal\""};
    const char *suggestions[] = {"bat", "cut"};
    const lexmq_definition_t found = {
        .word = "cat", .found = true, .rule = "exact", .entries = &entry, .entry_count = 1};
    const lexmq_definition_t missed = {
        .word = "czt", .suggestions = suggestions, .suggestion_count = 2};
    s_sheet_t sheet;
    (void)state;

    s_open(&sheet, false);
    show_definition_json(sheet.page.out, &found, true, "0f3c");
    show_definition_json(sheet.page.out, &missed, false, "");
    show_entries(&sheet.page, &found);
    show_miss(&sheet.page, "czt", suggestions, 2);
    show_miss(&sheet.page, "czt", NULL, 0);
    s_holds(&sheet, "{\"word\":\"cat\",\"found\":true,\"rule\":\"exact\",\"entries\":[{\"dict\":"
                    "\"d\",\"headword\":\"Cat\",\"text\":\"n. an \\\"animal\\\"\"}],"
                    "\"suggestions\":[],\"recorded\":true,\"request\":\"0f3c\"}\n"
                    "{\"word\":\"czt\",\"found\":false,\"rule\":null,\"entries\":[],"
                    "\"suggestions\":[\"bat\",\"cut\"],\"recorded\":false}\n"
                    "Cat  (d)\n  n. an \"animal\"\n"
                    "czt: not found; did you mean bat, cut?\n"
                    "czt: not found\n");
}

/* Senses of one headword stand under it together, those that are read otherwise do not. */
static void test_heads(void **state)
{
    lexmq_entry_t entries[] = {
        {.dict = "d", .headword = "行", .text = "one", .reading = "xing2"},
        {.dict = "d", .headword = "行", .text = "two", .reading = "xing2"},
        {.dict = "d", .headword = "行", .text = "three", .reading = "hang2"},
        {.dict = "e", .headword = "行", .text = "four", .phonetic = "", .reading = "hang2"},
        {.dict = "e", .headword = "行", .text = "five", .phonetic = "[háng]"},
        {.dict = "e", .headword = "行", .text = "six", .phonetic = "/haŋ/"},
        {.dict = "e", .headword = "行", .text = "seven"},
    };
    const lexmq_definition_t word = {.word = "行",
                                     .found = true,
                                     .rule = "exact",
                                     .entries = entries,
                                     .entry_count = sizeof entries / sizeof entries[0]};
    s_sheet_t sheet;
    (void)state;

    s_open(&sheet, true);
    show_entries(&sheet.page, &word);
    s_holds(&sheet, "行  [xing2]  (d)\n  one\n  two\n行  [hang2]  (d)\n  three\n"
                    "行  [hang2]  (e)\n  four\n行  [háng]  (e)\n  five\n行  /haŋ/  (e)\n  six\n"
                    "行  (e)\n  seven\n");
}

/* ---- fields ---- */

static void s_fields(lexmq_entry_t entry, bool symbols, const char *expected)
{
    s_sheet_t sheet;

    s_open(&sheet, symbols);
    show_fields(&sheet.page, &entry, 1);
    s_holds(&sheet, expected);
}

static void test_fields(void **state)
{
    (void)state;
    s_fields((lexmq_entry_t){0}, true, "");
    s_fields((lexmq_entry_t){.pos = "", .forms = "", .audio = ""}, true, "");
    s_fields((lexmq_entry_t){.collins = 2}, true, " ★★\n");
    s_fields((lexmq_entry_t){.collins = 2}, false, " **\n");
    s_fields((lexmq_entry_t){.collins = UINT32_MAX}, false, " *****\n");
    s_fields((lexmq_entry_t){.pos = "n."}, true, " n.\n");
    s_fields((lexmq_entry_t){.pos = "n:100"}, true, " n\n");
    s_fields((lexmq_entry_t){.pos = "n:x/:5/v:/a:7%/j:3"}, true, " n:x, :5, v:, a:7%, j 3%\n");
    s_fields((lexmq_entry_t){.pos = "/n:1/"}, true, " n 1%\n");
    s_fields((lexmq_entry_t){.oxford = 7}, true, " Oxford 3000\n");
    s_fields((lexmq_entry_t){.bnc_rank = UINT32_MAX}, true, " BNC rank 4294967295\n");
}

static void test_forms(void **state)
{
    (void)state;
    s_fields((lexmq_entry_t){.forms = "r:better/t:best"}, true,
             " comparative better, superlative best\n");
    s_fields((lexmq_entry_t){.forms = "0:go/1:pd"}, true, " form of go\n");
    /* Empty, unknown or broken ones are passed over. */
    s_fields((lexmq_entry_t){.forms = "i:/f:x/1:s3/pp:x/p/:/"}, true, "");
    s_fields((lexmq_entry_t){.forms = "//s:a:b"}, true, " plural a:b\n");
}

/* Nothing that comes from a server is obeyed by the terminal, and no field breaks out of its line. */
static void test_fields_are_cleaned(void **state)
{
    static const char *tags[] = {"a\033[2J", "b\nc"};
    lexmq_entry_t entry = {
        .dict = "d\033",
        .headword = "h\nh",
        .text = "t",
        .phonetic = "p\np\033",
        .pos = "n\x1b/v\n:3",
        .tags = tags,
        .tag_count = 2,
        .forms = "s:x\ny",
        .aliases = tags,
        .alias_count = 2,
        .audio = "u\033",
    };
    const lexmq_definition_t word = {
        .word = "a\nb", .found = true, .rule = "new\n\033", .entries = &entry, .entry_count = 1};
    s_sheet_t sheet;
    (void)state;

    s_open(&sheet, false);
    show_entries(&sheet.page, &word);
    s_holds(&sheet, "a b -> h h (new ^[)\n"
                    "h h  [p p^[]  (d^[)\n"
                    "  n^[, v  3%  a^[[2J  b c\n"
                    "  plural x y\n"
                    "  also a^[[2J, b c\n"
                    "  audio u^[\n"
                    "  t\n");
}

/* ---- how a word was found ---- */

static void s_way(const char *rule, size_t count, bool symbols, const char *expected)
{
    static const char *const names[] = {"go", "wend", "go", "a", "b", "c", "go"};
    lexmq_entry_t entries[7] = {{0}};
    const lexmq_definition_t word = {
        .word = "went", .found = true, .rule = rule, .entries = entries, .entry_count = count};
    s_sheet_t sheet;

    for (size_t i = 0; i < 7; i++)
        entries[i].headword = names[i];
    s_open(&sheet, symbols);
    show_way(&sheet.page, &word);
    s_holds(&sheet, expected);
}

static void test_way(void **state)
{
    (void)state;
    s_way(NULL, 1, true, "");
    s_way("exact", 1, true, "");
    s_way("case", 1, true, "went → go (case)\n");
    s_way("lemma", 3, false, "went -> go, wend (lemma)\n");
    s_way("explanation", 6, false, "went -> go, wend, a, b, c (explanation)\n");
    s_way("explanation", 7, false, "went -> go, wend, a, b, c (explanation)\n");
}

static void test_long_way(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
    lexmq_entry_t entries[7] = {{0}};
    const lexmq_definition_t word = {
        .word = "x", .found = true, .rule = "reading", .entries = entries, .entry_count = 7};
    s_sheet_t sheet;
    (void)state;

    for (size_t i = 0; i < 7; i++)
        entries[i].headword = names[i];
    s_open(&sheet, true);
    show_way(&sheet.page, &word);
    s_holds(&sheet, "x → a, b, c, d, e, ... (reading)\n");
}

/* ---- matches ---- */

static void test_matches(void **state)
{
    lexmq_match_t list[] = {
        {.word = "猫", .dict = "cedict", .rule = "lev", .distance = 0, .rank = 12},
        {.word = "cat\033", .dict = "d", .rule = "accent", .distance = -1},
        {.word = "c\"t", .dict = "d", .rule = "lev", .distance = 1},
        {.word = "cut", .dict = "d", .rule = "lev", .distance = -1, .rank = 7},
    };
    const lexmq_matches_t matches = {.list = list, .count = 4};
    show_match_columns_t columns = {0};
    s_sheet_t sheet;
    (void)state;

    s_open(&sheet, false);
    show_measure_matches(&columns, &matches);
    for (size_t i = 0; i < matches.count; i++)
        show_match(&sheet.page, &columns, &list[i]);
    for (size_t i = 0; i < matches.count; i++)
        show_match_json(sheet.page.out, &list[i]);
    s_holds(&sheet,
            "猫     cedict  lev     distance 0  rank 12\n"
            "cat^[  d       accent\n"
            "c\"t    d       lev     distance 1\n"
            "cut    d       lev     rank 7\n"
            "{\"word\":\"猫\",\"dict\":\"cedict\",\"rule\":\"lev\",\"distance\":0,\"rank\":12}\n"
            "{\"word\":\"cat\\u001b\",\"dict\":\"d\",\"rule\":\"accent\"}\n"
            "{\"word\":\"c\\\"t\",\"dict\":\"d\",\"rule\":\"lev\",\"distance\":1}\n"
            "{\"word\":\"cut\",\"dict\":\"d\",\"rule\":\"lev\",\"rank\":7}\n");
}

/* ---- history ---- */

static void test_records(void **state)
{
    lexmq_record_t list[] = {{1, "猫", 1767225600123, true}, {2, "a,cat", 1767225601000, false}};
    const lexmq_records_t records = {list, 2, 0};
    show_columns_t columns = {0};
    char *printed = NULL;
    size_t size;
    FILE *out = open_memstream(&printed, &size);
    (void)state;

    setenv("TZ", "UTC-8", 1);
    tzset();
    show_measure(&columns, "Älice", &records);
    for (size_t i = 0; i < records.count; i++) {
        show_record(out, &columns, "Älice", &list[i]);
        show_record_json(out, "Älice", &list[i]);
        show_record_csv(out, "Älice", &list[i]);
    }
    fclose(out);
    assert_string_equal(
        printed, "Älice  猫     2026-01-01 08:00:00\n"
                 "{\"name\":\"Älice\",\"word\":\"猫\",\"time\":\"2026-01-01T00:00:00.123Z\","
                 "\"found\":true}\n"
                 "Älice,猫,2026-01-01T00:00:00.123Z,true\n"
                 "Älice  a,cat  2026-01-01 08:00:01\n"
                 "{\"name\":\"Älice\",\"word\":\"a,cat\",\"time\":\"2026-01-01T00:00:01.000Z\","
                 "\"found\":false}\n"
                 "Älice,\"a,cat\",2026-01-01T00:00:01.000Z,false\n");
    free(printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_full_json),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_fields_are_cleaned),
        cmocka_unit_test(test_way),
        cmocka_unit_test(test_long_way),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
