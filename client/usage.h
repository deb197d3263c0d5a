/* What lexmq says of itself: settings, commands, --help. */

#ifndef USAGE_H
#define USAGE_H

#include "common/config.h"

const lex_program_t *usage_program(void);

/* As --help. */
void usage_print(void);

#endif
