/* What calls to lookup, history and the gateway make of replies, good and spoiled. */

#include "tests/unit/client/spoil.h"

/* ---- lookup ---- */

/* With every field there is, and one that only later servers have. */
static void s_write_entry(lex_writer_t *writer)
{
    lex_write_map(writer, 16);
    lex_put_text(writer, "dict", "d");
    lex_put_text(writer, "headword", "Café");
    lex_put_str(writer, "text", "a\0b", 3);
    lex_put_text(writer, "phonetic", "kæˈfeɪ");
    lex_put_text(writer, "reading", "ka1 fei1");
    lex_put_text(writer, "pos", "n:100");
    lex_write_text(writer, "tags");
    lex_write_array(writer, 2);
    lex_write_text(writer, "cet4");
    lex_write_text(writer, "toefl");
    lex_put_text(writer, "forms", "s:cafés");
    lex_write_text(writer, "aliases");
    lex_write_array(writer, 1);
    lex_write_text(writer, "caff");
    lex_put_text(writer, "audio", "https://a.example/x.ogg");
    lex_put_uint(writer, "collins", 3);
    lex_put_uint(writer, "oxford", 1);
    lex_put_uint(writer, "bnc_rank", 4000);
    lex_put_uint(writer, "modern_rank", 3000);
    lex_put_uint(writer, "frequency", UINT32_MAX);
    lex_put_text(writer, SPOIL_LATER, "unknown");
}

static void s_check_entry(const lexmq_entry_t *entry)
{
    assert_string_equal(entry->headword, "Café");
    assert_string_equal(entry->text, "a b");
    assert_string_equal(entry->phonetic, "kæˈfeɪ");
    assert_string_equal(entry->reading, "ka1 fei1");
    assert_string_equal(entry->pos, "n:100");
    assert_int_equal(entry->tag_count, 2);
    assert_string_equal(entry->tags[1], "toefl");
    assert_string_equal(entry->forms, "s:cafés");
    assert_int_equal(entry->alias_count, 1);
    assert_string_equal(entry->aliases[0], "caff");
    assert_string_equal(entry->audio, "https://a.example/x.ogg");
    assert_true(entry->collins == 3 && entry->oxford == 1);
    assert_true(entry->bnc_rank == 4000 && entry->modern_rank == 3000);
    assert_true(entry->frequency == UINT32_MAX);
}

/* A dictionary that gives no more than a text. */
static void s_check_plain(const lexmq_entry_t *entry)
{
    assert_string_equal(entry->text, "plain");
    assert_true(!entry->phonetic && !entry->reading && !entry->pos && !entry->forms);
    assert_true(!entry->tags && !entry->aliases && !entry->audio);
    assert_true(entry->tag_count == 0 && entry->alias_count == 0);
    assert_true(entry->collins == 0 && entry->oxford == 0 && entry->bnc_rank == 0);
    assert_true(entry->modern_rank == 0 && entry->frequency == 0);
}

static void s_write_define(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 2);
    lex_write_text(writer, "results");
    lex_write_array(writer, 2);
    lex_write_map(writer, 5);
    lex_put_text(writer, "word", "café");
    lex_put_bool(writer, "found", true);
    lex_put_text(writer, "rule", "exact");
    lex_write_text(writer, "entries");
    lex_write_array(writer, 2);
    s_write_entry(writer);
    lex_write_map(writer, 3);
    lex_put_text(writer, "dict", "e");
    lex_put_text(writer, "headword", "café");
    lex_put_text(writer, "text", "plain");
    lex_write_text(writer, "suggestions");
    lex_write_array(writer, 0);
    lex_write_map(writer, 5);
    lex_put_text(writer, "word", "zzx");
    lex_put_bool(writer, "found", false);
    lex_put_text(writer, "rule", "");
    lex_write_text(writer, "entries");
    lex_write_array(writer, 0);
    lex_write_text(writer, "suggestions");
    lex_write_array(writer, 2);
    lex_write_text(writer, "zoo");
    lex_write_text(writer, "");
    lex_put_bool(writer, "recorded", true);
}

static lexmq_status_t s_define(lexmq_t *lexmq, bool check)
{
    const char *const words[] = {"café", "zzx"};
    lexmq_definitions_t *found;
    lexmq_status_t status = lexmq_define(lexmq, words, 2, NULL, &found);

    if (check) {
        assert_true(found->count == 2 && found->recorded);
        assert_true(found->words[0].found && !found->words[1].found);
        assert_string_equal(found->words[0].rule, "exact");
        assert_null(found->words[1].rule);
        assert_int_equal(found->words[0].entry_count, 2);
        s_check_entry(&found->words[0].entries[0]);
        s_check_plain(&found->words[0].entries[1]);
        assert_int_equal(found->words[1].suggestion_count, 2);
        assert_string_equal(found->words[1].suggestions[0], "zoo");
    } else if (status != LEXMQ_OK) {
        assert_null(found);
    }
    lexmq_definitions_destroy(&found);
    return status;
}

