#include "lookup-svc/manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/files.h"

/* A line is at most five numbers, a kind, a name of 64 and a title of 255 characters, each byte escaped: 3
 * KiB. */
#define MANIFEST_MAX   (4u << 20)
#define MANIFEST_TEXT  1024u /* bytes of a name or title */
#define MANIFEST_HEAD  "lexmq-index %u\n"
#define MANIFEST_LINE  "%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu64 "\t%s\t"
#define MANIFEST_PARSE "%" SCNu32 "\t%" SCNu32 "\t%" SCNu32 "\t%" SCNu32 "\t%" SCNu64 "\t%15[a-z]%n"
#define MANIFEST_KIND  16u /* bytes of a kind's name */
#define MANIFEST_END   "end %zu %08lx\n"

static const char s_plain[] = "\t\n\r\\", s_escaped[] = "tnr\\";

static unsigned long s_checksum(const char *text, size_t size)
{
    return crc32_z(crc32_z(0, NULL, 0), (const unsigned char *)text, size);
}

/* ---- writing ---- */

static void s_print_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        const char *found = strchr(s_plain, *text);
        if (found)
            fprintf(out, "\\%c", s_escaped[found - s_plain]);
        else
            fputc(*text, out);
    }
}

/* Caller owns return value and must free it when done. */
static char *s_print(const snapshot_t *snapshot, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (!out)
        return NULL;
    fprintf(out, MANIFEST_HEAD, INDEX_FORMAT);
    for (size_t i = 0; i < snapshot->count; i++) {
        const dictionary_t *dictionary = snapshot->dictionaries + i;
        fprintf(out, MANIFEST_LINE, dictionary->id, dictionary->version, dictionary->position,
                dictionary->entries, dictionary->text_bytes,
                dictionary_kind_name(dictionary->kind));
        s_print_text(out, dictionary->name);
        fputc('\t', out);
        s_print_text(out, dictionary->title);
        fputc('\n', out);
    }
    fflush(out);
    fprintf(out, MANIFEST_END, snapshot->count, s_checksum(text, *size));
    fclose(out);
    return text;
}

/* ---- reading ---- */

/* Undoes the escapes of a field up to `end`. Caller owns return value and must free it when done.
 * NULL when it is malformed. */
static char *s_parse_text(const char *text, const char *end)
{
    if (end < text || (size_t)(end - text) > 2 * MANIFEST_TEXT)
        return NULL;
    char *out = lex_malloc((size_t)(end - text) + 1), *next = out;
    while (text < end) {
        char byte = *text++;
        if (byte == '\\') {
            const char *found = text < end ? strchr(s_escaped, *text++) : NULL;
            byte = found && *found ? s_plain[found - s_escaped] : '\0';
        }
        if (!byte || (size_t)(next - out) == MANIFEST_TEXT) {
            free(out);
            return NULL;
        }
        *next++ = byte;
    }
    *next = '\0';
    return out;
}

/* Reads a line without its end. */
static int s_parse_line(snapshot_t *snapshot, const char *line, const char *end)
{
    dictionary_t values = {0};
    char kind[MANIFEST_KIND];
    int used = 0;
    if (sscanf(line, MANIFEST_PARSE, &values.id, &values.version, &values.position, &values.entries,
               &values.text_bytes, kind, &used) != 6 ||
        dictionary_kind_parse(kind, &values.kind) == -1 || used == 0 || line[used] != '\t' ||
        line + used >= end)
        return -1;
    const char *name = line + used + 1, *tab = memchr(name, '\t', (size_t)(end - name));
    int rc = -1;
    if (tab) {
        values.name = s_parse_text(name, tab);
        values.title = s_parse_text(tab + 1, end);
    }
    if (values.name && values.title && lex_text_is_utf8(values.name, strlen(values.name)) &&
        lex_text_is_utf8(values.title, strlen(values.title)))
        rc = snapshot_add(snapshot, &values);
    free(values.name);
    free(values.title);
    return rc;
}

/* The last line vouches for all before it. */
static int s_check_end(const char *text, const char *last, size_t count)
{
    char *expected = lex_format(MANIFEST_END, count, s_checksum(text, (size_t)(last - text)));
    int rc = strcmp(last, expected) == 0 ? 0 : -1;
    free(expected);
    return rc;
}

static snapshot_t *s_parse(const char *text)
{
    char *head = lex_format(MANIFEST_HEAD, INDEX_FORMAT);
    snapshot_t *snapshot = snapshot_new();
    const char *line = strncmp(text, head, strlen(head)) == 0 ? text + strlen(head) : NULL;
    while (line && strncmp(line, "end ", 4) != 0) {
        const char *end = strchr(line, '\n');
        if (end && s_parse_line(snapshot, line, end) == 0)
            line = end + 1;
        else
            line = NULL;
    }
    if (!line || s_check_end(text, line, snapshot->count) == -1)
        snapshot_destroy(&snapshot);
    free(head);
    return snapshot;
}

snapshot_t *manifest_read(const char *path)
{
    size_t size;
    char *text = files_read(path, MANIFEST_MAX, &size);
    if (!text) {
        if (errno != ENOENT)
            lex_error("index cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    snapshot_t *snapshot = strlen(text) == size ? s_parse(text) : NULL;
    if (!snapshot)
        lex_warning("index manifest %s is damaged and will be written anew", path);
    free(text);
    return snapshot;
}

int manifest_write(const char *path, const snapshot_t *snapshot)
{
    size_t size, old_size = 0;
    char *text = s_print(snapshot, &size);
    char *old = files_read(path, MANIFEST_MAX, &old_size);
    int rc = text ? 0 : -1;
    if (text && !(old && old_size == size && memcmp(old, text, size) == 0))
        rc = files_replace(path, text, size);
    if (rc == -1)
        lex_error("index cannot write %s: %s", path, strerror(errno));
    free(old);
    free(text);
    return rc;
}
