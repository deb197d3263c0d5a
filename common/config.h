/* Settings by table: built-in default < ZPL file < environment LEXMQ_* < flag.
 *
 * A row {"db-hosts", "HOSTS", "127.0.0.1:3306", "database servers…"} is the key `db-hosts` at the top level of the ZPL
 * file, the variable LEXMQ_DB_HOSTS and the flag --db-hosts HOSTS (or --db-hosts=HOSTS). A row without a value name is
 * a switch: --insecure, LEXMQ_INSECURE=1, insecure = 1. Every program also has --config FILE (LEXMQ_CONFIG), --help, --version. */

#ifndef LEX_CONFIG_H
#define LEX_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *name;     /* lower case, words parted by '-' */
    const char *value;    /* what the value is called in the help, or NULL for a switch */
    const char *fallback; /* built-in default, or NULL for none */
    const char *help;     /* one line, with the unit */
} lex_setting_t;

typedef struct lex_config lex_config_t;

typedef struct {
    const char *program;           /* "lexmq-gateway" */
    const char *summary;           /* one line */
    const char *usage;             /* after the program's name, e.g. "[OPTION]…"; NULL: that */
    const char *epilogue;          /* printed after the options, or NULL */
    const lex_setting_t *settings; /* ends with a row whose name is NULL */
} lex_program_t;

/* Reads everything. Arguments that are no option stay, in order, in lex_config_argument(); "--" ends the options; options and
 * arguments may mix. On --help and --version prints to stdout and sets *exit_code to 0; on a mistake (an unknown option, a key of the file that is
 * not in the table, an unreadable file) prints one line to stderr and sets it to 2. NULL in both cases. */
lex_config_t *lex_config_new(const lex_program_t *program, int argc, char **argv, int *exit_code);
void lex_config_destroy(lex_config_t **self_p);

/* Of its table. */
const char *lex_config_program(const lex_config_t *self);

/* The value, or NULL when it has none. Lives as long as the config. Asking for a name not in the table is our bug (assert). */
const char *lex_config_get(const lex_config_t *self, const char *name);
bool lex_config_is_on(const lex_config_t *self, const char *name);

/* A whole number between min and max; prints one line to stderr naming the setting and exits with 2 when it is not one. */
int64_t lex_config_number(const lex_config_t *self, const char *name, int64_t min, int64_t max);

/* The value; prints one line and exits with 2 when it has none. */
const char *lex_config_require(const lex_config_t *self, const char *name);

int lex_config_arguments(const lex_config_t *self);
const char *lex_config_argument(const lex_config_t *self, int index);

#endif
