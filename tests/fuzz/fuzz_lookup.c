/* The operations of lookup on a small dictionary: arguments from a stranger. Nothing is recorded; the recorder's journal has a target
 * of its own. */

#include "lookup-svc/index_build.h"
#include "lookup-svc/service.h"
#include "tests/fuzz/fuzz_ops.h"

static const char s_unrecorded[] = "\xA6"
                                   "record\xC2";

static const ops_op_t s_ops[] = {
    {.service = "lookup",
     .op = "define",
     .extra = s_unrecorded,
     .extra_size = sizeof s_unrecorded - 1,
     .extra_pairs = 1},
    {.service = "lookup", .op = "match"},
    {.service = "lookup", .op = "suggest"},
    {.service = "lookup", .op = "dictionaries"},
};

static const char *const s_words[] = {
    "a",     "abandon", "Café",   "co-operate", "don't",
    "goose", "geese",   "good",   "naïve",      "ice cream",
    "中国",  "行动",    "Straße", "zebra",      "aaaaaaaaaaaaaaaaaaaaaaaa"};

static index_t *s_index(const char *path)
{
    const index_source_t source = {.dictionary = 1, .version = 1};
    const char *why = NULL;
    static const char text[] = "to leave 放弃; a word of the test", reading[] = "zhong1 guo2",
                      forms[] = "s:geese", tags[] = "gre";
    index_builder_t *builder = index_builder_new(path, &source);
    for (size_t i = 0; i < sizeof s_words / sizeof *s_words; i++) {
        lex_entry_t entry = lex_entry_plain(s_words[i], strlen(s_words[i]), text, sizeof text - 1);
        entry.fields.number[LEX_BNC_RANK] = (uint32_t)(i % 5);
        if (i == 10)
            entry.fields.text[LEX_READING] = (lex_span_t){reading, sizeof reading - 1};
        if (i == 5)
            entry.fields.text[LEX_FORMS] = (lex_span_t){forms, sizeof forms - 1};
        if (i % 3 == 0)
            entry.fields.text[LEX_TAGS] = (lex_span_t){tags, sizeof tags - 1};
        FUZZ_CHECK(index_builder_add(builder, &entry) == 0);
    }
    FUZZ_CHECK(index_builder_commit(builder) == 0);
    index_builder_destroy(&builder);
    return index_open(path, &why);
}

static ops_t *s_open(void)
{
    static ops_t self;
    static service_t service;
    static char name[] = "en", title[] = "English";
    if (self.worker)
        return &self;
    ops_open(&self);
    fuzz_files_t files;
    fuzz_files_open(&files);
    dictionary_t dictionary = {.id = 1, .version = 1, .name = name, .title = title};
    dictionary.index = s_index(fuzz_files_add(&files, "index", "", 0));
    FUZZ_CHECK(dictionary.index);
    fuzz_files_close(&files);
    snapshot_t *snapshot = snapshot_new();
    FUZZ_CHECK(snapshot_add(snapshot, &dictionary) == 0);
    index_destroy(&dictionary.index);
    service.catalogue = catalogue_new();
    catalogue_publish(service.catalogue, &snapshot);
    lex_worker_serve(self.worker, service_table(), &service);
    return &self;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ops_t *self = s_open();
    size_t part_size;
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    ops_run(self, s_ops, sizeof s_ops / sizeof *s_ops, part, part_size);
    return 0;
}
