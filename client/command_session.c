/* whoami, sessions, revoke: looking at logins. */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "client/command.h"
#include "client/machine.h"
#include "client/show.h"
#include "client/text_clean.h"

static void s_account_json(const lexmq_account_t *account)
{
    char id[SHOW_ID_SIZE];

    printf("{\"user\":%llu,\"name\":", (unsigned long long)account->user);
    json_string(stdout, account->name);
    printf(",\"created\":");
    show_time_json(stdout, account->created);
    printf(",\"session\":\"%s\",\"issued\":", show_id(account->session, id));
    show_time_json(stdout, account->issued);
    printf(",\"expires\":");
    show_time_json(stdout, account->expires);
    printf(",\"profile\":{");
    for (size_t i = 0; i < account->field_count; i++) {
        if (i > 0)
            putchar(',');
        json_string(stdout, account->fields[i].key);
        putchar(':');
        json_string(stdout, account->fields[i].value);
    }
    puts("}}");
}

/* The name on a line of its own, for scripts; then what else there is. */
static void s_account(const lexmq_account_t *account)
{
    char created[SHOW_TIME_SIZE], expires[SHOW_TIME_SIZE];

    text_print(stdout, account->name);
    printf("\n  registered %s, logged in until %s\n", show_time(account->created, created),
           show_time(account->expires, expires));
    for (size_t i = 0; i < account->field_count; i++) {
        fputs("  ", stdout);
        text_print(stdout, account->fields[i].key);
        fputs(": ", stdout);
        text_print(stdout, account->fields[i].value);
        putchar('\n');
    }
}

int command_whoami(client_t *client, const char *const *arguments, int count)
{
    lexmq_account_t *account;
    lexmq_status_t status = lexmq_whoami(client->lexmq, &account);

    (void)arguments;
    (void)count;
    if (status != LEXMQ_OK)
        return client_fail(client, status);
    if (client->options->given & OPTION_JSON)
        s_account_json(account);
    else
        s_account(account);
    lexmq_account_destroy(&account);
    return EXIT_DONE;
}

static void s_session_json(const lexmq_session_t *session)
{
    char id[SHOW_ID_SIZE];

    printf("{\"session\":\"%s\",\"issued\":", show_id(session->id, id));
    show_time_json(stdout, session->issued);
    printf(",\"expires\":");
    show_time_json(stdout, session->expires);
    printf(",\"current\":%s}\n", session->current ? "true" : "false");
}

static void s_session(const lexmq_session_t *session)
{
    char id[SHOW_ID_SIZE], issued[SHOW_TIME_SIZE], expires[SHOW_TIME_SIZE];

    printf("%s  from %s  until %s%s\n", show_id(session->id, id),
           show_time(session->issued, issued), show_time(session->expires, expires),
           session->current ? "  this one" : "");
}

int command_sessions(client_t *client, const char *const *arguments, int count)
{
    lexmq_sessions_t *sessions;
    lexmq_status_t status = lexmq_sessions(client->lexmq, &sessions);

    (void)arguments;
    (void)count;
    if (status != LEXMQ_OK)
        return client_fail(client, status);
    for (size_t i = 0; i < sessions->count; i++) {
        if (client->options->given & OPTION_JSON)
            s_session_json(&sessions->list[i]);
        else
            s_session(&sessions->list[i]);
    }
    lexmq_sessions_destroy(&sessions);
    return EXIT_DONE;
}

int command_revoke(client_t *client, const char *const *arguments, int count)
{
    unsigned char id[LEXMQ_ID_SIZE];
    size_t size = 0;
    const char *end;

    (void)count;
    if (sodium_hex2bin(id, sizeof id, arguments[0], strlen(arguments[0]), NULL, &size, &end) != 0 ||
        *end != '\0' || size != sizeof id)
        return client_say(EXIT_USAGE, "%s is no id of a session; `lexmq sessions` lists them",
                          arguments[0]);
    lexmq_status_t status = lexmq_revoke(client->lexmq, id);
    if (status != LEXMQ_OK)
        return client_fail(client, status);
    puts("The session is ended.");
    return EXIT_DONE;
}
