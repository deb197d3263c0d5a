/* lookup: words of the command line, or a stream of them. Words are asked in chunks and printed in the order they came; what is
 * there when the input pauses is asked at once, so that a program may talk to us word by word. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/command.h"
#include "client/show.h"
#include "common/memory.h"
#include "common/text.h"

#define CHUNK 200 /* words a request: a reply of a few hundred kB with an ordinary dictionary */

typedef struct {
    client_t *client;
    bool json;
    bool missed;  /* at least one */
    bool printed; /* something, so that the next headword gets a blank line */
    char *words[CHUNK];
    size_t count;
} s_lookup_t;

static void s_print(s_lookup_t *self, const lexmq_definition_t *word, bool recorded,
                    const char *request)
{
    const page_t *page = &self->client->page;

    self->missed = self->missed || !word->found;
    if (self->json) {
        show_definition_json(stdout, word, recorded, request);
        return;
    }
    if (self->printed)
        putchar('\n');
    if (word->found)
        show_entries(page, word);
    else
        show_miss(page, word->word, word->suggestions, word->suggestion_count);
    self->printed = true;
}

/* Asks for words and prints them; in halves when the reply would be too large. 0, or the exit code of a failure. */
static int s_ask(s_lookup_t *self, char **words, size_t count)
{
    const lexmq_define_options_t options = {.dict = self->client->options->dict};
    lexmq_definitions_t *found;
    lexmq_status_t status =
        lexmq_define(self->client->lexmq, (const char *const *)words, count, &options, &found);

    if (status == LEXMQ_TOO_LARGE && count > 1) {
        int code = s_ask(self, words, count / 2);
        return code != 0 ? code : s_ask(self, words + count / 2, count - count / 2);
    }
    if (status != LEXMQ_OK)
        return client_fail(self->client, status);
    for (size_t i = 0; i < found->count; i++)
        s_print(self, &found->words[i], found->recorded, lexmq_request_id(self->client->lexmq));
    lexmq_definitions_destroy(&found);
    return client_finish(0);
}

static void s_drop(s_lookup_t *self)
{
    while (self->count > 0)
        free(self->words[--self->count]);
}

static int s_flush(s_lookup_t *self)
{
    int code = self->count > 0 ? s_ask(self, self->words, self->count) : 0;

    s_drop(self);
    return code;
}

/* No dictionary can hold such a word, and no request may: a miss that the server needs not hear of. */
static int s_miss(s_lookup_t *self, const char *word, const char *why)
{
    const lexmq_definition_t miss = {.word = word};
    int code = s_flush(self);

    if (code != 0)
        return code;
    client_say(0, "a word %s was not looked up", why);
    s_print(self, &miss, false, "");
    return client_finish(0);
}

static int s_add(s_lookup_t *self, const char *word)
{
    size_t size = strlen(word);

    if (size > LEXMQ_WORD_MAX)
        return s_miss(self, word, "of more than 255 bytes");
    if (!lex_text_is_utf8(word, size))
        return s_miss(self, word, "that is not UTF-8");
    self->words[self->count++] = lex_strdup(word);
    return self->count == CHUNK ? s_flush(self) : 0;
}

static bool s_is_blank(const char *word)
{
    return word[strspn(word, " \t")] == '\0';
}

/* Words from the standard input, one a line. */
static int s_stream(s_lookup_t *self)
{
    line_reader_t *lines = prompt_lines(self->client->prompt);
    char line[4 * LEXMQ_WORD_MAX + 1];
    int code = 0;

    while (code == 0) {
        if (self->count > 0 && !line_reader_is_ready(lines)) {
            code = s_flush(self);
            continue;
        }
        line_result_t result = line_reader_next(lines, line, sizeof line - 1);
        if (result == LINE_END)
            return s_flush(self);
        if (result == LINE_TOO_LONG)
            code = s_miss(self, "", "far too long, or with a NUL,");
        else if (!s_is_blank(line))
            code = s_add(self, line);
    }
    return code;
}

static int s_list(s_lookup_t *self, const char *const *words, int count)
{
    int code = 0;

    for (int i = 0; i < count && code == 0; i++)
        code = s_add(self, words[i]);
    return code != 0 ? code : s_flush(self);
}

int command_lookup(client_t *client, const char *const *arguments, int count)
{
    s_lookup_t self = {
        .client = client,
        .json = client->options->given & OPTION_JSON,
    };
    bool streams = count == 1 && strcmp(arguments[0], "-") == 0;
    int code;

    for (int i = 0; i < count; i++)
        if (s_is_blank(arguments[i]))
            return client_say(EXIT_USAGE, "a word is empty");
    code = streams ? s_stream(&self) : s_list(&self, arguments, count);
    s_drop(&self);
    if (code != 0)
        return code;
    return self.missed ? EXIT_MISSED : EXIT_DONE;
}