/* A reply to another number of words than were asked. */
static lexmq_status_t s_define_one(lexmq_t *lexmq)
{
    const char *const words[] = {"café"};
    lexmq_definitions_t *found;

    return lexmq_define(lexmq, words, 1, NULL, &found);
}

static void test_lookup(void **state)
{
    static const char *const optional[] = {
        "phonetic", "reading", "pos",      "tags",        "forms",     "aliases", "audio",
        "collins",  "oxford",  "bnc_rank", "modern_rank", "frequency", NULL};
    spoiled_reply_t reply = {.write = s_write_define};
    fake_gateway_t gateway;
    (void)state;

    spoil_try_with(s_define, s_write_define, optional);
    fake_gateway_start(&gateway, spoil_answer);
    gateway.arg = &reply;
    const lexmq_options_t options = {
        .gateways = gateway.endpoint, .insecure = true, .timeout_ms = 5000};
    lexmq_t *lexmq = lexmq_new(&options, NULL, 0);
    lexmq_set_token(lexmq, "token", 5);
    assert_int_equal(s_define_one(lexmq), LEXMQ_SERVER_ERROR);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

static void s_write_dictionaries(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 1);
    lex_write_text(writer, "dictionaries");
    lex_write_array(writer, 1);
    lex_write_map(writer, 4);
    lex_put_text(writer, "name", "d");
    lex_put_text(writer, "title", "A dictionary");
    lex_put_uint(writer, "entries", 12);
    lex_put_uint(writer, "version", 3);
}

static lexmq_status_t s_dictionaries(lexmq_t *lexmq, bool check)
{
    lexmq_dictionaries_t *all;
    lexmq_status_t status = lexmq_dictionaries(lexmq, &all);

    if (check)
        assert_int_equal(all->list[0].entries, 12);
    lexmq_dictionaries_destroy(&all);
    return status;
}

static void s_write_suggest(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 1);
    lex_write_text(writer, "words");
    lex_write_array(writer, 1);
    lex_write_text(writer, "cat");
}

static lexmq_status_t s_suggest(lexmq_t *lexmq, bool check)
{
    lexmq_words_t *words;
    lexmq_status_t status = lexmq_suggest(lexmq, "ca", 0, NULL, &words);

    if (check)
        assert_string_equal(words->list[0], "cat");
    lexmq_words_destroy(&words);
    return status;
}

static void test_more_lookup(void **state)
{
    (void)state;
    spoil_try(s_dictionaries, s_write_dictionaries);
    spoil_try(s_suggest, s_write_suggest);
}

/* ---- history and status ---- */

static void s_write_records(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 2);
    lex_write_text(writer, "records");
    lex_write_array(writer, 1);
    lex_write_map(writer, 4);
    lex_put_uint(writer, "n", 5);
    lex_put_text(writer, "word", "cat");
    lex_put_uint(writer, "time", 1700000000000);
    lex_put_bool(writer, "found", true);
    lex_put_uint(writer, "cursor", 5);
}

static lexmq_status_t s_list(lexmq_t *lexmq, bool check)
{
    lexmq_records_t *records;
    lexmq_status_t status = lexmq_history_list(lexmq, 10, 4, true, &records);

    if (check) {
        assert_true(records->count == 1 && records->cursor == 5);
        assert_true(records->list[0].n == 5 && records->list[0].found);
        assert_int_equal(records->list[0].time, 1700000000000);
    }
    lexmq_records_destroy(&records);
    return status;
}

static lexmq_status_t s_search(lexmq_t *lexmq, bool check)
{
    const lexmq_filter_t filter = {
        .prefix = "c", .since = 1, .until = 2, .which = LEXMQ_ONLY_FOUND};
    lexmq_records_t *records;
    lexmq_status_t status = lexmq_history_search(lexmq, &filter, 10, 4, &records);

    (void)check;
    lexmq_records_destroy(&records);
    return status;
}

static void s_write_cleared(lex_writer_t *writer, const unsigned char *id)
{
    lex_write_ok(writer, id, 1);
    lex_put_uint(writer, "cleared", 12);
}

static lexmq_status_t s_clear(lexmq_t *lexmq, bool check)
{
    uint64_t cleared = 0;
    lexmq_status_t status = lexmq_history_clear(lexmq, &cleared);

    if (check)
        assert_int_equal(cleared, 12);
    return status;
}

static void test_history(void **state)
{
    (void)state;
    spoil_try(s_list, s_write_records);
    spoil_try(s_search, s_write_records);
    spoil_try(s_clear, s_write_cleared);
}

