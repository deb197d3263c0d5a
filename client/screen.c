#include "client/screen.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/interrupt.h"
#include "client/text_clean.h"

#define CHOICE_MAX 64

int screen_run(const options_t *options)
{
    int code = EXIT_USAGE;
    client_t *client = client_new(options, stdout, CLIENT_WITHOUT_SESSION, &code);

    if (!client)
        return code;
    screen_t self = {.client = client, .out = stdout};
    bool somebody = prompt_is_terminal(client->prompt);
    if (somebody)
        interrupt_catch(client->lexmq);
    screen_first(&self);
    if (somebody)
        interrupt_release();
    client_destroy(&client);
    return client_finish(EXIT_DONE);
}

static int s_choice(const char *answer, const char *const *choices)
{
    char *end;
    long number = strtol(answer, &end, 10);

    for (int i = 0; choices[i]; i++)
        if ((*answer && *end == '\0' && number == i + 1) || strcasecmp(answer, choices[i]) == 0)
            return i + 1;
    return 0;
}

int screen_menu(screen_t *self, const char *title, const char *const *choices)
{
    char answer[CHOICE_MAX + 1];
    bool shown = false;

    while (true) {
        if (!shown) {
            putc('\n', self->out);
            page_print(&self->client->page, PAGE_BOLD, title);
            putc('\n', self->out);
            for (int i = 0; choices[i]; i++)
                fprintf(self->out, "  %d) %s\n", i + 1, choices[i]);
        }
        if (prompt_line(self->client->prompt, "> ", false, answer, CHOICE_MAX) != PROMPT_ANSWER)
            return 0;
        int choice = s_choice(answer, choices);
        if (choice > 0)
            return choice;
        shown = answer[0] != '\0';
        if (shown)
            fputs("Please type the number of a choice.\n", self->out);
    }
}

bool screen_fail(screen_t *self, lexmq_status_t status)
{
    char *reason = client_reason(self->client->lexmq, status);
    bool over = status == LEXMQ_UNAUTHORIZED && self->name[0];

    /* The terminal has shown the key as ^C. */
    if (status == LEXMQ_CANCELLED)
        putc('\n', self->out);
    if (over)
        page_print(&self->client->page, PAGE_ALERT,
                   "Your session has expired. Please log in again.");
    else
        page_print(&self->client->page, PAGE_ALERT, reason);
    putc('\n', self->out);
    free(reason);
    if (over) {
        lexmq_set_token(self->client->lexmq, NULL, 0);
        self->name[0] = '\0';
    }
    return !over;
}

void screen_welcome(screen_t *self, const char *greeting, const lexmq_login_t *login)
{
    snprintf(self->name, sizeof self->name, "%s", login->name);
    fprintf(self->out, "%s ", greeting);
    page_print(&self->client->page, PAGE_PLAIN, self->name);
    fputs(".\n", self->out);
}

void screen_logout(screen_t *self, bool silent)
{
    /* The outcome changes nothing here: without its token the session is lost to us, and it ends by itself. */
    lexmq_status_t status = lexmq_logout(self->client->lexmq);

    lexmq_set_token(self->client->lexmq, NULL, 0);
    /* One that the server has not ended must not lie on the disk. */
    if (status == LEXMQ_OK || status == LEXMQ_UNAUTHORIZED)
        client_keep_earlier(self->client, self->name);
    self->name[0] = '\0';
    if (silent)
        return;
    if (status == LEXMQ_OK || status == LEXMQ_UNAUTHORIZED)
        fputs("Logged out.\n", self->out);
    else
        fputs("Logged out here; the server could not be told and will end the session in time.\n",
              self->out);
}
