/* The operations of history, public and internal: arguments from a stranger or a worker, rows from a database. */

#include "history-svc/history.h"
#include "tests/fuzz/fuzz_database.h"
#include "tests/fuzz/fuzz_ops.h"

static const ops_op_t s_ops[] = {
    {.service = "history", .op = "recent"},        {.service = "history", .op = "list"},
    {.service = "history", .op = "search"},        {.service = "history", .op = "stats"},
    {.service = "history", .op = "export"},        {.service = "history", .op = "clear"},
    {.service = "history.erase", .op = "erase"},   {.service = "history.record", .op = "record"},
    {.service = "history.record", .op = "record"},
};

/* The last takes records for tokens that are there: a genuine one and one that is not. */
static ops_op_t s_with_tokens(const ops_t *self)
{
    static lex_writer_t pairs;
    if (!pairs.buffer.data) {
        lex_writer_init(&pairs);
        lex_write_text(&pairs, "toks");
        lex_write_array(&pairs, 2);
        lex_write_bin(&pairs, self->token, self->token_size);
        lex_write_bin(&pairs, self->token, self->token_size - 1);
    }
    return (ops_op_t){.service = "history.record",
                      .op = "record",
                      .extra = pairs.buffer.data,
                      .extra_size = pairs.buffer.size,
                      .extra_pairs = 1};
}

static ops_t *s_open(void)
{
    static ops_t self;
    if (self.worker)
        return &self;
    ops_open(&self);
    history_options_t options = {
        .db = {.hosts = "nowhere", .user = "nobody"}, .verifier = self.verifier, .connections = 1};
    history_new(self.worker, &options);
    return &self;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ops_t *self = s_open();
    ops_op_t ops[sizeof s_ops / sizeof *s_ops];
    size_t count = sizeof ops / sizeof *ops, part_size;
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    memcpy(ops, s_ops, sizeof ops);
    ops[count - 1] = s_with_tokens(self);
    fuzz_answers = data;
    fuzz_answers_size = size;
    ops_run(self, ops, count, part, part_size);
    return 0;
}
