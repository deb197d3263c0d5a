#include <string.h>

#include "lookup-svc/match.h"

static const char *const s_names[MATCH_STRATEGIES] = {
    [MATCH_EXACT] = "exact",         [MATCH_PREFIX] = "prefix",
    [MATCH_NPREFIX] = "nprefix",     [MATCH_SUFFIX] = "suffix",
    [MATCH_SUBSTRING] = "substring", [MATCH_WORD] = "word",
    [MATCH_FIRST] = "first",         [MATCH_LAST] = "last",
    [MATCH_WILDCARD] = "wildcard",   [MATCH_RE] = "re",
    [MATCH_SOUNDEX] = "soundex",     [MATCH_LEV] = "lev",
    [MATCH_READING] = "reading",     [MATCH_TEXT] = "text"};

static const char *const s_helps[MATCH_STRATEGIES] = {
    [MATCH_EXACT] = "the whole headword",
    [MATCH_PREFIX] = "the beginning of headwords",
    [MATCH_NPREFIX] = "a prefix, with some headwords skipped and some counted",
    [MATCH_SUFFIX] = "the end of headwords",
    [MATCH_SUBSTRING] = "anything within headwords",
    [MATCH_WORD] = "a word within headwords",
    [MATCH_FIRST] = "the first word of headwords",
    [MATCH_LAST] = "the last word of headwords",
    [MATCH_WILDCARD] = "headwords by a pattern with * and ?",
    [MATCH_RE] = "headwords by a regular expression",
    [MATCH_SOUNDEX] = "headwords that sound alike",
    [MATCH_LEV] = "headwords that differ by one edit or two",
    [MATCH_READING] = "headwords by their pinyin",
    [MATCH_TEXT] = "words of explanations"};

const char *match_strategy_name(match_strategy_t strategy)
{
    return s_names[strategy];
}

const char *match_strategy_help(match_strategy_t strategy)
{
    return s_helps[strategy];
}

int match_strategy_find(const char *name, size_t size, match_strategy_t *strategy)
{
    for (int i = 0; i < MATCH_STRATEGIES; i++)
        if (strlen(s_names[i]) == size && memcmp(s_names[i], name, size) == 0) {
            *strategy = (match_strategy_t)i;
            return 0;
        }
    return -1;
}
