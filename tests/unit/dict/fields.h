/* What a reader says of an entry beside its text, as a line that a test can name. */

#ifndef LEXMQ_TESTS_DICT_FIELDS_H
#define LEXMQ_TESTS_DICT_FIELDS_H

#include "tests/unit/dict/scratch.h"

/* Adds "name=value" for every field that is set, each with a blank in front, to what is in `out`. */
static inline void fields_describe(const lex_fields_t *fields, char *out, size_t size)
{
    size_t length = strlen(out);
    for (int i = 0; i < LEX_TEXT_FIELDS; i++) {
        if (fields->text[i].size > 0 && length < size)
            length +=
                (size_t)snprintf(out + length, size - length, " %s=%.*s", lex_text_field_name(i),
                                 (int)fields->text[i].size, fields->text[i].data);
    }
    for (int i = 0; i < LEX_NUMBER_FIELDS; i++) {
        if (fields->number[i] > 0 && length < size)
            length += (size_t)snprintf(out + length, size - length, " %s=%" PRIu32,
                                       lex_number_field_name(i), fields->number[i]);
    }
}

/* The entry `index` of a file, as "headword: text field=value…". */
static inline const char *fields_entry(const format_t *format, const char *path, size_t index,
                                       char out[2048])
{
    char *error;
    lex_entry_t entry;
    reader_t *reader = reader_open(format, path, NULL, NULL, &error);
    assert_non_null(reader);
    for (size_t i = 0; i <= index; i++)
        assert_int_equal(reader_next(reader, &entry), 1);
    snprintf(out, 2048, "%.*s: %.*s", (int)entry.headword_size, entry.headword,
             (int)entry.text_size, entry.text);
    fields_describe(&entry.fields, out, 2048);
    reader_close(&reader);
    return out;
}

/* A file of the data that several projects share, in $LEXMQ_SHARED_DATA or ../shared/data; NULL when it is not there. */
static inline const char *fields_shared(const char *name, char path[512])
{
    const char *folder = getenv("LEXMQ_SHARED_DATA");
    snprintf(path, 512, "%s/%s", folder && *folder ? folder : "../shared/data", name);
    if (access(path, R_OK) == 0)
        return path;
    print_message("%s is not there: it would be read here\n", path);
    return NULL;
}

#endif
