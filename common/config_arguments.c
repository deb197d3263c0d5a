/* The command line: --name VALUE, --name=VALUE, switches, and arguments in between. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/config_sources.h"
#include "common/memory.h"

static const char CONFIG[] = "config";

typedef struct {
    const lex_program_t *program;
    int argc;
    char **argv;
    int at; /* the argument in hand */
} s_reader_t;

static int s_refuse(const s_reader_t *self, const char *option, size_t size, const char *problem)
{
    fprintf(stderr, "%s: %.*s %s\n", self->program->program, (int)size, option, problem);
    return LEX_ARGUMENTS_REFUSED;
}

static bool s_is(const char *name, size_t size, const char *word)
{
    return strlen(word) == size && memcmp(name, word, size) == 0;
}

/* The row of the setting of that name, or -1. */
static int s_row(const lex_program_t *program, const char *name, size_t size)
{
    for (int row = 0; program->settings[row].name; row++)
        if (s_is(name, size, program->settings[row].name))
            return row;
    return -1;
}

/* Takes the option at self->at and, where it stands apart, its value. */
static int s_option(s_reader_t *self, lex_layer_t *flags, const char **path)
{
    const char *option = self->argv[self->at];
    size_t size = strcspn(option, "=");
    const char *value = option[size] == '=' ? option + size + 1 : NULL;
    const char *name = option + 2;
    size_t name_size = size > 2 ? size - 2 : 0;
    bool is_long = strncmp(option, "--", 2) == 0;
    bool is_config = is_long && s_is(name, name_size, CONFIG);
    int row = is_long ? s_row(self->program, name, name_size) : -1;

    if (row < 0 && !is_config)
        return s_refuse(self, option, size, "is not an option; --help lists them");
    bool is_switch = !is_config && !self->program->settings[row].value;
    if (!value && is_switch)
        value = "1";
    if (!value && self->at + 1 < self->argc)
        value = self->argv[++self->at];
    if (!value)
        return s_refuse(self, option, size, "needs a value");
    if (is_config)
        *path = value;
    else
        lex_layer_set(flags, (size_t)row, value, strlen(value));
    return LEX_ARGUMENTS_READ;
}

static int s_next(s_reader_t *self, lex_arguments_t *arguments, lex_layer_t *flags,
                  const char **path)
{
    const char *argument = self->argv[self->at];

    if (strcmp(argument, "--help") == 0) {
        lex_usage_print(self->program);
        return LEX_ARGUMENTS_DONE;
    }
    if (strcmp(argument, "--version") == 0) {
        printf("%s %s\n", self->program->program, LEXMQ_VERSION);
        return LEX_ARGUMENTS_DONE;
    }
    if (strcmp(argument, "--") == 0) {
        while (++self->at < self->argc)
            arguments->list[arguments->count++] = self->argv[self->at];
        return LEX_ARGUMENTS_READ;
    }
    /* A lone "-" is an argument: by custom, the standard input. */
    if (argument[0] == '-' && argument[1] != '\0')
        return s_option(self, flags, path);
    arguments->list[arguments->count++] = argument;
    return LEX_ARGUMENTS_READ;
}

int lex_arguments_read(lex_arguments_t *self, const lex_program_t *program, int argc, char **argv,
                       lex_layer_t *flags, const char **path)
{
    s_reader_t reader = {program, argc, argv, 0};
    int result = LEX_ARGUMENTS_READ;

    self->count = 0;
    self->list = lex_calloc((size_t)(argc > 0 ? argc : 1), sizeof *self->list);
    for (reader.at = 1; reader.at < argc && result == LEX_ARGUMENTS_READ; reader.at++)
        result = s_next(&reader, self, flags, path);
    return result;
}
