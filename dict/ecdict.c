/* ECDICT's CSV files: docs/dictionaries.md, "ECDICT". Columns are found by their names in the first
 * row. Chinese translation and English definition become one text, the translation first. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "dict/check.h"
#include "dict/csv_rows.h"
#include "dict/wordbook_line.h"

/* In the order that ECDICT has them in. */
enum {
    WORD,
    PHONETIC,
    DEFINITION,
    TRANSLATION,
    POS,
    COLLINS,
    OXFORD,
    TAG,
    BNC,
    FRQ,
    EXCHANGE,
    DETAIL,
    AUDIO,
    COLUMNS
};

static const char *const s_names[COLUMNS] = {
    "word", "phonetic", "definition", "translation", "pos",    "collins", "oxford",
    "tag",  "bnc",      "frq",        "exchange",    "detail", "audio"};

static const struct {
    int column;
    lex_text_field_t field;
} s_texts[] = {{PHONETIC, LEX_PHONETIC}, {POS, LEX_POS},       {TAG, LEX_TAGS},
               {EXCHANGE, LEX_FORMS},    {DETAIL, LEX_DETAIL}, {AUDIO, LEX_AUDIO}};

static const struct {
    int column;
    lex_number_field_t field;
} s_numbers[] = {
    {COLLINS, LEX_COLLINS}, {OXFORD, LEX_OXFORD}, {BNC, LEX_BNC_RANK}, {FRQ, LEX_MODERN_RANK}};

typedef struct {
    csv_rows_t *rows;
    int places[COLUMNS];          /* of the columns in a row; -1: the file has none of the name */
    csv_field_t columns[COLUMNS]; /* of the row that is being read */
    char *text;
    size_t capacity;
} s_ecdict_t;

static bool s_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static csv_field_t s_trim(csv_field_t field)
{
    while (field.size > 0 && s_is_blank(field.data[field.size - 1]))
        field.size--;
    while (field.size > 0 && s_is_blank(*field.data)) {
        field.data++;
        field.size--;
    }
    return field;
}

/* True when the names are those of an ECDICT file: a word, and something to say of it. */
static bool s_find_columns(int places[COLUMNS], csv_field_t *fields, size_t count)
{
    for (int i = 0; i < COLUMNS; i++) {
        places[i] = -1;
        for (size_t j = 0; j < count && places[i] < 0; j++) {
            csv_field_t name = s_trim(fields[j]);
            if (name.size == strlen(s_names[i]) &&
                strncasecmp(name.data, s_names[i], name.size) == 0)
                places[i] = (int)j;
        }
    }
    return places[WORD] >= 0 && (places[DEFINITION] >= 0 || places[TRANSLATION] >= 0);
}

static int s_open(reader_t *reader, const char *path)
{
    s_ecdict_t *self = lex_calloc(1, sizeof(*self));
    reader->impl = self;
    self->rows = csv_rows_open(path);
    if (!self->rows)
        return reader_fail(reader, "%s: %s", path, strerror(errno));
    csv_field_t *fields = NULL;
    size_t count = 0;
    csv_rows_status_t status = csv_rows_next(self->rows, &fields, &count);
    if (status == CSV_ROWS_ERROR)
        return reader_fail(reader, "%s: %s", path, strerror(errno));
    if (status != CSV_ROWS_ROW || !s_find_columns(self->places, fields, count))
        return reader_fail(
            reader,
            "%s: the first row does not name the columns word and translation or definition", path);
    return 0;
}

static void s_close(reader_t *reader)
{
    s_ecdict_t *self = reader->impl;
    if (!self)
        return;
    csv_rows_close(&self->rows);
    free(self->text);
    free(self);
}

/* Translation, line feed, definition; one of them alone is left where it is. */
static void s_join(s_ecdict_t *self, lex_entry_t *entry)
{
    csv_field_t first = self->columns[TRANSLATION];
    csv_field_t second = self->columns[DEFINITION];
    if (check_is_blank(first.data, first.size))
        first.size = 0;
    if (check_is_blank(second.data, second.size))
        second.size = 0;
    entry->text = first.size > 0 ? first.data : second.data;
    entry->text_size = first.size + second.size;
    entry->fields.number[LEX_TRANSLATION_BYTES] = (uint32_t)first.size;
    if (first.size == 0 || second.size == 0)
        return;
    entry->text_size++;
    if (self->capacity < entry->text_size) {
        self->capacity = 2 * entry->text_size;
        self->text = lex_realloc(self->text, self->capacity);
    }
    memcpy(self->text, first.data, first.size);
    self->text[first.size] = '\n';
    memcpy(self->text + first.size + 1, second.data, second.size);
    entry->text = self->text;
}

