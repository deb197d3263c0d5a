/* Lines of a DICT index, and articles under their headwords: a line, and behind a separator its article. */

#include "tests/fuzz/fuzz.h"

#include "dict/article.h"
#include "dict/dict_line.h"

/* Every number that can be read is written as it stood, but for zeros in front. */
static void s_check_number(uint64_t number)
{
    char digits[DICT_NUMBER_MAX + 1];
    uint64_t again;
    dict_number_format(number, digits);
    FUZZ_CHECK(dict_number_parse(digits, strlen(digits), &again) && again == number);
}

static void s_clean(const dict_line_t *line, const uint8_t *data, size_t size, bool final)
{
    lex_entry_t entry;
    char *text = malloc(size + 1);
    if (size > 0)
        memcpy(text, data, size);
    article_clean(line->word, line->word_size, final, !final, text, size, &entry);
    FUZZ_CHECK(entry.text >= text && entry.text + entry.text_size <= text + size);
    FUZZ_CHECK(entry.headword == line->word ||
               (entry.headword >= text && entry.headword + entry.headword_size <= text + size));
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t part_size;
    dict_line_t line;
    const char *part = (const char *)fuzz_part(&data, &size, &part_size);
    if (!dict_line_parse(part, part_size, &line))
        return 0;
    size_t meta_size;
    size_t title_size;
    const char *meta = dict_line_meta(&line, &meta_size);
    FUZZ_CHECK(line.word_size > 0 && line.word + line.word_size <= part + part_size);
    FUZZ_CHECK(!meta || meta + meta_size == line.word + line.word_size);
    s_check_number(line.offset);
    s_check_number(line.size);
    s_clean(&line, data, size, false);
    s_clean(&line, data, size, true);
    article_meta_line((const char *)data, size, &title_size);
    FUZZ_CHECK(title_size <= size);
    return 0;
}
