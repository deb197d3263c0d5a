/* Output for programs: strings of JSON (RFC 8259) and fields of CSV (RFC 4180). The rest of a line
 * is printf's. */

#ifndef MACHINE_H
#define MACHINE_H

#include <stdio.h>

/* Writes a string with its quotes. Control characters are escaped, those of C1 and what turns the writing
 * direction too, since the line may meet a terminal; bytes that are not UTF-8 become U+FFFD. NULL is written as null. */
void json_string(FILE *out, const char *text);

/* A field of CSV: quoted where it has to be. On a terminal as text_clean makes it, elsewhere every byte as it is. */
void csv_field(FILE *out, const char *text);

#endif
