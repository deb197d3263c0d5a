/* SIGINT and SIGTERM as a question that long work asks between two steps. The second signal ends
 * the program at once: every step is safe to be killed in. */

#ifndef DICT_INTERRUPT_H
#define DICT_INTERRUPT_H

#include <stdbool.h>

void interrupt_setup(void);
bool interrupt_requested(void);

#endif
