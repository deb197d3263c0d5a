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

const char *match_strategy_name(match_strategy_t strategy)
{
    return s_names[strategy];
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
