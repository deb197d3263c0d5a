/* Answers of a server that is not ours, through the client library, to what a person is shown of them.
 *
 * Input: a byte that says which call, then parts; each is one message: its command (2 PARTIAL, 3 FINAL, anything else is sent as it
 * is) and its body, in which the 16 bytes "sixteen bytes id" stand for the id of the request. Behind them goes one good answer, an
 * error, so that no call waits for its timeout. All text that comes out is UTF-8, and nothing a terminal would obey is shown. */

#include <pthread.h>

#include "client/lib/lexmq_private.h"
#include "client/show.h"
#include "client/top_layout.h"
#include "common/mdp.h"
#include "common/memory.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_alarm.h"

#define ENDPOINT   "inproc://server"
#define TIMEOUT_MS 2000
#define ID         "sixteen bytes id"

/* ---- the server ---- */

typedef struct {
    void *socket;
    pthread_mutex_t lock; /* held while a request is answered; guards the input */
    const uint8_t *data;  /* NULL: none */
    size_t size;
} s_server_t;

static void s_send(s_server_t *self, zmq_msg_t *id, zmq_msg_t *service, uint8_t command,
                   const void *body, size_t size)
{
    zmq_msg_t copy;
    zmq_msg_init(&copy);
    zmq_msg_copy(&copy, id);
    zmq_msg_send(&copy, self->socket, ZMQ_SNDMORE);
    zmq_send(self->socket, MDP_CLIENT, MDP_HEADER_SIZE, ZMQ_SNDMORE);
    zmq_send(self->socket, &command, 1, ZMQ_SNDMORE);
    zmq_send(self->socket, zmq_msg_data(service), zmq_msg_size(service), ZMQ_SNDMORE);
    zmq_send(self->socket, body, size, 0);
}

/* The input's messages, with the request's id in them. */
static void s_send_input(s_server_t *self, zmq_msg_t *id, zmq_msg_t *service,
                         const unsigned char *request)
{
    const uint8_t *data = self->data;
    size_t size = self->size, part_size;
    while (size > 0) {
        const uint8_t *part = fuzz_part(&data, &size, &part_size);
        if (part_size == 0)
            continue;
        uint8_t *body = malloc(part_size);
        memcpy(body, part, part_size);
        uint8_t *mark = memmem(body, part_size, ID, LEX_ID_SIZE);
        if (mark && request)
            memcpy(mark, request, LEX_ID_SIZE);
        s_send(self, id, service, body[0], body + 1, part_size - 1);
        free(body);
    }
}

static void *s_serve(void *arg)
{
    s_server_t *self = arg;
    lex_writer_t error;
    lex_writer_init(&error);
    for (;;) {
        zmq_msg_t parts[5]; /* routing id, header, command, service, body */
        for (int i = 0; i < 5; i++) {
            zmq_msg_init(&parts[i]);
            if (zmq_msg_recv(&parts[i], self->socket, 0) == -1)
                abort();
        }
        pthread_mutex_lock(&self->lock);
        const unsigned char *id =
            lex_body_peek_id(zmq_msg_data(&parts[4]), zmq_msg_size(&parts[4]));
        s_send_input(self, &parts[0], &parts[3], id);
        lex_write_error(&error, id, LEX_INTERNAL, "that was all", 0);
        s_send(self, &parts[0], &parts[3], MDPC_FINAL, error.buffer.data, error.buffer.size);
        pthread_mutex_unlock(&self->lock);
        for (int i = 0; i < 5; i++)
            zmq_msg_close(&parts[i]);
    }
    return NULL;
}

static void s_set_input(s_server_t *self, const uint8_t *data, size_t size)
{
    pthread_mutex_lock(&self->lock);
    self->data = data;
    self->size = size;
    pthread_mutex_unlock(&self->lock);
}

/* A handle whose only gateway is in our hands. */
static lexmq_t *s_open(s_server_t **server_p)
{
    static lexmq_t *lexmq;
    static s_server_t server = {.lock = PTHREAD_MUTEX_INITIALIZER};
    *server_p = &server;
    if (lexmq)
        return lexmq;
    lexmq_options_t options = {
        .gateways = "127.0.0.1:1", .insecure = true, .timeout_ms = TIMEOUT_MS};
    pthread_t thread;
    lexmq = lexmq_new(&options, NULL, 0);
    FUZZ_CHECK(lexmq && lexmq_set_token(lexmq, "token", 5));
    free(lexmq->gateways[0]);
    lexmq->gateways[0] = lex_strdup(ENDPOINT);
    server.socket = zmq_socket(lexmq->context, ZMQ_ROUTER);
    FUZZ_CHECK(server.socket && zmq_bind(server.socket, ENDPOINT) == 0);
    FUZZ_CHECK(pthread_create(&thread, NULL, s_serve, &server) == 0);
    return lexmq;
}

