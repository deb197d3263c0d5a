/* Where settings come from: the command line, the environment, a ZPL file. Part of config.h; not
 * for others. */

#ifndef LEX_CONFIG_SOURCES_H
#define LEX_CONFIG_SOURCES_H

#include "common/config.h"

/* What one source says: a value, or NULL, for each row of the program's table. Copies the values.
 */
typedef struct lex_layer lex_layer_t;
lex_layer_t *lex_layer_new(size_t rows);
void lex_layer_destroy(lex_layer_t **self_p);
void lex_layer_set(lex_layer_t *self, size_t row, const char *value, size_t size);
const char *lex_layer_get(const lex_layer_t *self, size_t row);

/* Reads a ZPL file. 0, or -1 and one printed line when the file cannot be read or has a key that is
 * not in the table. */
int lex_layer_load(lex_layer_t *self, const lex_program_t *program, const char *path);

/* The variable LEXMQ_<NAME> of a setting; NULL when it is not there or empty. */
const char *lex_environment(const char *name);

/* The arguments that are no options: pointers into argv. */
typedef struct {
    const char **list;
    int count;
} lex_arguments_t;

enum {
    LEX_ARGUMENTS_READ = 0,
    LEX_ARGUMENTS_DONE,   /* --help or --version: printed, nothing else is to be done */
    LEX_ARGUMENTS_REFUSED /* one line was printed */
};

/* Reads argv into `flags`; *path is what --config names, or unchanged. */
int lex_arguments_read(lex_arguments_t *self, const lex_program_t *program, int argc, char **argv,
                       lex_layer_t *flags, const char **path);

/* The text of --help, to stdout. */
void lex_usage_print(const lex_program_t *program);

#endif
