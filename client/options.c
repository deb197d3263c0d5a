#include "client/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/exits.h"
#include "client/paths.h"
#include "client/usage.h"
#include "common/memory.h"

#define TIMEOUT_MIN 0.1
#define TIMEOUT_MAX 3600.0

#define DISTANCE_MAX 2
#define COLLINS_MAX  5
#define NUMBER_MAX   999999999 /* of a place in a list: more than any list has */

typedef struct {
    const char *name;
    unsigned bit;
    bool has_value;
} s_option_t;

static const s_option_t s_options[] = {
    {"all", OPTION_ALL, false},
    {"batch", OPTION_BATCH, true},
    {"collins", OPTION_COLLINS, true},
    {"count", OPTION_COUNT, true},
    {"csv", OPTION_CSV, false},
    {"dict", OPTION_DICT, true},
    {"distance", OPTION_DISTANCE, true},
    {"field", OPTION_FIELD, true},
    {"interval", OPTION_INTERVAL, true},
    {"json", OPTION_JSON, false},
    {"last", OPTION_LAST, true},
    {"limit", OPTION_LIMIT, true},
    {"max-rank", OPTION_MAX_RANK, true},
    {"once", OPTION_ONCE, false},
    {"password-stdin", OPTION_PASSWORD_STDIN, false},
    {"skip", OPTION_SKIP, true},
    {"sort", OPTION_SORT, true},
    {"strategy", OPTION_STRATEGY, true},
    {"tag", OPTION_TAG, true},
    {NULL, 0, false},
};

const char *options_name(unsigned set)
{
    for (const s_option_t *option = s_options; option->name; option++)
        if (set & option->bit)
            return option->name;
    return "";
}

static bool s_is(const char *name, size_t size, const char *word)
{
    return strlen(word) == size && memcmp(name, word, size) == 0;
}

static const s_option_t *s_find(const char *name, size_t size)
{
    for (const s_option_t *option = s_options; option->name; option++)
        if (s_is(name, size, option->name))
            return option;
    return NULL;
}

/* True for a setting that stands before its value as an argument of its own. */
static bool s_setting_has_value(const char *name, size_t size)
{
    if (s_is(name, size, "config"))
        return true;
    for (const lex_setting_t *setting = usage_program()->settings; setting->name; setting++)
        if (s_is(name, size, setting->name))
            return setting->value != NULL;
    return false;
}

static bool s_number(const char *option, const char *text, unsigned max, unsigned *out)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long number = digits > 0 && digits < 10 && !text[digits] ? strtoul(text, NULL, 10) : 0;

    if (number >= 1 && number <= max) {
        *out = (unsigned)number;
        return true;
    }
    fprintf(stderr, "lexmq: --%s: \"%s\" is not a whole number from 1 to %u\n", option, text, max);
    return false;
}

static bool s_seconds(const char *option, const char *text, unsigned *out_ms)
{
    char *end;

    errno = 0;
    double seconds = strtod(text, &end);
    /* strtod would also take blanks, signs, infinities and hexadecimal. */
    bool plain = *text && strspn(text, "0123456789.") == strlen(text);
    if (plain && *end == '\0' && errno == 0 && seconds >= TIMEOUT_MIN && seconds <= TIMEOUT_MAX) {
        *out_ms = (unsigned)(seconds * 1000 + 0.5);
        return true;
    }
    fprintf(stderr, "lexmq: --%s: \"%s\" is not a number of seconds from %g to %g\n", option, text,
            TIMEOUT_MIN, TIMEOUT_MAX);
    return false;
}

static bool s_add_field(options_t *self, char *text)
{
    char *equals = strchr(text, '=');

    if (!equals || equals == text) {
        fprintf(stderr, "lexmq: --field: \"%s\" is not of the form KEY=VALUE\n", text);
        return false;
    }
    if (self->field_count == LEXMQ_FIELDS_MAX) {
        fprintf(stderr, "lexmq: --field: there are more than %d\n", LEXMQ_FIELDS_MAX);
        return false;
    }
    *equals = '\0';
    self->fields[self->field_count++] = (lexmq_field_t){.key = text, .value = equals + 1};
    return true;
}

static bool s_add_tag(options_t *self, const char *text)
{
    if (*text == '\0' || strchr(text, ' ')) {
        fprintf(stderr, "lexmq: --tag: \"%s\" is no tag: it is empty, or has a blank\n", text);
        return false;
    }
    if (self->tag_count == LEXMQ_TAGS_MAX) {
        fprintf(stderr, "lexmq: --tag: there are more than %d\n", LEXMQ_TAGS_MAX);
        return false;
    }
    self->tags[self->tag_count++] = text;
    return true;
}

static bool s_set_sort(options_t *self, const char *text)
{
    self->by_rank = strcmp(text, "rank") == 0;
    if (self->by_rank || strcmp(text, "word") == 0)
        return true;
    fprintf(stderr, "lexmq: --sort: \"%s\" is neither word nor rank\n", text);
    return false;
}