/* ---- what is shown ---- */

static char *s_shown;
static size_t s_shown_size;

static page_t s_page(void)
{
    FILE *out = open_memstream(&s_shown, &s_shown_size);
    FUZZ_CHECK(out);
    return (page_t){.out = out, .symbols = true};
}

static void s_check_shown(page_t page)
{
    fclose(page.out);
    FUZZ_CHECK(lex_text_is_utf8(s_shown, s_shown_size));
    for (size_t i = 0; i < s_shown_size; i++) {
        unsigned char byte = (unsigned char)s_shown[i];
        FUZZ_CHECK(byte >= ' ' || byte == '\n' || byte == '\r');
        FUZZ_CHECK(byte != 0x7F);
    }
    free(s_shown);
}

/* ---- calls ---- */

static void s_define(lexmq_t *lexmq)
{
    const char *words[] = {"goose", "x"};
    lexmq_definitions_t *found;
    if (lexmq_define(lexmq, words, 2, NULL, &found) != LEXMQ_OK)
        return;
    page_t page = s_page();
    FUZZ_CHECK(found->count == 2);
    for (size_t i = 0; i < found->count; i++) {
        const lexmq_definition_t *word = &found->words[i];
        if (word->found)
            show_entries(&page, word);
        else
            show_miss(&page, word->word, word->suggestions, word->suggestion_count);
        show_definition_json(page.out, word, found->recorded, lexmq_request_id(lexmq));
    }
    s_check_shown(page);
    lexmq_definitions_destroy(&found);
}

static void s_match(lexmq_t *lexmq)
{
    const lexmq_match_query_t query = {.strategy = "lev", .pattern = "a"};
    lexmq_matches_t *matches;
    show_match_columns_t columns = {0};
    if (lexmq_match(lexmq, &query, &matches) != LEXMQ_OK)
        return;
    page_t page = s_page();
    FUZZ_CHECK(matches->cursor_size <= LEXMQ_CURSOR_MAX);
    show_measure_matches(&columns, matches);
    for (size_t i = 0; i < matches->count; i++) {
        show_match(&page, &columns, &matches->list[i]);
        show_match_json(page.out, &matches->list[i]);
    }
    s_check_shown(page);
    lexmq_matches_destroy(&matches);
}

static void s_suggest(lexmq_t *lexmq)
{
    lexmq_words_t *words;
    if (lexmq_suggest(lexmq, "a", 5, NULL, &words) == LEXMQ_OK)
        for (size_t i = 0; i < words->count; i++)
            FUZZ_CHECK(lex_text_is_utf8(words->list[i], strlen(words->list[i])));
    lexmq_words_destroy(&words);
}

static void s_dictionaries(lexmq_t *lexmq)
{
    lexmq_dictionaries_t *all;
    if (lexmq_dictionaries(lexmq, &all) == LEXMQ_OK)
        for (size_t i = 0; i < all->count; i++)
            FUZZ_CHECK(strlen(all->list[i].name) + strlen(all->list[i].title) < SIZE_MAX);
    lexmq_dictionaries_destroy(&all);
}

/* CSV that is not for a terminal has every byte as it is; a reader of RFC 4180 gets the word back, and finds one line. */
static void s_check_csv(const lexmq_record_t *record)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    FUZZ_CHECK(out);
    show_record_csv(out, "Ann", record);
    fclose(out);
    FUZZ_CHECK(strncmp(text, "Ann,", 4) == 0);
    const char *next = text + 4, *word = record->word;
    bool is_quoted = *next == '"';
    for (next += is_quoted; *word; next++, word++) {
        FUZZ_CHECK(*next == *word && (is_quoted || !strchr(",\"\r\n", *word)));
        if (*word == '"')
            FUZZ_CHECK(*++next == '"');
    }
    if (is_quoted)
        FUZZ_CHECK(*next++ == '"');
    const char *end = strchr(next, '\n');
    FUZZ_CHECK(*next == ',' && end && end == text + size - 1);
    free(text);
}

