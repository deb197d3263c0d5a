/* The text of --help, made from the same table as everything else. */

#include <stdio.h>
#include <string.h>

#include "common/config_sources.h"

#define COLUMN_MAX 34 /* a longer flag has its explanation on the next line */

static const lex_setting_t s_common[] = {
    {"config", "FILE", NULL, "read settings from this ZPL file (LEXMQ_CONFIG)"},
    {"help", NULL, NULL, "print this and exit"},
    {"version", NULL, NULL, "print the version and exit"},
    {NULL, NULL, NULL, NULL},
};

/* Columns that "--name VALUE" takes. */
static int s_width(const lex_setting_t *setting)
{
    size_t width = 2 + strlen(setting->name);

    return (int)(width + (setting->value ? 1 + strlen(setting->value) : 0));
}

static void s_print_rows(const lex_setting_t *settings, int column)
{
    for (; settings->name; settings++) {
        int width = s_width(settings);
        printf("  --%s%s%s", settings->name, settings->value ? " " : "",
               settings->value ? settings->value : "");
        if (width > column)
            printf("\n%*s", 2 + column, "");
        else
            printf("%*s", column - width, "");
        printf("  %s", settings->help);
        if (settings->fallback && *settings->fallback)
            printf(" [%s]", settings->fallback);
        putchar('\n');
    }
}

static int s_column(const lex_setting_t *settings, int column)
{
    for (; settings->name; settings++)
        if (s_width(settings) > column && s_width(settings) <= COLUMN_MAX)
            column = s_width(settings);
    return column;
}

void lex_usage_print(const lex_program_t *program)
{
    int column = s_column(program->settings, s_column(s_common, 0));

    printf("Usage: %s %s\n%s\n\nOptions, with their defaults in brackets:\n", program->program,
           program->usage ? program->usage : "[OPTION]…", program->summary);
    s_print_rows(program->settings, column);
    s_print_rows(s_common, column);
    printf("\nEnvironment: LEXMQ_<NAME> sets the option --<name>: capitals, '-' written as '_'.\n"
           "A setting is taken from the command line, else from the environment, else from the\n"
           "file (a line `name = value` each), else it has its default.\n");
    if (program->epilogue)
        printf("\n%s\n", program->epilogue);
}
