#include "client/command.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "client/usage.h"

typedef struct {
    const char *name;
    command_fn *run;
    int min, max;     /* arguments behind the name */
    unsigned options; /* OPTION_ that it takes */
    client_login_t login;
    const char *usage; /* of its arguments */
} s_command_t;

static const s_command_t s_commands[] = {
    {"register", command_register, 1, 1, OPTION_FIELD | OPTION_PASSWORD_STDIN, CLIENT_NEW_SESSION,
     "NAME"},
    {"login", command_login, 1, 1, OPTION_PASSWORD_STDIN, CLIENT_NEW_SESSION, "NAME"},
    {"logout", command_logout, 0, 0, 0, CLIENT_IN_SESSION, "no argument"},
    {"whoami", command_whoami, 0, 0, OPTION_JSON, CLIENT_IN_SESSION, "no argument"},
    {"passwd", command_passwd, 0, 0, OPTION_PASSWORD_STDIN, CLIENT_IN_SESSION, "no argument"},
    {"delete-account", command_delete_account, 0, 0, OPTION_PASSWORD_STDIN, CLIENT_IN_SESSION,
     "no argument"},
    {"sessions", command_sessions, 0, 0, OPTION_JSON, CLIENT_IN_SESSION, "no argument"},
    {"revoke", command_revoke, 1, 1, 0, CLIENT_IN_SESSION, "ID"},
    {"lookup", command_lookup, 1, INT_MAX, OPTION_DICT | OPTION_JSON, CLIENT_IN_SESSION,
     "WORD... or -"},
    {"suggest", command_suggest, 1, 1, OPTION_DICT | OPTION_JSON | OPTION_LIMIT, CLIENT_IN_SESSION,
     "PREFIX"},
    {"match", command_match, 1, 1,
     OPTION_STRATEGY | OPTION_LIMIT | OPTION_DICT | OPTION_DISTANCE | OPTION_SKIP | OPTION_COUNT |
         OPTION_TAG | OPTION_COLLINS | OPTION_MAX_RANK | OPTION_SORT | OPTION_ALL | OPTION_JSON,
     CLIENT_IN_SESSION, "PATTERN"},
    {"history", command_history, 0, 1, OPTION_ALL | OPTION_CSV | OPTION_JSON | OPTION_LAST,
     CLIENT_IN_SESSION, "nothing or clear"},
    {"dicts", command_dicts, 0, 0, OPTION_JSON, CLIENT_IN_SESSION, "no argument"},
    {"status", command_status, 0, 0, OPTION_JSON, CLIENT_WITHOUT_SESSION, "no argument"},
    {"top", command_top, 0, 0, OPTION_INTERVAL | OPTION_ONCE | OPTION_BATCH, CLIENT_WITHOUT_SESSION,
     "no argument"},
    {NULL, NULL, 0, 0, 0, 0, NULL},
};

static const s_command_t *s_find(const char *name)
{
    for (const s_command_t *command = s_commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

/* Two options of which only one can be meant. */
static bool s_are_both(unsigned given, unsigned one, unsigned other)
{
    if ((given & one) && (given & other)) {
        client_say(0, "--%s and --%s exclude each other", options_name(one), options_name(other));
        return true;
    }
    return false;
}

static bool s_check(const s_command_t *command, const options_t *options)
{
    int count = options->argument_count - 1;
    unsigned strange = options->given & ~command->options;

    if (strange) {
        client_say(0, "%s has no option --%s; lexmq help lists them", command->name,
                   options_name(strange));
        return false;
    }
    if (count < command->min || count > command->max) {
        client_say(0, "%s takes %s; lexmq help lists the commands", command->name, command->usage);
        return false;
    }
    return !s_are_both(options->given, OPTION_ALL, OPTION_LAST) &&
           !s_are_both(options->given, OPTION_ALL, OPTION_LIMIT) &&
           !s_are_both(options->given, OPTION_CSV, OPTION_JSON) &&
           !s_are_both(options->given, OPTION_ONCE, OPTION_BATCH);
}

int command_run(const options_t *options)
{
    const char *name = options->arguments[0];
    const s_command_t *command = s_find(name);
    int code = EXIT_USAGE;

    if (strcmp(name, "help") == 0) {
        usage_print();
        return client_finish(EXIT_DONE);
    }
    if (!command)
        return client_say(EXIT_USAGE, "%s is no command; lexmq help lists them", name);
    if (!s_check(command, options))
        return EXIT_USAGE;
    client_t *client = client_new(options, stderr, command->login, &code);
    if (!client)
        return code;
    code = command->run(client, options->arguments + 1, options->argument_count - 1);
    client_destroy(&client);
    return client_finish(code);
}
