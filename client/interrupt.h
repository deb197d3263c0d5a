/* Ctrl-C between two questions of the interactive program: ends the call under way and the listing
 * being printed, not the program. */

#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <lexmq.h>
#include <stdbool.h>

/* From now on, until interrupt_release. One at a time. */
void interrupt_catch(lexmq_t *lexmq);
void interrupt_release(void);

/* True when Ctrl-C was pressed since interrupt_clear. */
bool interrupt_seen(void);
void interrupt_clear(void);

#endif
