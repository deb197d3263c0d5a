#include "dict/commands.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/settings.h"
#include "dict/catalog.h"
#include "dict/export.h"
#include "dict/import.h"
#include "dict/list.h"
#include "dict/remove.h"

static const lex_setting_t s_settings[] = {
    {"name", "NAME", NULL, "the dictionary's name: 1 to 64 of a-z 0-9 _ -"},
    {"format", "FORMAT", NULL, "wordbook or dict; by the file's name unless given"},
    {"title", "TITLE", NULL, "what the dictionary is called for people, at most 255 bytes"},
    {"position", "N", NULL, "its place in the search order, 0 to 1000000, lowest first"},
    {"output", "FILE", NULL, "where export writes to; standard output unless given"},
    LEX_DB_SETTINGS("lexmq_import"),
    LEX_LOG_SETTINGS,
    {NULL, NULL, NULL, NULL},
};

const lex_program_t commands_program = {
    .program = "lexmq-dict",
    .summary = "Imports, exports, lists and removes dictionaries.",
    .usage = "import FILE --name NAME [--format FORMAT] [--title TITLE] [--position N]\n"
             "       lexmq-dict export --name NAME [--output FILE]\n"
             "       lexmq-dict list\n"
             "       lexmq-dict remove NAME",
    .epilogue = "A FILE whose name ends in .index, .dict or .dict.dz is a DICT database, anything "
                "else a word book.\n"
                "An import shows the new version all at once, or leaves the old one as it was.\n"
                "Exit codes: 0 done, 1 failed, 2 usage.",
    .settings = s_settings,
};

typedef struct {
    const char *name;
    int arguments; /* behind its name */
    const char *usage;
    bool argument_is_name;                                /* the argument is a dictionary's name */
    bool needs_name;                                      /* --name is required */
    int (*run)(const lex_config_t *config, lex_db_t *db); /* gives the exit code */
} s_command_t;

static int s_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int s_usage_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("lexmq-dict: ", stderr);
    vfprintf(stderr, format, args);
    fputs("; see lexmq-dict --help\n", stderr);
    va_end(args);
    return EXIT_USAGE;
}

/* Fills the request from the settings. 0, or EXIT_USAGE. */
static int s_import_request(const lex_config_t *config, import_request_t *request)
{
    const char *format = lex_config_get(config, "format");
    request->path = lex_config_argument(config, 1);
    request->name = lex_config_get(config, "name");
    request->title = lex_config_get(config, "title");
    request->position = -1;
    if (lex_config_get(config, "position"))
        request->position = lex_config_number(config, "position", 0, CATALOG_POSITION_MAX);
    request->format = format ? format_find(format) : format_guess(request->path);
    if (!request->format)
        return s_usage_error("there is no format %s: it is wordbook or dict", format);
    if (request->title && (strlen(request->title) > FORMAT_TITLE_MAX || *request->title == '\0' ||
                           !lex_text_is_utf8(request->title, strlen(request->title)) ||
                           lex_text_has_control(request->title, strlen(request->title))))
        return s_usage_error("--title is 1 to %d bytes of UTF-8 without control characters",
                             FORMAT_TITLE_MAX);
    return 0;
}

static int s_import(const lex_config_t *config, lex_db_t *db)
{
    import_request_t request;
    import_result_t result;
    int code = s_import_request(config, &request);
    if (code != 0)
        return code;
    progress_t *progress = progress_new(stderr, request.name);
    int rc = import_run(db, &request, progress, &result);
    progress_destroy(&progress);
    if (rc != 0)
        return EXIT_FAILED;
    double seconds = (double)result.elapsed_ms / 1000;
    printf("%s: %" PRIu64 " entries, %" PRIu64 " lines passed over, %.1f s, %.0f rows/s\n",
           request.name, result.entries, result.skipped, seconds,
           (double)result.entries / (seconds > 0 ? seconds : 0.001));
    return EXIT_DONE;
}

static int s_export(const lex_config_t *config, lex_db_t *db)
{
    uint64_t entries;
    const char *path = lex_config_get(config, "output");
    const char *name = lex_config_get(config, "name");
    if (export_run(db, name, path, &entries) != 0)
        return EXIT_FAILED;
    if (path)
        printf("%s: %" PRIu64 " entries\n", name, entries);
    return EXIT_DONE;
}

static int s_list(const lex_config_t *config, lex_db_t *db)
{
    (void)config;
    return list_run(db, stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int s_remove(const lex_config_t *config, lex_db_t *db)
{
    return remove_run(db, lex_config_argument(config, 1)) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static const s_command_t s_commands[] = {
    {"import", 1, "import FILE --name NAME", false, true, s_import},
    {"export", 0, "export --name NAME", false, true, s_export},
    {"list", 0, "list", false, false, s_list},
    {"remove", 1, "remove NAME", true, false, s_remove},
};

static const s_command_t *s_find(const char *name)
{
    for (size_t i = 0; i < sizeof(s_commands) / sizeof(s_commands[0]); i++) {
        if (strcmp(s_commands[i].name, name) == 0)
            return &s_commands[i];
    }
    return NULL;
}

int commands_run(const lex_config_t *config)
{
    if (lex_config_arguments(config) == 0)
        return s_usage_error("a command is missing");
    const char *word = lex_config_argument(config, 0);
    const s_command_t *command = s_find(word);
    if (!command)
        return s_usage_error("there is no command %s", word);
    const char *name = command->needs_name ? lex_config_get(config, "name") : NULL;
    if (lex_config_arguments(config) != 1 + command->arguments || (command->needs_name && !name))
        return s_usage_error("it is lexmq-dict %s", command->usage);
    if (command->argument_is_name)
        name = lex_config_argument(config, 1);
    if (name && !catalog_name_is_good(name))
        return s_usage_error("a dictionary's name is 1 to %d of a-z 0-9 _ -", CATALOG_NAME_MAX);

    lex_db_options_t options = lex_settings_db(config, "lexmq_dict");
    lex_db_t *db = lex_db_new(&options);
    int code = command->run(config, db);
    lex_db_destroy(&db);
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        code = EXIT_FAILED;
    return code;
}
