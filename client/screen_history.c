/* The history: the last ten, or all. */

#include <stdio.h>

#include "client/interrupt.h"
#include "client/screen.h"
#include "client/show.h"

#define LAST 10
#define PAGE 500 /* records a request */

/* Both: false when the session is over. */
static bool s_last(screen_t *self)
{
    show_columns_t columns = {0};
    lexmq_records_t *records;
    lexmq_status_t status = lexmq_history_recent(self->client->lexmq, LAST, &records);

    if (status != LEXMQ_OK)
        return screen_fail(self, status);
    show_measure(&columns, self->name, records);
    for (size_t i = records->count; i-- > 0;)
        show_record(self->out, &columns, self->name, &records->list[i]);
    if (records->count == 0)
        fputs("Nothing has been looked up yet.\n", self->out);
    lexmq_records_destroy(&records);
    return true;
}

static bool s_all(screen_t *self)
{
    show_columns_t columns = {0};
    lexmq_records_t *records;
    uint64_t cursor = 0;
    size_t shown = 0;

    do {
        lexmq_status_t status =
            lexmq_history_list(self->client->lexmq, PAGE, cursor, true, &records);
        if (status != LEXMQ_OK)
            return screen_fail(self, status);
        show_measure(&columns, self->name, records);
        for (size_t i = 0; i < records->count && !interrupt_seen(); i++, shown++)
            show_record(self->out, &columns, self->name, &records->list[i]);
        cursor = records->cursor;
        lexmq_records_destroy(&records);
    } while (cursor != 0 && !interrupt_seen());
    if (shown == 0)
        fputs("Nothing has been looked up yet.\n", self->out);
    else if (interrupt_seen())
        fputs("(stopped)\n", self->out);
    return true;
}

bool screen_history(screen_t *self)
{
    static const char *const choices[] = {"the last 10", "all", NULL};
    int choice = screen_menu(self, "History", choices);

    putc('\n', self->out);
    interrupt_clear();
    if (choice == 0)
        return true;
    return choice == 1 ? s_last(self) : s_all(self);
}
