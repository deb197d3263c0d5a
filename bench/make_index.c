/* bench/make_index: makes one index file from one or several dictionary files, by the readers of lexmq-dict and the builder
 * of the lookup service, and prints what it has cost as one line of JSON. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/lib/failure.h"
#include "common/config.h"
#include "dict/format.h"
#include "lookup-svc/index.h"
#include "lookup-svc/index_build.h"

static const lex_setting_t s_settings[] = {
    {"output", "FILE", NULL, "the index file to make"},
    {NULL, NULL, NULL, NULL},
};

static const lex_program_t s_program = {
    .program = "bench/make_index",
    .summary = "Makes one index file from dictionary files.",
    .usage = "--output FILE DICTIONARY…",
    .settings = s_settings,
};

/* What a kind of section is called in the report. Those of one name are added up. */
static const char *const s_names[INDEX_KINDS] = {
    [INDEX_TEXTS] = "texts",
    [INDEX_ENTRIES] = "entries",
    [INDEX_HEADWORDS] = "headwords",
    [INDEX_KEYS + INDEX_TABLE_STRINGS] = "keys",
    [INDEX_KEYS + INDEX_TABLE_BYTES] = "keys",
    [INDEX_KEYS + INDEX_TABLE_SLOTS] = "slots of keys",
    [INDEX_KEYS + INDEX_TABLE_SHARED] = "shared",
    [INDEX_FOLDS + INDEX_TABLE_STRINGS] = "folds",
    [INDEX_FOLDS + INDEX_TABLE_BYTES] = "folds",
    [INDEX_FOLDS + INDEX_TABLE_SLOTS] = "folds",
    [INDEX_FOLD_KEYS] = "folds",
    [INDEX_FORMS + INDEX_TABLE_STRINGS] = "forms",
    [INDEX_FORMS + INDEX_TABLE_BYTES] = "forms",
    [INDEX_FORMS + INDEX_TABLE_SLOTS] = "forms",
    [INDEX_FORM_KEYS] = "forms",
    [INDEX_READINGS + INDEX_TABLE_STRINGS] = "readings",
    [INDEX_READINGS + INDEX_TABLE_BYTES] = "readings",
    [INDEX_READINGS + INDEX_TABLE_SLOTS] = "readings",
    [INDEX_READING_KEYS] = "readings",
    [INDEX_TERMS + INDEX_TABLE_STRINGS] = "terms",
    [INDEX_TERMS + INDEX_TABLE_BYTES] = "terms",
    [INDEX_TERM_LISTS] = "lists of terms",
    [INDEX_GRAMS] = "grams",
    [INDEX_GRAM_LISTS] = "lists of grams",
    [INDEX_REVERSED] = "reversed",
    [INDEX_SOUNDEX] = "soundex",
    [INDEX_RANKS] = "ranks",
    [INDEX_STRIPS] = "strips",
    [INDEX_FIELD_OFFSETS] = "fields",
    [INDEX_FIELDS] = "fields",
};

/* What a reader passes over is not the concern of a benchmark. */
static void s_warn(void *arg, const reader_warning_t *warning)
{
    (void)arg;
    (void)warning;
}

static void s_add_file(index_builder_t *builder, const char *path, uint64_t *source_bytes)
{
    char *error = NULL;
    lex_entry_t entry;
    int rc;
    reader_t *reader = reader_open(format_guess(path), path, s_warn, NULL, &error);
    if (!reader)
        fail("%s: %s", path, error);
    while ((rc = reader_next(reader, &entry)) == 1) {
        if (index_builder_add(builder, &entry) != 0)
            fail("%s: an entry cannot be added", path);
        *source_bytes += entry.headword_size + entry.text_size;
    }
    if (rc == -1)
        fail("%s: %s", path, reader_error(reader));
    reader_close(&reader);
}

static void s_print_sections(const index_header_t *header)
{
    const char *separator = "";
    printf(",\"sections\":{");
    for (uint32_t i = 0; i < header->sections; i++) {
        const char *name = NULL;
        uint64_t size = 0;
        if (header->section[i].kind < INDEX_KINDS)
            name = s_names[header->section[i].kind];
        for (uint32_t j = 0; name && j < header->sections; j++) {
            const char *other =
                header->section[j].kind < INDEX_KINDS ? s_names[header->section[j].kind] : NULL;
            if (!other || strcmp(name, other) != 0)
                continue;
            if (j < i)
                name = NULL; /* it was printed with the first of its name */
            else
                size += header->section[j].size;
        }
        if (name) {
            printf("%s\"%s\":%llu", separator, name, (unsigned long long)size);
            separator = ",";
        }
    }
    printf("}");
}

static void s_print(const char *path, uint64_t source_bytes, double seconds)
{
    const char *why = NULL;
    index_t *index = index_open(path, &why);
    if (!index)
        fail("%s: %s", path, why);
    const index_header_t *header = index_view(index)->header;
    printf("{\"entries\":%u,\"keys\":%u,\"source_bytes\":%llu,\"index_bytes\":%llu,"
           "\"seconds\":%.2f",
           header->entries, header->keys, (unsigned long long)source_bytes,
           (unsigned long long)header->file_size, seconds);
    s_print_sections(header);
    printf("}\n");
    index_destroy(&index);
}

int main(int argc, char **argv)
{
    int exit_code = 0;
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    const char *path = lex_config_require(config, "output");
    struct timespec begin, end;
    uint64_t source_bytes = 0;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    const index_source_t source = {.dictionary = 1, .version = 1, .kind = DICTIONARY_WORDS};
    index_builder_t *builder = index_builder_new(path, &source);
    if (!builder)
        fail("%s cannot be made", path);
    for (int i = 0; i < lex_config_arguments(config); i++)
        s_add_file(builder, lex_config_argument(config, i), &source_bytes);
    if (index_builder_commit(builder) != 0)
        fail("%s cannot be finished", path);
    index_builder_destroy(&builder);
    clock_gettime(CLOCK_MONOTONIC, &end);
    s_print(path, source_bytes,
            (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
    lex_config_destroy(&config);
    return 0;
}
