/* match: words by strategy, as many as are asked for, or all of them as they come. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "client/command.h"
#include "client/matching.h"
#include "client/show.h"
#include "common/text.h"

typedef struct {
    client_t *client;
    show_match_columns_t columns;
    bool any; /* something was printed */
    int code; /* not 0: the output cannot be written */
} s_match_t;

static bool s_print(void *arg, const lexmq_matches_t *page)
{
    s_match_t *self = arg;
    bool json = self->client->options->given & OPTION_JSON;

    show_measure_matches(&self->columns, page);
    for (size_t i = 0; i < page->count; i++) {
        if (json)
            show_match_json(stdout, &page->list[i]);
        else
            show_match(&self->client->page, &self->columns, &page->list[i]);
    }
    self->any = self->any || page->count > 0;
    self->code = client_finish(0);
    return self->code == 0;
}

static int s_refuse_strategy(const char *name)
{
    client_say(0, "there is no strategy %s; there are:", name);
    for (const strategy_t *strategy = strategy_all(); strategy->name; strategy++)
        fprintf(stderr, "  %-10s %s\n", strategy->name, strategy->help);
    return EXIT_USAGE;
}

/* An option that means nothing with another strategy than its own was meant for something else. */
static bool s_is_astray(const options_t *options, unsigned set, const char *strategy,
                        const char *own)
{
    unsigned given = options->given & set;

    if (!given || strcmp(strategy, own) == 0)
        return false;
    client_say(0, "--%s goes with --strategy %s only", options_name(given), own);
    return true;
}

/* 0, or the exit code after a printed line. */
static int s_check(const options_t *options, const char *strategy, const char *pattern)
{
    size_t size = strlen(pattern);

    if (!strategy_is_known(strategy))
        return s_refuse_strategy(strategy);
    if (pattern[strspn(pattern, " \t")] == '\0')
        return client_say(EXIT_USAGE, "the pattern is empty");
    if (size > LEXMQ_WORD_MAX || !lex_text_is_utf8(pattern, size))
        return client_say(EXIT_USAGE, "a pattern has at most %d bytes of UTF-8", LEXMQ_WORD_MAX);
    if (s_is_astray(options, OPTION_DISTANCE, strategy, "lev") ||
        s_is_astray(options, OPTION_SKIP | OPTION_COUNT, strategy, "nprefix"))
        return EXIT_USAGE;
    return 0;
}

/* How many matches are wanted. */
static size_t s_most(const options_t *options)
{
    size_t most = options->given & OPTION_ALL ? SIZE_MAX : options->limit;

    if (options->count > 0 && (most == 0 || options->count < most))
        most = options->count;
    return most > 0 ? most : MATCHING_USUAL;
}

static lexmq_match_query_t s_query(const options_t *options, const char *strategy,
                                   const char *pattern)
{
    /* Without a count nprefix would end with its first page. */
    uint32_t usual_count = strcmp(strategy, "nprefix") == 0 ? UINT32_MAX : 0;

    return (lexmq_match_query_t){
        .strategy = strategy,
        .pattern = pattern,
        .dict = options->dict,
        .distance = options->distance,
        .skip = options->skip,
        .count = options->count > 0 ? options->count : usual_count,
        .tags = options->tags,
        .tag_count = options->tag_count,
        .collins = options->collins,
        .max_rank = options->max_rank,
        .by_rank = options->by_rank,
    };
}

/* Says on the standard error what the matches are not. Returns the exit code. */
static int s_finish(const s_match_t *self, matching_end_t end, bool counted)
{
    if (end == MATCHING_CUT && !self->any)
        return client_say(EXIT_UNREACHABLE, "the server's time was over before anything was found");
    if (end == MATCHING_CUT)
        client_say(0, "the server's time was over: better matches may be missing");
    else if (!self->any)
        return client_say(EXIT_MISSED, "nothing matches");
    else if (end == MATCHING_MORE && !counted)
        client_say(0, "there are more: --limit N gives up to %d, --all gives all of them",
                   LEXMQ_MATCHES_MAX);
    return EXIT_DONE;
}

int command_match(client_t *client, const char *const *arguments, int count)
{
    const options_t *options = client->options;
    const char *pattern = arguments[0];
    const char *strategy = options->strategy ? options->strategy : strategy_usual(pattern);
    s_match_t self = {.client = client};
    size_t most = s_most(options);
    matching_end_t end;

    (void)count;
    int code = s_check(options, strategy, pattern);
    if (code != 0)
        return code;
    lexmq_status_t status = matching_run(client->lexmq, s_query(options, strategy, pattern), most,
                                         s_print, &self, &end);
    if (status != LEXMQ_OK)
        return client_fail(client, status);
    /* Who counts knows that there may be more. */
    return self.code != 0 ? self.code : s_finish(&self, end, most == options->count);
}
