#include "dict/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"

typedef struct {
    const char *field; /* NULL: whole lines */
    char *message;     /* a copy: it outlives the reader */
    uint64_t count;
} s_reason_t;

struct report {
    const char *source;
    progress_t *progress;
    FILE *file; /* NULL: none is asked for */
    int fault;  /* errno of the first write that failed */
    uint64_t shown;
    uint64_t lines_hidden;
    uint64_t fields_hidden;
    s_reason_t reasons[REPORT_REASONS_MAX];
    size_t count;
    uint64_t others; /* for reasons beyond those */
};

report_t *report_new(const char *source, const char *path, progress_t *progress)
{
    FILE *file = path ? fopen(path, "we") : NULL;
    if (path && !file)
        return NULL;
    report_t *self = lex_calloc(1, sizeof(*self));
    self->source = source;
    self->progress = progress;
    self->file = file;
    return self;
}

void report_destroy(report_t **self_p)
{
    report_t *self = *self_p;
    if (!self)
        return;
    if (self->file)
        fclose(self->file);
    for (size_t i = 0; i < self->count; i++)
        free(self->reasons[i].message);
    free(self);
    *self_p = NULL;
}

/* Fields have one name each, at one address (common/entry.h). */
static bool s_is_reason(const s_reason_t *reason, const reader_warning_t *warning)
{
    return reason->field == warning->field && strcmp(reason->message, warning->message) == 0;
}

static void s_count(report_t *self, const reader_warning_t *warning)
{
    size_t i = 0;
    while (i < self->count && !s_is_reason(&self->reasons[i], warning))
        i++;
    if (i == REPORT_REASONS_MAX) {
        self->others++;
        return;
    }
    if (i == self->count)
        self->reasons[self->count++] =
            (s_reason_t){.field = warning->field, .message = lex_strdup(warning->message)};
    self->reasons[i].count++;
}

static void s_write(report_t *self, const reader_warning_t *warning)
{
    if (!self->file || self->fault)
        return;
    if (fprintf(self->file, "%s%s%" PRIu64 "\t%s\t%s\n", warning->part ? warning->part : "",
                warning->part ? ":" : "", warning->line, warning->field ? warning->field : "entry",
                warning->message) < 0)
        self->fault = errno;
}

static void s_show(report_t *self, const reader_warning_t *warning)
{
    if (self->shown == REPORT_SHOWN) {
        *(warning->field ? &self->fields_hidden : &self->lines_hidden) += 1;
        return;
    }
    self->shown++;
    progress_clear(self->progress);
    const char *slash = warning->part ? "/" : "";
    const char *part = warning->part ? warning->part : "";
    if (warning->field)
        lex_warning("import: %s%s%s line %" PRIu64 ": %s: %s, left out", self->source, slash, part,
                    warning->line, warning->field, warning->message);
    else
        lex_warning("import: %s%s%s line %" PRIu64 ": %s, passed over", self->source, slash, part,
                    warning->line, warning->message);
}

void report_take(void *arg, const reader_warning_t *warning)
{
    report_t *self = arg;
    s_count(self, warning);
    s_write(self, warning);
    s_show(self, warning);
}

int report_finish(report_t *self)
{
    if (self->lines_hidden > 0)
        lex_warning("import: %" PRIu64 " more lines were passed over", self->lines_hidden);
    if (self->fields_hidden > 0)
        lex_warning("import: %" PRIu64 " more fields were left out", self->fields_hidden);
    if (self->file && fflush(self->file) != 0 && !self->fault)
        self->fault = errno;
    errno = self->fault;
    return self->fault ? -1 : 0;
}

void report_print(const report_t *self, FILE *out)
{
    for (size_t i = 0; i < self->count; i++) {
        const s_reason_t *reason = &self->reasons[i];
        fprintf(out, "%10" PRIu64 "  %s%s%s\n", reason->count, reason->field ? reason->field : "",
                reason->field ? ": " : "", reason->message);
    }
    if (self->others > 0)
        fprintf(out, "%10" PRIu64 "  for other reasons\n", self->others);
}
