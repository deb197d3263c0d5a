#include "client/matching.h"

#include <string.h>

static const strategy_t s_strategies[] = {
    {"exact", "the word itself, accents and letter case aside"},
    {"prefix", "words that begin with it"},
    {"nprefix", "the same; --skip passes over some, --count says how many follow"},
    {"suffix", "words that end with it"},
    {"substring", "words that have it anywhere"},
    {"word", "phrases of which it is a word"},
    {"first", "phrases of which it is the first word"},
    {"last", "phrases of which it is the last word"},
    {"wildcard", "* is any characters, ? is one; \\* and \\? are themselves"},
    {"re", "a regular expression as in Perl, anywhere in the word"},
    {"soundex", "words that sound alike in English"},
    {"lev", "words that are one edit away, or two with --distance 2"},
    {"reading", "Chinese words by their pinyin, with tones or without"},
    {"text", "words that have all of these words in their explanation, best first"},
    {NULL, NULL},
};

const strategy_t *strategy_all(void)
{
    return s_strategies;
}

bool strategy_is_known(const char *name)
{
    for (const strategy_t *strategy = s_strategies; strategy->name; strategy++)
        if (strcmp(strategy->name, name) == 0)
            return true;
    return false;
}

static bool s_is_wildcard(const char *pattern)
{
    return strpbrk(pattern, "*?") != NULL;
}

const char *strategy_usual(const char *pattern)
{
    return s_is_wildcard(pattern) ? "wildcard" : "prefix";
}

lexmq_status_t matching_run(lexmq_t *lexmq, lexmq_match_query_t query, size_t most,
                            matching_fn *each, void *arg, matching_end_t *end)
{
    unsigned char cursor[LEXMQ_CURSOR_MAX];
    lexmq_matches_t *page;
    size_t got = 0;
    bool wanted, complete;

    query.cursor = cursor;
    query.cursor_size = 0;
    do {
        query.limit = most - got < LEXMQ_MATCHES_MAX ? (unsigned)(most - got) : LEXMQ_MATCHES_MAX;
        lexmq_status_t status = lexmq_match(lexmq, &query, &page);
        if (status != LEXMQ_OK)
            return status;
        got += page->count;
        memcpy(cursor, page->cursor, page->cursor_size);
        query.cursor_size = page->cursor_size;
        complete = page->complete;
        wanted = each(arg, page) && got < most;
        lexmq_matches_destroy(&page);
    } while (wanted && query.cursor_size > 0);
    *end = query.cursor_size > 0 ? MATCHING_MORE : complete ? MATCHING_WHOLE : MATCHING_CUT;
    return LEXMQ_OK;
}
