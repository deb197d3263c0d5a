/* The command line: settings (common/config.h) and the options of single commands, in any order
 * before, between and behind the command and its arguments. */

#ifndef OPTIONS_H
#define OPTIONS_H

#include <lexmq.h>

#include "common/config.h"

/* Options of commands, as a set. */
enum {
    OPTION_ALL = 1 << 0,
    OPTION_CSV = 1 << 1,
    OPTION_DICT = 1 << 2,
    OPTION_FIELD = 1 << 3,
    OPTION_JSON = 1 << 4,
    OPTION_LAST = 1 << 5,
    OPTION_LIMIT = 1 << 6,
    OPTION_PASSWORD_STDIN = 1 << 7,
    OPTION_STRATEGY = 1 << 8,
    OPTION_DISTANCE = 1 << 9,
    OPTION_SKIP = 1 << 10,
    OPTION_COUNT = 1 << 11,
    OPTION_TAG = 1 << 12,
    OPTION_COLLINS = 1 << 13,
    OPTION_MAX_RANK = 1 << 14,
    OPTION_SORT = 1 << 15,
    OPTION_INTERVAL = 1 << 16,
    OPTION_ONCE = 1 << 17,
    OPTION_BATCH = 1 << 18,
};

#define OPTIONS_LAST_MAX  100000 /* records that --last keeps in memory */
#define OPTIONS_LIMIT_MAX LEXMQ_MATCHES_MAX

typedef struct {
    lex_config_t *config;
    const char **arguments; /* the command is the first */
    int argument_count;
    unsigned given; /* which OPTION_ were */
    const char *dict;
    unsigned last, limit; /* 0: not given; the same goes for the numbers below */
    const char *strategy;
    unsigned distance, skip, count, collins, max_rank;
    const char *tags[LEXMQ_TAGS_MAX];
    size_t tag_count;
    bool by_rank;
    lexmq_field_t fields[LEXMQ_FIELDS_MAX];
    size_t field_count;
    unsigned batch;
    unsigned interval_ms; /* 0: not given */
    unsigned timeout_ms;
} options_t;

/* NULL when there is nothing to go on with: *exit_code is then 0 (help or version was printed) or 2
 * (a mistake was printed). */
options_t *options_new(int argc, char **argv, int *exit_code);
void options_destroy(options_t **self_p);

/* The name of the first option in the set, without dashes. */
const char *options_name(unsigned set);

#endif
