/* The commands for scripts: `lexmq COMMAND [ARGUMENT]…`. */

#ifndef COMMAND_H
#define COMMAND_H

#include "client/client.h"

/* Runs the command that the options name; returns the exit code. */
int command_run(const options_t *options);

/* A command: its arguments were counted, its options checked. Returns the exit code. */
typedef int(command_fn)(client_t *client, const char *const *arguments, int count);

command_fn command_register, command_login, command_logout, command_whoami, command_passwd,
    command_delete_account, command_sessions, command_revoke, command_lookup, command_suggest,
    command_match, command_history, command_dicts, command_status, command_top;

#endif
