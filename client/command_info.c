/* dicts, suggest, status: what there is. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/command.h"
#include "client/machine.h"
#include "client/text_clean.h"

#define SUGGEST_MAX 100

static void s_dictionary_json(const lexmq_dictionary_t *dictionary)
{
    fputs("{\"name\":", stdout);
    json_string(stdout, dictionary->name);
    fputs(",\"title\":", stdout);
    json_string(stdout, dictionary->title);
    printf(",\"entries\":%" PRIu64 ",\"version\":%" PRIu64 "}\n", dictionary->entries,
           dictionary->version);
}

static void s_dictionary(const lexmq_dictionary_t *dictionary)
{
    text_print(stdout, dictionary->name);
    fputs("  ", stdout);
    text_print(stdout, dictionary->title);
    printf("  (%" PRIu64 " entries)\n", dictionary->entries);
}

int command_dicts(client_t *client, const char *const *arguments, int count)
{
    lexmq_dictionaries_t *all;
    lexmq_status_t status = lexmq_dictionaries(client->lexmq, &all);

    (void)arguments;
    (void)count;
    if (status != LEXMQ_OK)
        return client_fail(client, status);
    for (size_t i = 0; i < all->count; i++) {
        if (client->options->given & OPTION_JSON)
            s_dictionary_json(&all->list[i]);
        else
            s_dictionary(&all->list[i]);
    }
    lexmq_dictionaries_destroy(&all);
    return EXIT_DONE;
}

int command_suggest(client_t *client, const char *const *arguments, int count)
{
    const options_t *options = client->options;
    bool json = options->given & OPTION_JSON;
    lexmq_words_t *words;

    (void)count;
    if (options->limit > SUGGEST_MAX)
        return client_say(EXIT_USAGE, "--limit: suggest gives at most %d words; match gives more",
                          SUGGEST_MAX);
    lexmq_status_t status =
        lexmq_suggest(client->lexmq, arguments[0], options->limit, options->dict, &words);
    if (status != LEXMQ_OK)
        return client_fail(client, status);
    if (json) {
        fputs("{\"prefix\":", stdout);
        json_string(stdout, arguments[0]);
        fputs(",\"words\":[", stdout);
    }
    for (size_t i = 0; i < words->count; i++) {
        if (json && i > 0)
            putchar(',');
        if (json)
            json_string(stdout, words->list[i]);
        else
            text_print(stdout, words->list[i]);
        if (!json)
            putchar('\n');
    }
    if (json)
        puts("]}");
    int code = words->count > 0 ? EXIT_DONE : EXIT_MISSED;
    lexmq_words_destroy(&words);
    return code;
}
