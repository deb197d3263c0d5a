/* The terminal while lexmq top is on it: the alternate screen without a cursor, keys at once and without
 * echo. What was there before comes back whatever ends the program, but for SIGKILL. */

#ifndef TOP_SCREEN_H
#define TOP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* True when the standard input and output are terminals that can do that. */
bool top_screen_is_possible(void);

void top_screen_open(void);
void top_screen_close(void);

void top_screen_size(int *rows, int *columns);
/* Shows lines in place of what is there, in one write, so that nothing flickers. */
void top_screen_draw(const char *text, size_t size);
/* The next key that is no control sequence; 0: none is there; -1: the terminal is gone. */
int top_screen_key(void);

#endif
