/* Looking up: one word a line until ##. After a miss the suggestions have numbers. A pattern with * or ? lists the words that
 * match it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/matching.h"
#include "client/screen.h"
#include "client/show.h"
#include "common/text.h"

#define END         "##"
#define PROMPT      "word> "
#define NUMBERS_MAX 10

/* The suggestion that `answer` is the number of, or NULL. */
static const char *s_suggestion(const lexmq_definitions_t *missed, const char *answer)
{
    const lexmq_definition_t *word = missed ? &missed->words[0] : NULL;
    size_t digits = strspn(answer, "0123456789");

    if (!word || digits == 0 || digits > 2 || answer[digits])
        return NULL;
    size_t number = strtoul(answer, NULL, 10);
    return number >= 1 && number <= word->suggestion_count && number <= NUMBERS_MAX
               ? word->suggestions[number - 1]
               : NULL;
}

static void s_show_miss(screen_t *self, const lexmq_definition_t *word)
{
    const page_t *page = &self->client->page;

    show_miss(page, word->word, NULL, 0);
    if (word->suggestion_count == 0)
        return;
    fputs("Did you mean one of these? Type its number, or another word.\n", self->out);
    for (size_t i = 0; i < word->suggestion_count && i < NUMBERS_MAX; i++) {
        fprintf(self->out, "  %zu) ", i + 1);
        page_print(page, PAGE_PLAIN, word->suggestions[i]);
        putc('\n', self->out);
    }
}

/* Looks one word up and shows it. Keeps a miss for the numbers of its suggestions. False when the session is over. */
static bool s_look_up(screen_t *self, const char *word, lexmq_definitions_t **missed)
{
    const char *const words[] = {word};
    lexmq_definitions_t *found;
    lexmq_status_t status = lexmq_define(self->client->lexmq, words, 1, NULL, &found);

    lexmq_definitions_destroy(missed);
    if (status != LEXMQ_OK)
        return screen_fail(self, status);
    if (found->words[0].found)
        show_entries(&self->client->page, &found->words[0]);
    else
        s_show_miss(self, &found->words[0]);
    if (!found->recorded)
        fputs("(The history is behind: this look-up will be in it later.)\n", self->out);
    if (found->words[0].found)
        lexmq_definitions_destroy(&found);
    *missed = found;
    return true;
}

/* A question mark at the end of a phrase ends a sentence, and phrases are looked up. */
static bool s_is_pattern(const char *answer)
{
    return strchr(answer, '*') || (strchr(answer, '?') && !strchr(answer, ' '));
}

typedef struct {
    const page_t *page;
    show_match_columns_t columns;
    bool any;
} s_list_t;

static bool s_show_matches(void *arg, const lexmq_matches_t *page)
{
    s_list_t *self = arg;

    show_measure_matches(&self->columns, page);
    for (size_t i = 0; i < page->count; i++)
        show_match(self->page, &self->columns, &page->list[i]);
    self->any = self->any || page->count > 0;
    return true;
}

/* Lists words that match. False when the session is over. */
static bool s_list(screen_t *self, const char *pattern)
{
    const lexmq_match_query_t query = {.strategy = "wildcard", .pattern = pattern};
    s_list_t list = {.page = &self->client->page};
    matching_end_t end;
    lexmq_status_t status =
        matching_run(self->client->lexmq, query, MATCHING_USUAL, s_show_matches, &list, &end);

    if (status != LEXMQ_OK)
        return screen_fail(self, status);
    if (end == MATCHING_CUT)
        fputs("The server had no time to look at all words.\n", self->out);
    else if (!list.any)
        fputs("No word matches.\n", self->out);
    else if (end == MATCHING_MORE)
        fputs("There are more: type more of the word.\n", self->out);
    return true;
}

bool screen_lookup(screen_t *self)
{
    char answer[LEXMQ_WORD_MAX + 1], word[LEXMQ_WORD_MAX + 1];
    lexmq_definitions_t *missed = NULL;
    bool alive = true;

    fprintf(self->out, "\nType a word to look it up, %s to go back.\n", END);
    fputs("With * for any letters or ? for one, as in ser*pity, the words that match are listed.\n",
          self->out);
    while (alive) {
        prompt_result_t result =
            prompt_line(self->client->prompt, PROMPT, true, answer, sizeof answer - 1);
        if (result == PROMPT_END || strcmp(answer, END) == 0)
            break;
        if (result == PROMPT_INTERRUPTED || answer[0] == '\0')
            continue;
        if (!lex_text_is_utf8(answer, strlen(answer))) {
            fputs("That is not UTF-8 text.\n", self->out);
            continue;
        }
        if (s_is_pattern(answer)) {
            lexmq_definitions_destroy(&missed);
            alive = s_list(self, answer);
            continue;
        }
        const char *suggested = s_suggestion(missed, answer);
        snprintf(word, sizeof word, "%s", suggested ? suggested : answer);
        alive = s_look_up(self, word, &missed);
    }
    lexmq_definitions_destroy(&missed);
    return alive;
}
