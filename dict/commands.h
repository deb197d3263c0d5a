/* The commands of lexmq-dict, by table: what each takes, and what it does. */

#ifndef DICT_COMMANDS_H
#define DICT_COMMANDS_H

#include "common/config.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* The settings and the help. */
extern const lex_program_t commands_program;

/* Checks the arguments, connects and runs the command that they name. Returns the program's exit
 * code. */
int commands_run(const lex_config_t *config);

#endif