static void s_write_uints(lex_writer_t *writer, const char *key, unsigned count)
{
    lex_write_text(writer, key);
    lex_write_array(writer, count);
    for (unsigned i = 0; i < count; i++)
        lex_write_uint(writer, 10 + i);
}

static void s_write_status(lex_writer_t *writer, const unsigned char *id)
{
    static const char *const counters[] = {
        "workers",  "credit", "free", "queued",   "queued_bytes", "open",
        "requests", "finals", "busy", "timeouts", "unavailable",  "redispatched"};
    (void)id;

    lex_write_map(writer, 10);
    lex_put_text(writer, "version", "0.1.0");
    lex_put_uint(writer, "uptime_ms", 1);
    lex_put_bool(writer, "draining", false);
    lex_put_uint(writer, "open", 2);
    lex_put_uint(writer, "bad_frames", 3);
    lex_put_uint(writer, "unroutable", 4);
    lex_put_uint(writer, "late_replies", 5);
    lex_put_uint(writer, "refused", 6);
    s_write_uints(writer, "latency_bounds_us", 2);
    lex_write_text(writer, "services");
    lex_write_array(writer, 1);
    lex_write_map(writer, 15);
    lex_put_text(writer, "service", "auth");
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
        lex_put_uint(writer, counters[i], i);
    lex_put_uint(writer, "lost", 12);
    s_write_uints(writer, "latency", 3);
}

static lexmq_status_t s_status(lexmq_t *lexmq, bool check)
{
    lexmq_gateway_status_t *status;
    lexmq_status_t outcome = lexmq_gateway_status(lexmq, &status);

    if (check) {
        assert_string_equal(status->services[0].service, "auth");
        assert_int_equal(status->services[0].redispatched, 11);
        assert_int_equal(status->services[0].lost, 12);
        assert_int_equal(status->services[0].latency[2], 12);
        assert_int_equal(status->refused, 6);
        assert_int_equal(status->latency_bound_count, 2);
        assert_int_equal(status->latency_bounds_us[1], 11);
        assert_string_equal(lexmq_request_id(lexmq), ""); /* the gateway tells of no such request */
    }
    lexmq_gateway_status_destroy(&status);
    return outcome;
}

/* A place too few. */
static void s_write_bad_latency(lex_writer_t *writer, const unsigned char *id)
{
    s_write_status(writer, id);
    writer->buffer.size -= 1;
    writer->buffer.data[writer->buffer.size - 3] = (char)0x92;
}

static void s_write_workers(lex_writer_t *writer, const unsigned char *id)
{
    (void)id;
    lex_write_map(writer, 1);
    lex_write_text(writer, "workers");
    lex_write_array(writer, 1);
    lex_write_map(writer, 10);
    lex_put_text(writer, "service", "auth");
    lex_put_text(writer, "name", "host:1");
    lex_put_uint(writer, "credit", 1);
    lex_put_uint(writer, "held", 2);
    lex_put_uint(writer, "open", 3);
    lex_put_uint(writer, "finals", 4);
    lex_put_uint(writer, "ready_ms", 5);
    lex_put_uint(writer, "silent_ms", 6);
    lex_put_bool(writer, "draining", true);
    lex_put_text(writer, SPOIL_LATER, "unknown");
}

static lexmq_status_t s_workers(lexmq_t *lexmq, bool check)
{
    lexmq_workers_t *workers;
    lexmq_status_t outcome = lexmq_workers(lexmq, &workers);

    if (check) {
        const lexmq_worker_t *worker = &workers->list[0];
        assert_int_equal(workers->count, 1);
        assert_string_equal(worker->service, "auth");
        assert_string_equal(worker->name, "host:1");
        assert_true(worker->credit == 1 && worker->held == 2 && worker->open == 3);
        assert_true(worker->finals == 4 && worker->ready_ms == 5 && worker->silent_ms == 6);
        assert_true(worker->draining);
    } else if (outcome != LEXMQ_OK) {
        assert_null(workers);
    }
    lexmq_workers_destroy(&workers);
    return outcome;
}

static void test_status(void **state)
{
    static const char *const optional[] = {"refused", "lost", "latency", NULL};
    spoiled_reply_t reply = {.write = s_write_bad_latency};
    fake_gateway_t gateway;
    (void)state;

    spoil_try_with(s_status, s_write_status, optional);
    spoil_try(s_workers, s_write_workers);
    fake_gateway_start(&gateway, spoil_answer);
    gateway.arg = &reply;
    const lexmq_options_t options = {
        .gateways = gateway.endpoint, .insecure = true, .timeout_ms = 5000};
    lexmq_t *lexmq = lexmq_new(&options, NULL, 0);
    assert_int_equal(s_status(lexmq, false), LEXMQ_SERVER_ERROR);
    lexmq_destroy(&lexmq);
    fake_gateway_stop(&gateway);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_more_lookup),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
