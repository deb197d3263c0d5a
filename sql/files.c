#include "sql/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"

char *files_read(const char *path, size_t *size)
{
    char *text = NULL;
    const char *problem = NULL;
    FILE *file = fopen(path, "rbe");
    if (!file) {
        lex_error("migration %s cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    size_t room = 0;
    *size = 0;
    do {
        room = room ? room * 2 : 16384;
        text = lex_realloc(text, room);
        *size += fread(text + *size, 1, room - 1 - *size, file);
    } while (*size == room - 1 && *size <= FILES_BYTES_MAX);
    if (ferror(file))
        problem = "it cannot be read to its end";
    else if (*size > FILES_BYTES_MAX)
        problem = "it is larger than 16 MiB";
    else if (memchr(text, 0, *size))
        problem = "it has a NUL byte";
    fclose(file);
    text[*size] = 0;
    if (problem) {
        lex_error("migration %s cannot be used: %s", path, problem);
        free(text);
        text = NULL;
    }
    return text;
}

static int s_is_sql(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + size - 4, ".sql") == 0 &&
           (size <= 9 || strcmp(entry->d_name + size - 9, ".down.sql") != 0);
}

/* Four digits, an underscore, a name. */
static int s_parse_name(file_t *self, const char *entry)
{
    size_t size = strlen(entry) - 4;
    for (int i = 0; i < 4; i++)
        if (!isdigit((unsigned char)entry[i]))
            return -1;
    if (entry[4] != '_' || size < 6 || size > FILES_NAME_MAX)
        return -1;
    memcpy(self->name, entry, size);
    self->version = (unsigned)strtoul(entry, NULL, 10);
    return self->version ? 0 : -1;
}

static int s_load_file(file_t *self, const char *folder, const char *entry)
{
    unsigned char checksum[FILES_CHECKSUM_SIZE / 2];
    if (s_parse_name(self, entry)) {
        lex_error("migration %s/%s is not named like 0001_name.sql", folder, entry);
        return -1;
    }
    char *path = lex_format("%s/%s", folder, entry);
    self->text = files_read(path, &self->size);
    free(path);
    if (!self->text)
        return -1;
    crypto_generichash(checksum, sizeof checksum, (unsigned char *)self->text, self->size, NULL, 0);
    sodium_bin2hex(self->checksum, sizeof self->checksum, checksum, sizeof checksum);
    return 0;
}

static int s_load_next(files_t *self, const char *folder, const char *entry)
{
    file_t *file = &self->items[self->count];
    const file_t *before = self->count ? file - 1 : NULL;
    if (s_load_file(file, folder, entry))
        return -1;
    self->count++;
    if (before && before->version == file->version) {
        lex_error("migrations %s and %s in %s have the same number", before->name, file->name,
                  folder);
        return -1;
    }
    return 0;
}

int files_load(files_t *self, const char *folder)
{
    struct dirent **entries = NULL;
    int result = 0;
    memset(self, 0, sizeof *self);
    int count = scandir(folder, &entries, s_is_sql, alphasort);
    if (count < 0) {
        lex_error("migrations in %s cannot be read: %s", folder, strerror(errno));
        return -1;
    }
    self->items = lex_calloc((size_t)count + 1, sizeof *self->items);
    for (int i = 0; i < count; i++) {
        if (result == 0)
            result = s_load_next(self, folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    if (result)
        files_close(self);
    return result;
}

void files_close(files_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i].text);
    free(self->items);
    memset(self, 0, sizeof *self);
}