static bool s_set(options_t *self, const s_option_t *option, char *value)
{
    self->given |= option->bit;
    if (!option->has_value)
        return true;
    switch (option->bit) {
    case OPTION_DICT:
        self->dict = value;
        return true;
    case OPTION_FIELD:
        return s_add_field(self, value);
    case OPTION_LAST:
        return s_number(option->name, value, OPTIONS_LAST_MAX, &self->last);
    case OPTION_LIMIT:
        return s_number(option->name, value, OPTIONS_LIMIT_MAX, &self->limit);
    case OPTION_STRATEGY:
        self->strategy = value;
        return true;
    case OPTION_DISTANCE:
        return s_number(option->name, value, DISTANCE_MAX, &self->distance);
    case OPTION_SKIP:
        return s_number(option->name, value, NUMBER_MAX, &self->skip);
    case OPTION_COUNT:
        return s_number(option->name, value, NUMBER_MAX, &self->count);
    case OPTION_TAG:
        return s_add_tag(self, value);
    case OPTION_COLLINS:
        return s_number(option->name, value, COLLINS_MAX, &self->collins);
    case OPTION_MAX_RANK:
        return s_number(option->name, value, NUMBER_MAX, &self->max_rank);
    case OPTION_BATCH:
        return s_number(option->name, value, NUMBER_MAX, &self->batch);
    case OPTION_INTERVAL:
        return s_seconds(option->name, value, &self->interval_ms);
    case OPTION_SORT:
        return s_set_sort(self, value);
    default:
        return true;
    }
}

/* Takes the command's option at *at, with its value. False and a printed line on a mistake. */
static bool s_take(options_t *self, const s_option_t *option, int argc, char **argv, int *at)
{
    char *value = strchr(argv[*at], '=');

    value = value ? value + 1 : NULL;
    if (value && !option->has_value) {
        fprintf(stderr, "lexmq: --%s takes no value\n", option->name);
        return false;
    }
    if (!value && option->has_value && *at + 1 < argc)
        value = argv[++*at];
    if (!value && option->has_value) {
        fprintf(stderr, "lexmq: --%s needs a value\n", option->name);
        return false;
    }
    return s_set(self, option, value);
}

/* Parts the command line: options of commands are taken, arguments listed, and what is left goes to
 * `settings`, which has room for argc + 1. Returns the number of settings' arguments, or -1 on a
 * mistake. */
static int s_split(options_t *self, int argc, char **argv, char **settings)
{
    int count = 0;

    settings[count++] = argv[0];
    for (int at = 1; at < argc; at++) {
        char *argument = argv[at];
        if (strcmp(argument, "--") == 0) {
            while (++at < argc)
                self->arguments[self->argument_count++] = argv[at];
            break;
        }
        if (argument[0] != '-' || argument[1] == '\0') {
            self->arguments[self->argument_count++] = argument;
            continue;
        }
        bool is_long = argument[1] == '-';
        size_t size = is_long ? strcspn(argument + 2, "=") : 0;
        const s_option_t *option = is_long ? s_find(argument + 2, size) : NULL;
        if (option) {
            if (!s_take(self, option, argc, argv, &at))
                return -1;
            continue;
        }
        settings[count++] = argument;
        if (is_long && !argument[2 + size] && s_setting_has_value(argument + 2, size) &&
            at + 1 < argc)
            settings[count++] = argv[++at];
    }
    settings[count] = NULL;
    return count;
}

static bool s_read_timeout(options_t *self)
{
    const char *text = lex_config_get(self->config, "timeout");

    return s_seconds("timeout", text ? text : "", &self->timeout_ms);
}

/* common/config.h knows --config and LEXMQ_CONFIG; the usual places are put behind these. */
static void s_default_config(void)
{
    const char *named = getenv("LEXMQ_CONFIG");
    char *path = named && *named ? NULL : paths_config("client.zpl");

    if (path)
        setenv("LEXMQ_CONFIG", path, 1);
    free(path);
}

options_t *options_new(int argc, char **argv, int *exit_code_p)
{
    options_t *self = lex_calloc(1, sizeof *self);
    char **settings = lex_calloc((size_t)argc + 2, sizeof *settings);

    *exit_code_p = EXIT_USAGE;
    self->arguments = lex_calloc((size_t)argc + 1, sizeof *self->arguments);
    int count = s_split(self, argc, argv, settings);
    if (count >= 0) {
        s_default_config();
        self->config = lex_config_new(usage_program(), count, settings, exit_code_p);
    }
    if (self->config && !s_read_timeout(self)) {
        lex_config_destroy(&self->config);
        *exit_code_p = EXIT_USAGE;
    }
    /* The config may point into the arguments themselves, not into this list of them. */
    free(settings);
    if (!self->config)
        options_destroy(&self);
    return self;
}

void options_destroy(options_t **self_p)
{
    options_t *self = *self_p;

    if (self) {
        lex_config_destroy(&self->config);
        free(self->arguments);
        free(self);
        *self_p = NULL;
    }
}
