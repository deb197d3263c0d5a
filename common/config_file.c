/* The ZPL file (RFC 4) and the environment. */

#include <ctype.h>
#include <czmq.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_sources.h"
#include "common/memory.h"

/* zconfig cuts longer lines and then loses count of the bytes that are left. */
#define LINE_SIZE 1024
#define FILE_SIZE (1u << 20)
#define NAME_SIZE 128

struct lex_layer {
    size_t rows;
    char **values;
};

lex_layer_t *lex_layer_new(size_t rows)
{
    lex_layer_t *self = lex_calloc(1, sizeof *self);

    self->rows = rows;
    self->values = lex_calloc(rows, sizeof *self->values);
    return self;
}

void lex_layer_destroy(lex_layer_t **self_p)
{
    lex_layer_t *self = *self_p;

    if (self) {
        for (size_t row = 0; row < self->rows; row++)
            free(self->values[row]);
        free(self->values);
        free(self);
        *self_p = NULL;
    }
}

void lex_layer_set(lex_layer_t *self, size_t row, const char *value, size_t size)
{
    free(self->values[row]);
    self->values[row] = lex_strndup(value, size);
}

const char *lex_layer_get(const lex_layer_t *self, size_t row)
{
    return self->values[row];
}

const char *lex_environment(const char *name)
{
    char variable[NAME_SIZE] = "LEXMQ_";
    size_t size = strlen(variable);

    for (; *name && size < sizeof variable - 1; name++)
        variable[size++] = (char)(*name == '-' ? '_' : toupper((unsigned char)*name));
    variable[size] = '\0';
    const char *value = getenv(variable);
    return value && *value ? value : NULL;
}

/* NULL when every line is one that zconfig can take. */
static const char *s_text_problem(const char *text, size_t size)
{
    if (size >= FILE_SIZE)
        return "is too large";
    if (strlen(text) != size)
        return "is not a text file";
    while (*text) {
        size_t line = strcspn(text, "\n");
        if (line >= LINE_SIZE)
            return "has a line of more than 1023 bytes";
        text += line + (text[line] == '\n');
    }
    return NULL;
}

static zconfig_t *s_parse(const lex_program_t *program, const char *path)
{
    zconfig_t *root = NULL;
    FILE *file = fopen(path, "re");

    if (!file) {
        fprintf(stderr, "%s: %s: %s\n", program->program, path, strerror(errno));
        return NULL;
    }
    char *text = lex_malloc(FILE_SIZE + 1);
    size_t size = fread(text, 1, FILE_SIZE, file);
    text[size] = '\0';
    const char *problem = ferror(file) ? strerror(errno) : s_text_problem(text, size);
    fclose(file);
    /* An empty text is an empty file, but zchunk will have none of it. */
    if (!problem)
        root = size > 0 ? zconfig_str_load(text) : zconfig_new("root", NULL);
    if (!root)
        fprintf(stderr, "%s: %s: %s\n", program->program, path,
                problem ? problem : "is not ZPL: a setting is a line like  name = value");
    free(text);
    return root;
}

static int s_take(lex_layer_t *self, const lex_program_t *program, const char *path,
                  zconfig_t *item)
{
    const char *name = zconfig_name(item);
    const char *value = zconfig_value(item);
    const char *problem = "is not a setting of this program; --help lists them";
    size_t row = 0;

    while (row < self->rows && strcmp(program->settings[row].name, name) != 0)
        row++;
    if (row < self->rows && zconfig_child(item))
        problem = "has settings below it, which none has";
    else if (row < self->rows && self->values[row])
        problem = "is there twice";
    else if (row < self->rows) {
        lex_layer_set(self, row, value ? value : "", value ? strlen(value) : 0);
        return 0;
    }
    fprintf(stderr, "%s: %s: \"%s\" %s\n", program->program, path, name, problem);
    return -1;
}

int lex_layer_load(lex_layer_t *self, const lex_program_t *program, const char *path)
{
    zconfig_t *root = s_parse(program, path);
    int result = root ? 0 : -1;

    for (zconfig_t *item = root ? zconfig_child(root) : NULL; item && result == 0;
         item = zconfig_next(item))
        result = s_take(self, program, path, item);
    zconfig_destroy(&root);
    return result;
}