static void s_show_records(lexmq_status_t status, lexmq_records_t *records)
{
    show_columns_t columns = {0};
    if (status != LEXMQ_OK)
        return;
    page_t page = s_page();
    show_measure(&columns, "Ann", records);
    for (size_t i = 0; i < records->count; i++) {
        show_record(page.out, &columns, "Ann", &records->list[i]);
        show_record_json(page.out, "Ann", &records->list[i]);
        s_check_csv(&records->list[i]);
    }
    s_check_shown(page);
    lexmq_records_destroy(&records);
}

static void s_recent(lexmq_t *lexmq)
{
    lexmq_records_t *records;
    s_show_records(lexmq_history_recent(lexmq, 10, &records), records);
}

static void s_list(lexmq_t *lexmq)
{
    lexmq_records_t *records;
    s_show_records(lexmq_history_list(lexmq, 10, 1, true, &records), records);
}

static void s_search(lexmq_t *lexmq)
{
    const lexmq_filter_t filter = {.prefix = "a"};
    lexmq_records_t *records;
    s_show_records(lexmq_history_search(lexmq, &filter, 10, 0, &records), records);
}

static void s_login(lexmq_t *lexmq)
{
    lexmq_login_t *login;
    if (lexmq_login(lexmq, "Ann", "password", &login) == LEXMQ_OK)
        FUZZ_CHECK(lex_text_is_utf8(login->name, strlen(login->name)));
    lexmq_login_destroy(&login);
    lexmq_set_token(lexmq, "token", 5);
}

static void s_whoami(lexmq_t *lexmq)
{
    lexmq_account_t *account;
    if (lexmq_whoami(lexmq, &account) == LEXMQ_OK)
        for (size_t i = 0; i < account->field_count; i++)
            FUZZ_CHECK(account->fields[i].key && account->fields[i].value);
    lexmq_account_destroy(&account);
}

static void s_sessions(lexmq_t *lexmq)
{
    lexmq_sessions_t *sessions;
    if (lexmq_sessions(lexmq, &sessions) == LEXMQ_OK)
        FUZZ_CHECK(sessions->count == 0 || sessions->list);
    lexmq_sessions_destroy(&sessions);
}

/* As lexmq top shows them, the second time beside the first. */
static void s_top(lexmq_t *lexmq)
{
    lexmq_gateway_status_t *status;
    lexmq_workers_t *workers;
    if (lexmq_gateway_status(lexmq, &status) != LEXMQ_OK)
        status = NULL;
    if (lexmq_workers(lexmq, &workers) != LEXMQ_OK)
        workers = NULL;
    if (status) {
        top_figures_t *figures = top_figures_new(status, workers, status, workers);
        top_gateway_t gateway = {.endpoint = ENDPOINT, .figures = figures};
        page_t page = s_page();
        for (int columns = 0; columns <= 80; columns += 40) {
            top_view_t view = {.rows = columns / 4,
                               .columns = columns,
                               .symbols = true,
                               .workers = true,
                               .interval = 1,
                               .time = "12:00:00"};
            top_figures_sort(figures, (top_order_t)(columns / 40));
            top_layout(page.out, &view, &gateway, 1);
        }
        s_check_shown(page);
        top_figures_destroy(&figures);
    }
    lexmq_workers_destroy(&workers);
    lexmq_gateway_status_destroy(&status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const calls[])(lexmq_t *) = {s_define, s_match,    s_suggest, s_dictionaries,
                                               s_recent, s_list,     s_search,  s_login,
                                               s_whoami, s_sessions, s_top,     s_top};
    s_server_t *server;
    fuzz_alarm_hold();
    lexmq_t *lexmq = s_open(&server);
    uint8_t which = fuzz_byte(&data, &size);
    s_set_input(server, data, size);
    calls[which % (sizeof calls / sizeof *calls)](lexmq);
    FUZZ_CHECK(lex_text_is_utf8(lexmq_error_message(lexmq), strlen(lexmq_error_message(lexmq))));
    s_set_input(server, NULL, 0);
    /* What the server has said and nobody has read is not for the next call. */
    lexmq_link_close_others(lexmq, -1);
    fuzz_alarm_release();
    return 0;
}
