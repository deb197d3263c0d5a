#include "common/metrics.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

struct lex_metrics {
    FILE *out; /* writes to the two below */
    char *text;
    size_t size;
    char *family; /* name of the one begun last */
};

lex_metrics_t *lex_metrics_new(void)
{
    lex_metrics_t *self = lex_calloc(1, sizeof *self);
    self->out = lex_allocated(open_memstream(&self->text, &self->size));
    return self;
}

void lex_metrics_destroy(lex_metrics_t **self_p)
{
    lex_metrics_t *self = *self_p;
    if (!self)
        return;
    fclose(self->out);
    free(self->text);
    free(self->family);
    free(self);
    *self_p = NULL;
}

static void s_begin(lex_metrics_t *self, const char *name, const char *help, const char *type)
{
    free(self->family);
    self->family = lex_strdup(name);
    fprintf(self->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void lex_metrics_counter(lex_metrics_t *self, const char *name, const char *help)
{
    s_begin(self, name, help, "counter");
}

void lex_metrics_gauge(lex_metrics_t *self, const char *name, const char *help)
{
    s_begin(self, name, help, "gauge");
}

void lex_metrics_histogram(lex_metrics_t *self, const char *name, const char *help)
{
    s_begin(self, name, help, "histogram");
}

static void s_put_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
}

/* Name, labels and, unless NULL, one more label `le`; then a blank. */
static void s_put_head(lex_metrics_t *self, const char *suffix, const lex_label_t *labels,
                       size_t count, const char *upper)
{
    assert(self->family);
    const char *before = "{";
    fprintf(self->out, "%s%s", self->family, suffix);
    for (size_t i = 0; i < count; i++) {
        if (!labels[i].name)
            continue;
        fprintf(self->out, "%s%s=\"", before, labels[i].name);
        s_put_escaped(self->out, labels[i].value);
        fputc('"', self->out);
        before = ",";
    }
    if (upper) {
        fprintf(self->out, "%sle=\"%s\"", before, upper);
        before = ",";
    }
    fputs(*before == ',' ? "} " : " ", self->out);
}

void lex_metrics_put_labels(lex_metrics_t *self, uint64_t value, const lex_label_t *labels,
                            size_t count)
{
    s_put_head(self, "", labels, count, NULL);
    fprintf(self->out, "%llu\n", (unsigned long long)value);
}

void lex_metrics_put_real_labels(lex_metrics_t *self, double value, const lex_label_t *labels,
                                 size_t count)
{
    s_put_head(self, "", labels, count, NULL);
    fprintf(self->out, "%.15g\n", value);
}

/* The count of all is made of the counts shown, so that a page agrees with itself while others add. */
void lex_metrics_put_histogram_labels(lex_metrics_t *self, const lex_histogram_t *histogram,
                                      const lex_label_t *labels, size_t count)
{
    const lex_bounds_t *bounds = histogram->bounds;
    uint64_t below = 0;
    char upper[32];
    for (size_t i = 0; i <= bounds->count; i++) {
        below += atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);
        if (i < bounds->count)
            snprintf(upper, sizeof upper, "%.15g", (double)bounds->upper[i] / bounds->unit);
        else
            snprintf(upper, sizeof upper, "+Inf");
        s_put_head(self, "_bucket", labels, count, upper);
        fprintf(self->out, "%llu\n", (unsigned long long)below);
    }
    s_put_head(self, "_sum", labels, count, NULL);
    fprintf(self->out, "%.15g\n", (double)lex_histogram_sum(histogram) / bounds->unit);
    s_put_head(self, "_count", labels, count, NULL);
    fprintf(self->out, "%llu\n", (unsigned long long)below);
}

const char *lex_metrics_text(lex_metrics_t *self, size_t *size)
{
    fflush(self->out);
    *size = self->size;
    return self->text;
}
