#include "dict/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/settings.h"
#include "dict/catalog.h"
#include "dict/export.h"
#include "dict/import.h"
#include "dict/list.h"
#include "dict/remove.h"

static const lex_setting_t s_settings[] = {
    {"name", "NAME", NULL, "the dictionary's name: 1 to 64 of a-z 0-9 _ -"},
    {"format", "FORMAT", NULL,
     "wordbook, dict, stardict, ecdict, cedict, lemma or exc; by the file unless given"},
    {"title", "TITLE", NULL, "what the dictionary is called for people, at most 255 bytes"},
    {"position", "N", NULL, "its place in the search order, 0 to 1000000, lowest first"},
    {"dry-run", NULL, NULL, "import: read and check the file, without a database"},
    {"report", "FILE", NULL,
     "import: write every line passed over and field left out to this file"},
    {"output", "FILE", NULL, "where export writes to; standard output unless given"},
    LEX_DB_SETTINGS("lexmq_import"),
    LEX_LOG_SETTINGS,
    {NULL, NULL, NULL, NULL},
};

const lex_program_t commands_program = {
    .program = "lexmq-dict",
    .summary = "Imports, exports, lists and removes dictionaries.",
    .usage = "import FILE --name NAME [--format FORMAT] [--title TITLE] [--position N] "
             "[--dry-run] [--report FILE]\n"
             "       lexmq-dict export --name NAME [--format FORMAT] [--output FILE]\n"
             "       lexmq-dict list\n"
             "       lexmq-dict remove NAME",
    .epilogue =
        "Formats, seen from a file's name or its first lines unless given:\n"
        "  wordbook  a word and its explanation a line\n"
        "  dict      a DICT database; FILE is its .index, .dict or .dict.dz\n"
        "  stardict  FILE is its .ifo\n"
        "  ecdict    ECDICT's CSV file\n"
        "  cedict    CC-CEDICT\n"
        "  lemma     ECDICT's file of lemmas, by which inflected forms are found\n"
        "  exc       WordNet's exceptions, likewise; FILE is a .exc file or their folder\n\n"
        "Export writes wordbook, dict, stardict or ecdict, by the ending of FILE unless given: "
        "dict and stardict are several\n"
        "files, whose names begin like FILE less such an ending.\n"
        "An import shows the new version all at once, or leaves the old one as it was.\n"
        "A line of --report is LINE, entry or the field's name, REASON, parted by tabs.\n"
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
    if (!request->format) {
        char names[256];
        format_names(names, sizeof(names));
        return s_usage_error("there is no format %s; there are %s", format, names);
    }
    if (request->title && (strlen(request->title) > FORMAT_TITLE_MAX || *request->title == '\0' ||
                           !lex_text_is_utf8(request->title, strlen(request->title)) ||
                           lex_text_has_control(request->title, strlen(request->title))))
        return s_usage_error("--title is 1 to %d bytes of UTF-8 without control characters",
                             FORMAT_TITLE_MAX);
    return 0;
}

static void s_print_result(const import_request_t *request, const import_result_t *result,
                           const report_t *report)
{
    double seconds = (double)result->elapsed_ms / 1000;
    printf("%s: %" PRIu64 " entries%s, %" PRIu64 " lines passed over, %" PRIu64
           " fields left out, %.1f s, %.0f rows/s\n",
           request->name, result->entries, result->version ? "" : " would be imported",
           result->skipped, result->dropped, seconds,
           (double)result->entries / (seconds > 0 ? seconds : 0.001));
    if (result->version == 0)
        printf("format %s of %s, %" PRIu64 " bytes of text, %" PRIu64
               " entries with fields, title %s\n",
               format_name(request->format), format_kind(request->format), result->text_bytes,
               result->with_fields, result->title);
    report_print(report, stdout);
}

static int s_import(const lex_config_t *config, lex_db_t *db)
{
    import_request_t request;
    import_result_t result;
    const char *path = lex_config_get(config, "report");
    int code = s_import_request(config, &request);
    if (code != 0)
        return code;
    progress_t *progress = progress_new(stderr, request.name);
    report_t *report = report_new(request.path, path, progress);
    if (!report)
        lex_error("import: %s: %s", path, strerror(errno));
    bool only_checked = lex_config_is_on(config, "dry-run");
    int rc =
        report ? import_run(only_checked ? NULL : db, &request, progress, report, &result) : -1;
    if (rc == 0)
        s_print_result(&request, &result, report);
    report_destroy(&report);
    progress_destroy(&progress);
    return rc == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int s_export(const lex_config_t *config, lex_db_t *db)
{
    uint64_t entries;
    const char *format = lex_config_get(config, "format");
    export_request_t request = {.name = lex_config_get(config, "name"),
                                .path = lex_config_get(config, "output")};
    request.format = format ? exporter_find(format) : exporter_guess(request.path);
    if (!request.format)
        return s_usage_error(
            "there is no format %s to export: it is wordbook, dict, stardict or ecdict", format);
    if (!request.path && exporter_needs_stem(request.format))
        return s_usage_error("%s has several files, so it needs --output", format);
    if (export_run(db, &request, &entries) != 0)
        return EXIT_FAILED;
    if (request.path)
        printf("%s: %" PRIu64 " entries\n", request.name, entries);
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
