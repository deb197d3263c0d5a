/* The table of settings, and where each gets its value. Flags are read first, since one of them
 * names the file, but count most. An empty value is no value: it takes back what a lower layer
 * gave, except in the environment, where an empty variable is what composition files leave of one
 * that is not set. */

#include "common/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_sources.h"
#include "common/memory.h"

struct lex_config {
    const lex_program_t *program;
    lex_layer_t *flags;
    lex_layer_t *file; /* NULL without a file */
    lex_arguments_t arguments;
    const char **values; /* by row; NULL: none */
};

static size_t s_rows(const lex_setting_t *settings)
{
    size_t rows = 0;

    while (settings[rows].name)
        rows++;
    return rows;
}

static bool s_switch(const char *value, bool *on)
{
    static const char *const words[] = {"0", "1", "no", "yes", "off", "on", "false", "true"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i]) == 0) {
            *on = i % 2 == 1;
            return true;
        }
    }
    return false;
}

/* The layers on top of each other. -1 and one printed line when a switch is neither on nor off. */
static int s_resolve(lex_config_t *self)
{
    const lex_setting_t *settings = self->program->settings;
    size_t rows = s_rows(settings);
    bool on;

    self->values = lex_calloc(rows, sizeof *self->values);
    for (size_t row = 0; row < rows; row++) {
        const char *value = lex_layer_get(self->flags, row);
        if (!value)
            value = lex_environment(settings[row].name);
        if (!value && self->file)
            value = lex_layer_get(self->file, row);
        if (!value)
            value = settings[row].fallback;
        if (value && *value && !settings[row].value && !s_switch(value, &on)) {
            fprintf(stderr, "%s: --%s: \"%s\" is neither 1 nor 0\n", self->program->program,
                    settings[row].name, value);
            return -1;
        }
        self->values[row] = value && *value ? value : NULL;
    }
    return 0;
}

lex_config_t *lex_config_new(const lex_program_t *program, int argc, char **argv, int *exit_code)
{
    lex_config_t *self = lex_calloc(1, sizeof *self);
    size_t rows = s_rows(program->settings);
    const char *path = NULL;

    *exit_code = 0;
    self->program = program;
    self->flags = lex_layer_new(rows);
    int result = lex_arguments_read(&self->arguments, program, argc, argv, self->flags, &path);
    if (result == LEX_ARGUMENTS_DONE)
        goto out;
    *exit_code = 2;
    if (result != LEX_ARGUMENTS_READ)
        goto out;
    if (!path)
        path = lex_environment("config");
    if (path && *path) {
        self->file = lex_layer_new(rows);
        if (lex_layer_load(self->file, program, path))
            goto out;
    }
    if (s_resolve(self))
        goto out;
    *exit_code = 0;
    return self;
out:
    lex_config_destroy(&self);
    return NULL;
}

void lex_config_destroy(lex_config_t **self_p)
{
    lex_config_t *self = *self_p;

    if (self) {
        lex_layer_destroy(&self->flags);
        lex_layer_destroy(&self->file);
        free(self->arguments.list);
        free(self->values);
        free(self);
        *self_p = NULL;
    }
}

const char *lex_config_get(const lex_config_t *self, const char *name)
{
    const lex_setting_t *settings = self->program->settings;

    for (size_t row = 0; settings[row].name; row++)
        if (strcmp(settings[row].name, name) == 0)
            return self->values[row];
    assert(!"a setting that is in the program's table");
    return NULL;
}

bool lex_config_is_on(const lex_config_t *self, const char *name)
{
    const char *value = lex_config_get(self, name);
    bool on = false;

    return value && s_switch(value, &on) && on;
}

/* The names are said as flags, which every setting has and everybody can look up in --help. */
__attribute__((noreturn)) static void s_refuse(const lex_config_t *self, const char *name,
                                               const char *problem)
{
    fprintf(stderr, "%s: --%s: %s\n", self->program->program, name, problem);
    exit(2);
}

int64_t lex_config_number(const lex_config_t *self, const char *name, int64_t min, int64_t max)
{
    const char *value = lex_config_get(self, name);
    char *end = NULL;

    errno = 0;
    long long number = value ? strtoll(value, &end, 10) : 0;
    /* strtoll would also take blanks and a plus sign in front. */
    bool whole = value && (isdigit((unsigned char)*value) || *value == '-') && *end == '\0' &&
                 end != value && errno == 0;
    if (!whole || number < min || number > max) {
        char problem[256];
        snprintf(problem, sizeof problem, "\"%.100s\" is not a whole number from %lld to %lld",
                 value ? value : "", (long long)min, (long long)max);
        s_refuse(self, name, problem);
    }
    return number;
}

const char *lex_config_require(const lex_config_t *self, const char *name)
{
    const char *value = lex_config_get(self, name);

    if (!value)
        s_refuse(self, name, "is needed and has no value");
    return value;
}

int lex_config_arguments(const lex_config_t *self)
{
    return self->arguments.count;
}

const char *lex_config_argument(const lex_config_t *self, int index)
{
    assert(index >= 0 && index < self->arguments.count);
    return self->arguments.list[index];
}

const char *lex_config_program(const lex_config_t *self)
{
    return self->program->program;
}
