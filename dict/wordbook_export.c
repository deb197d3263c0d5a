/* A marked word book (dict/wordbook_line.h), which imports to the same headwords and texts. */

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dict/exporter.h"
#include "dict/wordbook_line.h"

typedef struct {
    FILE *out;
    wordbook_line_t line;
} s_wordbook_t;

static int s_open(exporter_t *exporter)
{
    s_wordbook_t *self = lex_calloc(1, sizeof(*self));
    exporter->impl = self;
    self->out = output_open(exporter->output, "");
    if (!self->out)
        return -1;
    return exporter_write(exporter, self->out, WORDBOOK_MARK "\n", strlen(WORDBOOK_MARK) + 1);
}

static int s_add(exporter_t *exporter, const lex_entry_t *entry)
{
    s_wordbook_t *self = exporter->impl;
    wordbook_compose(&self->line, entry);
    return exporter_write(exporter, self->out, self->line.data, self->line.size);
}

static int s_finish(exporter_t *exporter)
{
    (void)exporter;
    return 0;
}

static void s_close(exporter_t *exporter)
{
    s_wordbook_t *self = exporter->impl;
    if (self)
        free(self->line.data);
    free(self);
}

const exporter_format_t exporter_wordbook = {
    .name = "wordbook",
    .open = s_open,
    .add = s_add,
    .finish = s_finish,
    .close = s_close,
};