/* Single blanks between the tags, none at the ends. */
static csv_field_t s_squeeze(csv_field_t field)
{
    size_t size = 0;
    field = s_trim(field);
    for (size_t i = 0; i < field.size; i++) {
        bool blank = s_is_blank(field.data[i]);
        if (!blank || !s_is_blank(field.data[i - 1]))
            field.data[size++] = blank ? ' ' : field.data[i];
    }
    field.size = size;
    return field;
}

/* A whole number, or nothing, which is 0. False when it is neither or too large. */
static bool s_parse_number(csv_field_t field, uint32_t *out)
{
    uint64_t number = 0;
    field = s_trim(field);
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] < '0' || field.data[i] > '9')
            return false;
        number = 10 * number + (uint64_t)(field.data[i] - '0');
        if (number > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)number;
    return true;
}

static void s_read_fields(s_ecdict_t *self, reader_t *reader, lex_fields_t *fields)
{
    self->columns[TAG] = s_squeeze(self->columns[TAG]);
    for (size_t i = 0; i < sizeof(s_texts) / sizeof(s_texts[0]); i++) {
        csv_field_t column = self->columns[s_texts[i].column];
        if (!check_is_blank(column.data, column.size))
            fields->text[s_texts[i].field] = (lex_span_t){column.data, column.size};
    }
    for (size_t i = 0; i < sizeof(s_numbers) / sizeof(s_numbers[0]); i++) {
        lex_number_field_t field = s_numbers[i].field;
        if (!s_parse_number(self->columns[s_numbers[i].column], &fields->number[field]))
            reader_drop(reader, reader->line, lex_number_field_name(field),
                        "no number up to 4294967295");
    }
}

/* Puts the row's fields in our order, those that it lacks empty, and resolves escapes. The detail is
 * JSON, which has its own. */
static void s_take_row(s_ecdict_t *self, csv_field_t *fields, size_t count)
{
    for (int i = 0; i < COLUMNS; i++) {
        bool there = self->places[i] >= 0 && (size_t)self->places[i] < count;
        csv_field_t field = there ? fields[self->places[i]] : (csv_field_t){0};
        if (field.size > 0 && i != DETAIL)
            field.size = wordbook_unescape(field.data, field.size);
        self->columns[i] = field;
    }
}

static const char *s_row_fault(csv_rows_status_t status)
{
    switch (status) {
    case CSV_ROWS_TOO_LONG:
        return "the row is longer than 17 MiB";
    case CSV_ROWS_BAD:
        return "something stands behind a closing quotation mark";
    default:
        return "a quotation mark is not closed";
    }
}

static int s_next(reader_t *reader, lex_entry_t *entry)
{
    s_ecdict_t *self = reader->impl;
    csv_field_t *fields = NULL;
    size_t count = 0;
    csv_rows_status_t status;
    while ((status = csv_rows_next(self->rows, &fields, &count)) > 0) {
        reader->line = csv_rows_line(self->rows);
        if (status == CSV_ROWS_ROW)
            break;
        reader_skip(reader, reader->line, s_row_fault(status));
    }
    if (status == CSV_ROWS_ERROR)
        return reader_fail(reader, "cannot read on: %s", strerror(errno));
    if (status == CSV_ROWS_END)
        return 0;
    s_take_row(self, fields, count);
    entry->headword = self->columns[WORD].data;
    entry->headword_size = self->columns[WORD].size;
    s_join(self, entry);
    if (!check_entry(entry)) /* else it is reported and passed over, whatever its fields are */
        s_read_fields(self, reader, &entry->fields);
    return 1;
}

static void s_position(const reader_t *reader, uint64_t *done, uint64_t *total)
{
    const s_ecdict_t *self = reader->impl;
    csv_rows_position(self->rows, done, total);
}

/* The names in the first row; a quotation mark about a name does not matter here. */
static bool s_claims_start(const char *start, size_t size)
{
    char line[1024] = "";
    csv_field_t fields[CSV_COLUMNS_MAX];
    size_t count = 0;
    size_t length = 0;
    int places[COLUMNS];
    while (length < size && length < sizeof(line) && start[length] != '\n' &&
           start[length] != '\r') {
        line[length] = start[length] == '"' ? ' ' : start[length];
        length++;
    }
    for (size_t from = 0; from <= length && count < CSV_COLUMNS_MAX;) {
        const char *comma = memchr(line + from, ',', length - from);
        size_t end = comma ? (size_t)(comma - line) : length;
        fields[count++] = (csv_field_t){line + from, end - from};
        from = end + 1;
    }
    return count > 1 && s_find_columns(places, fields, count);
}

const format_t format_ecdict = {
    .name = "ecdict",
    .claims_start = s_claims_start,
    .open = s_open,
    .next = s_next,
    .position = s_position,
    .close = s_close,
};
