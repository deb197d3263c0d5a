/* register, login, logout, passwd, delete-account: what makes and ends logins. */

#include <stdio.h>
#include <string.h>

#include "client/command.h"
#include "client/text_clean.h"
#include "common/secret.h"

/* Reads a password where the options say. 0, or the exit code after a printed line. */
static int s_ask(client_t *client, const char *question, char *out)
{
    if (client->options->given & OPTION_PASSWORD_STDIN) {
        switch (line_reader_next(prompt_lines(client->prompt), out, PROMPT_PASSWORD_MAX)) {
        case LINE_READ:
            return 0;
        case LINE_TOO_LONG:
            return client_say(EXIT_USAGE, "a password has at most %d bytes", PROMPT_PASSWORD_MAX);
        case LINE_END:
            break;
        }
        return client_say(EXIT_USAGE, "a password is missing on the standard input");
    }
    if (!prompt_is_terminal(client->prompt))
        return client_say(EXIT_USAGE, "the standard input is no terminal: use --password-stdin");
    switch (prompt_password(client->prompt, question, out)) {
    case PROMPT_ANSWER:
        return 0;
    case PROMPT_INTERRUPTED:
        return EXIT_CANCELLED;
    case PROMPT_END:
        break;
    }
    return client_say(EXIT_USAGE, "no password was given");
}

/* Reads a password that is to be set: at a terminal twice. */
static int s_ask_new(client_t *client, const char *question, char *out)
{
    int code = s_ask(client, question, out);

    if (code != 0 || (client->options->given & OPTION_PASSWORD_STDIN))
        return code;
    char *again = prompt_password_new();
    code = s_ask(client, "Again: ", again);
    if (code == 0 && strcmp(out, again) != 0)
        code = client_say(EXIT_USAGE, "the passwords differ");
    lex_secret_free(&again);
    return code;
}

/* Ends register and login: keeps the session and says so. */
static int s_welcome(client_t *client, lexmq_status_t status, const char *greeting,
                     lexmq_login_t *login)
{
    int code = EXIT_DONE;

    if (status != LEXMQ_OK) {
        code = client_fail(client, status);
    } else if (!client_save_session(client, login->name)) {
        code = EXIT_USAGE;
    } else {
        printf("%s ", greeting);
        text_print(stdout, login->name);
        puts(".");
    }
    lexmq_login_destroy(&login);
    return code;
}

int command_register(client_t *client, const char *const *arguments, int count)
{
    char *password = prompt_password_new();
    lexmq_login_t *login = NULL;
    int code = s_ask_new(client, "Password: ", password);

    (void)count;
    if (code == 0) {
        lexmq_status_t status =
            lexmq_register(client->lexmq, arguments[0], password, client->options->fields,
                           client->options->field_count, &login);
        code = s_welcome(client, status, "Registered and logged in as", login);
    }
    lex_secret_free(&password);
    return code;
}

int command_login(client_t *client, const char *const *arguments, int count)
{
    char *password = prompt_password_new();
    lexmq_login_t *login = NULL;
    int code = s_ask(client, "Password: ", password);

    (void)count;
    if (code == 0) {
        lexmq_status_t status = lexmq_login(client->lexmq, arguments[0], password, &login);
        code = s_welcome(client, status, "Logged in as", login);
    }
    lex_secret_free(&password);
    return code;
}

int command_logout(client_t *client, const char *const *arguments, int count)
{
    lexmq_status_t status = lexmq_logout(client->lexmq);

    (void)arguments;
    (void)count;
    /* A session that is over already is what was asked for. */
    if (status != LEXMQ_OK && status != LEXMQ_UNAUTHORIZED)
        return client_fail(client, status);
    client_forget_session(client);
    puts("Logged out.");
    return EXIT_DONE;
}

/* `unauthorized` may mean the password or the session: the session can be asked. */
static int s_fail_password(client_t *client, lexmq_status_t status)
{
    lexmq_account_t *account;

    if (status != LEXMQ_UNAUTHORIZED)
        return client_fail(client, status);
    status = lexmq_whoami(client->lexmq, &account);
    lexmq_account_destroy(&account);
    return status == LEXMQ_OK ? client_say(EXIT_REFUSED, "the password is wrong")
                              : client_fail(client, status);
}

int command_passwd(client_t *client, const char *const *arguments, int count)
{
    char *password = prompt_password_new(), *new_password = prompt_password_new();
    int code = 0;

    (void)arguments;
    (void)count;
    code = s_ask(client, "Password now: ", password);
    if (code == 0)
        code = s_ask_new(client, "New password: ", new_password);
    if (code == 0) {
        lexmq_status_t status = lexmq_passwd(client->lexmq, password, new_password);
        if (status != LEXMQ_OK)
            code = s_fail_password(client, status);
        else if (!client_save_session(client, client->session.name))
            code = EXIT_USAGE;
        else
            puts("The password is changed; other sessions are ended.");
    }
    lex_secret_free(&password);
    lex_secret_free(&new_password);
    return code;
}

int command_delete_account(client_t *client, const char *const *arguments, int count)
{
    char *password = prompt_password_new();
    int code;

    (void)arguments;
    (void)count;
    code = s_ask(client, "Password, to delete the account and its history: ", password);
    if (code == 0) {
        lexmq_status_t status = lexmq_delete_account(client->lexmq, password);
        if (status != LEXMQ_OK) {
            code = s_fail_password(client, status);
        } else {
            client_forget_session(client);
            session_file_remove_earlier(client->session_path);
            puts("The account is deleted.");
        }
    }
    lex_secret_free(&password);
    return code;
}
