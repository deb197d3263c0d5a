#include "tests/fuzz/live/lib/valid.h"

#include <string.h>

#include "common/mdp.h"
#include "common/packet.h"

static lex_writer_t *s_begin(valid_t *self, dice_t *dice, const char *op, unsigned account,
                             size_t arguments)
{
    uint64_t id[2] = {dice_next(dice), dice_next(dice)};
    lex_write_request(&self->writer, (const unsigned char *)id, op, self->token[account],
                      self->token_size[account], arguments);
    return &self->writer;
}

static const char *s_any(dice_t *dice, const char *const *list, unsigned count)
{
    return list[dice_below(dice, count)];
}

#define ANY(dice, ...)                                                                             \
    s_any((dice), (const char *const[]){__VA_ARGS__},                                              \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- lookup ---- */

static void s_define(valid_t *self, dice_t *dice)
{
    lex_writer_t *writer = s_begin(self, dice, "define", 0, 2);
    unsigned words = 1 + dice_below(dice, dice_one_in(dice, 100) ? 200 : 4);
    lex_put_bool(writer, "record", dice_one_in(dice, 8));
    lex_write_text(writer, "words");
    lex_write_array(writer, words);
    for (unsigned i = 0; i < words; i++)
        lex_write_text(writer, ANY(dice, "abandon", "Abandon", "geese", "no such word",
                                   "\xE6\x94\xBE\xE5\xBC\x83", "nihao", "caf\xC3\xA9", "ability"));
}

static void s_match(valid_t *self, dice_t *dice)
{
    lex_writer_t *writer = s_begin(self, dice, "match", 0, 5);
    lex_put_text(writer, "strategy",
                 ANY(dice, "exact", "prefix", "nprefix", "suffix", "substring", "word", "first",
                     "last", "wildcard", "re", "soundex", "lev", "reading", "text"));
    lex_put_text(writer, "pattern",
                 ANY(dice, "ab", "abandom", "^a.*n$", "*b?n*", "(a+)+$", "ni3", "x"));
    lex_put_uint(writer, "limit", 1 + dice_below(dice, 20));
    lex_put_uint(writer, "distance", 1 + dice_below(dice, 2));
    lex_put_text(writer, "sort", ANY(dice, "word", "rank"));
}

static void s_lookup(valid_t *self, dice_t *dice)
{
    switch (dice_below(dice, 4)) {
    case 0:
        s_match(self, dice);
        break;
    case 1: {
        lex_writer_t *writer = s_begin(self, dice, "suggest", 0, 2);
        lex_put_text(writer, "prefix", ANY(dice, "a", "ab ", ""));
        lex_put_uint(writer, "limit", dice_below(dice, 101));
        break;
    }
    case 2:
        s_begin(self, dice, "dictionaries", 0, 0);
        break;
    default:
        s_define(self, dice);
    }
}

/* ---- auth ---- */

static void s_costly(valid_t *self, dice_t *dice)
{
    const char *op = ANY(dice, "login", "register", "passwd", "delete");
    lex_writer_t *writer = s_begin(self, dice, op, 1, 4);
    lex_put_text(writer, "name", ANY(dice, self->name, "nobody", "somebody", "guessed at"));
    lex_put_text(writer, "password", dice_one_in(dice, 4) ? self->password : "wrong password");
    lex_put_text(writer, "new_password", self->password);
    lex_write_text(writer, "profile");
    lex_write_map(writer, 1);
    lex_put_text(writer, "city", "Ulm");
}

static void s_auth(valid_t *self, dice_t *dice, unsigned costly)
{
    if (dice_one_in(dice, costly)) {
        s_costly(self, dice);
        return;
    }
    /* Arguments of a kind that ends before a password is hashed. */
    const char *op = ANY(dice, "whoami", "sessions", "logout", "revoke", "login", "register");
    unsigned account = *op == 'w' || op[2] == 's' ? 0 : 1;
    lex_writer_t *writer = s_begin(self, dice, op, account, 2);
    lex_put_bin(writer, "session", "sixteen bytes id", 16);
    lex_put_text(writer, "name", "\xC2\xAD");
}

/* ---- history ---- */

static void s_history(valid_t *self, dice_t *dice)
{
    const char *op =
        ANY(dice, "recent", "list", "search", "stats", "clear", "recent", "list", "export");
    lex_writer_t *writer = s_begin(self, dice, op, 0, 4);
    lex_put_uint(writer, "limit", 1 + dice_below(dice, 20));
    lex_put_text(writer, "prefix", "a");
    lex_put_uint(writer, "since", 1);
    lex_put_text(writer, "order", ANY(dice, "newest", "oldest"));
}

/* history.record as a lookup worker calls it. */
static void s_record(valid_t *self, dice_t *dice)
{
    uint64_t id[2] = {dice_next(dice), dice_next(dice)};
    lex_writer_t *writer = &self->writer;
    lex_write_request(writer, (const unsigned char *)id, "record", NULL, 0, 2);
    lex_write_text(writer, "toks");
    lex_write_array(writer, 1);
    lex_write_bin(writer, self->token[0], self->token_size[0]);
    lex_write_text(writer, "records");
    lex_write_array(writer, 1);
    lex_write_array(writer, 4);
    lex_write_uint(writer, 0);
    lex_write_bin(writer, id, sizeof id);
    lex_write_uint(writer, UINT64_C(1700000000000));
    lex_write_array(writer, 2);
    lex_write_text(writer, "word");
    lex_write_bool(writer, true);
}

/* ---- messages ---- */

static void s_ask(valid_t *self, message_t *message, const char *service)
{
    message_clear(message);
    message_add(message, MDP_CLIENT, MDP_HEADER_SIZE);
    message_add(message, "\x01", 1);
    message_add(message, service, strlen(service));
    message_add(message, self->writer.buffer.data, self->writer.buffer.size);
}

void valid_front(valid_t *self, message_t *message, dice_t *dice, unsigned costly)
{
    unsigned which = dice_below(dice, 16);
    const char *service = "lookup";
    if (which < 7)
        s_lookup(self, dice);
    else if (which < 10)
        s_auth(self, dice, costly), service = "auth";
    else if (which < 12)
        s_history(self, dice), service = "history";
    else if (which < 14)
        s_lookup(self, dice), service = VALID_SERVICE;
    else
        s_lookup(self, dice), service = ANY(dice, "mmi.service", "mmi.status", "mmi.workers",
                                            "mmi.x", "history.record", "no.such", "none");
    s_ask(self, message, service);
    if (dice_one_in(dice, 20000))
        message_add_large(message, dice_below(dice, 2u << 20));
}

static void s_command(message_t *message, unsigned char command)
{
    message_clear(message);
    message_add(message, MDP_WORKER, MDP_HEADER_SIZE);
    message_add(message, &command, 1);
}

static void s_ready(valid_t *self, message_t *message, dice_t *dice)
{
    s_command(message, MDPW_READY);
    message_add(message, VALID_SERVICE, strlen(VALID_SERVICE));
    lex_writer_clear(&self->writer);
    lex_write_map(&self->writer, 3);
    lex_put_uint(&self->writer, "credit", 1 + dice_below(dice, 300));
    lex_put_uint(&self->writer, "batch", dice_below(dice, 65));
    lex_put_text(&self->writer, "name", "rogue:1");
    if (!dice_one_in(dice, 4))
        message_add(message, self->writer.buffer.data, self->writer.buffer.size);
}

static const unsigned char *s_address(valid_t *self, dice_t *dice)
{
    static const unsigned char guessed[8] = {1};
    unsigned known = self->addresses < ADDRESSES_MAX ? self->addresses : ADDRESSES_MAX;
    return known > 0 ? self->address[dice_below(dice, known)] : guessed;
}

static void s_reply(valid_t *self, message_t *message, dice_t *dice)
{
    s_command(message, dice_one_in(dice, 4) ? MDPW_PARTIAL : MDPW_FINAL);
    message_add(message, s_address(self, dice), 8);
    message_add(message, "", 0);
    message_add(message, "\x80", 1);
}

static void s_batch(valid_t *self, message_t *message, dice_t *dice)
{
    unsigned char packed[64 * 32], *end = packed;
    for (unsigned count = 1 + dice_below(dice, 64); count > 0; count--)
        end = lex_packet_write(end, dice_one_in(dice, 8) ? MDPW_PARTIAL : MDPW_FINAL,
                               s_address(self, dice), 8, "\x80", 1);
    s_command(message, MDPW_BATCH);
    message_add(message, packed, (size_t)(end - packed));
}

void valid_back(valid_t *self, message_t *message, dice_t *dice)
{
    unsigned which = dice_below(dice, 32);
    if (which < 5)
        s_ready(self, message, dice);
    else if (which < 14)
        s_reply(self, message, dice);
    else if (which < 20)
        s_batch(self, message, dice);
    else if (which < 24)
        s_command(message, MDPW_HEARTBEAT);
    else if (which == 24)
        s_command(message, dice_one_in(dice, 2) ? MDPW_DRAIN : MDPW_DISCONNECT);
    else if (which < 28) {
        s_record(self, dice);
        s_ask(self, message, "history.record");
    } else {
        s_lookup(self, dice);
        s_ask(self, message,
              ANY(dice, "lookup", VALID_SERVICE, "history", "history.erase", "mmi.status"));
    }
}
