#include "bench/lib/words.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/failure.h"
#include "bench/lib/random.h"
#include "common/memory.h"
#include "common/text.h"

#define FILE_MAX (64 << 20)

struct words {
    char *text; /* the file, each line ended by NUL */
    uint32_t *starts;
    unsigned count;
};

static char *s_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "re");
    expect(file != NULL, path);
    expect(fseek(file, 0, SEEK_END) == 0, path);
    long end = ftell(file);
    if (end <= 0 || end > FILE_MAX)
        fail("%s is empty or too long", path);
    rewind(file);
    *size = (size_t)end;
    char *text = lex_malloc(*size + 1);
    expect(fread(text, 1, *size, file) == *size, path);
    text[*size] = '\0';
    fclose(file);
    return text;
}

words_t *words_new(const char *path)
{
    size_t size;
    words_t *self = lex_calloc(1, sizeof *self);
    self->text = s_read(path, &size);
    self->starts = lex_calloc(size, sizeof *self->starts);
    char *rest = self->text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (!*line && !rest)
            break; /* after the last line's end */
        if (!*line || strlen(line) > LEX_WORD_MAX || strpbrk(line, "\"\\\t\r"))
            fail("%s: '%s' is no word to ask for", path, line);
        self->starts[self->count++] = (uint32_t)(line - self->text);
    }
    return self;
}

void words_destroy(words_t **self_p)
{
    words_t *self = *self_p;
    if (!self)
        return;
    free(self->text);
    free(self->starts);
    free(self);
    *self_p = NULL;
}

unsigned words_count(const words_t *self)
{
    return self->count;
}

const char *words_get(const words_t *self, unsigned index)
{
    return self->text + self->starts[index];
}

unsigned words_begin(const words_t *self, unsigned client)
{
    random_t random = client;
    return (unsigned)(random_next(&random) % self->count);
}

unsigned words_next(const words_t *self, unsigned *place)
{
    unsigned index = *place;
    *place = index + 1 < self->count ? index + 1 : 0;
    return index;
}
