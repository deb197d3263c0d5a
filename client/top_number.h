/* Numbers in at most six columns. */

#ifndef TOP_NUMBER_H
#define TOP_NUMBER_H

#include <stdint.h>

#define TOP_NUMBER_SIZE 24 /* bytes, with the NUL */

/* All write to `out` and return it. */

/* "0", "99999", "123k", "1.2M" */
char *top_count(char out[TOP_NUMBER_SIZE], uint64_t value);
/* "0", "0.3", "12.5", "12345", "123k" */
char *top_rate(char out[TOP_NUMBER_SIZE], double value);
/* "870us", "1.23ms", "123ms", "10.0s"; "-" below zero */
char *top_duration(char out[TOP_NUMBER_SIZE], int64_t us);
/* "12s", "4m12s", "2h05m", "3d04h" */
char *top_age(char out[TOP_NUMBER_SIZE], uint64_t ms);

#endif
