/* history: the last records, or all of them, page by page. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/command.h"
#include "client/show.h"
#include "common/memory.h"

#define LAST_USUAL 10

typedef struct {
    client_t *client;
    show_columns_t columns;
} s_history_t;

static void s_print(s_history_t *self, const lexmq_record_t *record)
{
    const char *name = self->client->session.name;
    unsigned given = self->client->options->given;

    if (given & OPTION_JSON)
        show_record_json(stdout, name, record);
    else if (given & OPTION_CSV)
        show_record_csv(stdout, name, record);
    else
        show_record(stdout, &self->columns, name, record);
}

/* All records, oldest first, as they come. */
static int s_all(s_history_t *self)
{
    lexmq_records_t *page;
    uint64_t cursor = 0;

    do {
        lexmq_status_t status =
            lexmq_history_list(self->client->lexmq, LEXMQ_RECORDS_MAX, cursor, true, &page);
        if (status != LEXMQ_OK)
            return client_fail(self->client, status);
        show_measure(&self->columns, self->client->session.name, page);
        for (size_t i = 0; i < page->count; i++)
            s_print(self, &page->list[i]);
        cursor = page->cursor;
        lexmq_records_destroy(&page);
        int code = client_finish(0);
        if (code != 0)
            return code;
    } while (cursor != 0);
    return EXIT_DONE;
}

/* The last `wanted` records. They come newest first and are printed the other way round. */
static int s_last(s_history_t *self, size_t wanted)
{
    lexmq_records_t *pages[OPTIONS_LAST_MAX / LEXMQ_RECORDS_MAX + 1];
    size_t count = 0, got = 0;
    uint64_t cursor = 0;
    lexmq_status_t status = LEXMQ_OK;

    do {
        size_t limit = wanted - got < LEXMQ_RECORDS_MAX ? wanted - got : LEXMQ_RECORDS_MAX;
        lexmq_records_t *page;
        status =
            wanted <= LEXMQ_RECORDS_MAX
                ? lexmq_history_recent(self->client->lexmq, (unsigned)limit, &page)
                : lexmq_history_list(self->client->lexmq, (unsigned)limit, cursor, false, &page);
        if (status != LEXMQ_OK)
            break;
        show_measure(&self->columns, self->client->session.name, page);
        pages[count++] = page;
        got += page->count;
        cursor = page->cursor;
    } while (cursor != 0 && got < wanted && count < sizeof pages / sizeof pages[0]);
    for (size_t page = count; page-- > 0;) {
        for (size_t i = pages[page]->count; status == LEXMQ_OK && i-- > 0;)
            s_print(self, &pages[page]->list[i]);
        lexmq_records_destroy(&pages[page]);
    }
    return status == LEXMQ_OK ? EXIT_DONE : client_fail(self->client, status);
}

static int s_clear(client_t *client)
{
    uint64_t cleared;
    lexmq_status_t status = lexmq_history_clear(client->lexmq, &cleared);

    if (status != LEXMQ_OK)
        return client_fail(client, status);
    printf("%llu records are forgotten.\n", (unsigned long long)cleared);
    return EXIT_DONE;
}

int command_history(client_t *client, const char *const *arguments, int count)
{
    s_history_t self = {.client = client};
    const options_t *options = client->options;

    if (count > 0 && (strcmp(arguments[0], "clear") != 0 || options->given))
        return client_say(EXIT_USAGE, "history takes nothing, or only the word clear");
    if (count > 0)
        return s_clear(client);
    if (options->given & OPTION_CSV)
        puts("name,word,time,found");
    if (options->given & OPTION_ALL)
        return s_all(&self);
    return s_last(&self, options->last > 0 ? options->last : LAST_USUAL);
}
