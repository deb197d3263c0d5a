/* Settings: a ZPL file, the environment and arguments, parted by separators; a line an argument or a variable. */

#include "common/config.h"
#include "tests/fuzz/fuzz_files.h"

#define ARGUMENTS_MAX 64

static const lex_setting_t s_settings[] = {
    {"gateways", "ENDPOINTS", "tcp://127.0.0.1:5556", "a list"},
    {"db-password-file", "FILE", NULL, "a file without default"},
    {"insecure", NULL, NULL, "a switch"},
    {"is-on", NULL, "1", "a switch that is on"},
    {"threads", "N", "2", "a number"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "lexmq-fuzz", .summary = "Is fuzzed.", .settings = s_settings};

/* The lines of a part, in place; at most `max`. */
static int s_lines(char *text, char **lines, int max)
{
    int count = 0;
    for (char *line; count < max && (line = strsep(&text, "\n"));)
        lines[count++] = line;
    return count;
}

static char *s_copy(const uint8_t **data, size_t *size)
{
    size_t part_size;
    const uint8_t *part = fuzz_part(data, size, &part_size);
    char *copy = malloc(part_size + 1);
    memcpy(copy, part, part_size);
    copy[part_size] = '\0';
    return copy;
}

static void s_set_environment(char *text)
{
    char *lines[ARGUMENTS_MAX];
    int count = s_lines(text, lines, ARGUMENTS_MAX);
    for (int row = 0; s_settings[row].name; row++) {
        char variable[64] = "LEXMQ_";
        size_t size = strlen(variable);
        for (const char *at = s_settings[row].name; *at; at++)
            variable[size++] = (char)(*at == '-' ? '_' : *at - 'a' + 'A');
        if (row < count)
            setenv(variable, lines[row], 1);
        else
            unsetenv(variable);
    }
}

static void s_check(const lex_config_t *config, int argc)
{
    for (int row = 0; s_settings[row].name; row++) {
        const char *value = lex_config_get(config, s_settings[row].name);
        FUZZ_CHECK(!value || *value);
        if (!s_settings[row].value)
            lex_config_is_on(config, s_settings[row].name);
    }
    FUZZ_CHECK(lex_config_arguments(config) <= argc);
    for (int i = 0; i < lex_config_arguments(config); i++)
        FUZZ_CHECK(lex_config_argument(config, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *argv[ARGUMENTS_MAX + 4] = {(char *)"lexmq-fuzz", (char *)"--config"};
    size_t part_size;
    int exit_code = -1;
    fuzz_files_t files;
    fuzz_files_open(&files);
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    argv[2] = (char *)fuzz_files_add(&files, "settings.zpl", part, part_size);
    char *environment = s_copy(&data, &size), *arguments = s_copy(&data, &size);
    s_set_environment(environment);
    int argc = 3 + s_lines(arguments, argv + 3, ARGUMENTS_MAX);
    /* What --help prints is no input's doing. */
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    FUZZ_CHECK(config ? exit_code == 0 : exit_code == 0 || exit_code == 2);
    if (config)
        s_check(config, argc);
    lex_config_destroy(&config);
    free(environment);
    free(arguments);
    fuzz_files_close(&files);
    return 0;
}
