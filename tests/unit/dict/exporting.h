/* Entries given to an exporter, and what a reader makes of its files. */

#ifndef LEXMQ_TESTS_DICT_EXPORTING_H
#define LEXMQ_TESTS_DICT_EXPORTING_H

#include <dirent.h>

#include "tests/unit/dict/scratch.h"

#include "dict/exporter.h"

#define EXPORTING_TITLE "Test words"

/* An entry with pronunciation and aliases, either may be "". */
static inline lex_entry_t exporting_entry(const char *headword, const char *text,
                                          const char *phonetic, const char *aliases)
{
    lex_entry_t entry = lex_entry_plain(headword, strlen(headword), text, strlen(text));
    entry.fields.text[LEX_PHONETIC] = (lex_span_t){phonetic, strlen(phonetic)};
    entry.fields.text[LEX_ALIASES] = (lex_span_t){aliases, strlen(aliases)};
    return entry;
}

/* 0, or -1 when the export fails. */
static inline int exporting_run(const exporter_format_t *format, const char *path,
                                const lex_entry_t *entries, size_t count)
{
    char *error;
    exporter_t *exporter = exporter_open(format, path, EXPORTING_TITLE, &error);
    free(error);
    if (!exporter)
        return -1;
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = exporter_add(exporter, &entries[i]);
    if (rc == 0)
        rc = exporter_commit(exporter);
    if (rc != 0)
        assert_true(*exporter_error(exporter));
    exporter_close(&exporter);
    return rc;
}

/* A whole file with a NUL behind it; the caller frees it. */
static inline char *exporting_slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t room = (size_t)1 << 20;
    char *data = malloc(room);
    *size = fread(data, 1, room - 1, file);
    data[*size] = '\0';
    fclose(file);
    return data;
}

/* Files in the scratch folder. */
static inline size_t exporting_files(const scratch_t *scratch)
{
    DIR *folder = opendir(scratch->folder);
    size_t count = 0;
    assert_non_null(folder);
    for (struct dirent *item = readdir(folder); item; item = readdir(folder))
        count += item->d_name[0] != '.';
    closedir(folder);
    return count;
}

#endif
