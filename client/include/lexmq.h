/* liblexmq: the Lexmq dictionary service from C. docs/protocol.md is the wire below it.
 *
 *     lexmq_options_t options = {.gateways = "tcp://dict.example:5555", .server_key =
 * "gateway.cert"}; lexmq_t *lexmq = lexmq_new(&options, NULL, 0); if (lexmq_login(lexmq, "alice",
 * password, NULL) == LEXMQ_OK) { const char *words[] = {"café"}; lexmq_definitions_t *found; if
 * (lexmq_define(lexmq, words, 1, NULL, &found) == LEXMQ_OK) puts(found->words[0].found ?
 * found->words[0].entries[0].text : "not found"); lexmq_definitions_destroy(&found);
 *     }
 *     lexmq_destroy(&lexmq);
 *
 * Calls are synchronous. A request keeps its id over all its tries, so trying again never does a
 * thing twice: a gateway that is silent or cannot be reached is followed by the next one of the
 * list, and `busy`, `timeout` and `unavailable` are waited out, until the timeout of the call. One
 * lexmq_t belongs to one thread at a time; any number may exist. The library writes nothing to the
 * terminal, installs no signal handler and keeps no state outside lexmq_t. After a fork the child
 * may use none of its parent's.
 *
 * Text is UTF-8. Text that comes from the server is well-formed and has no NUL, but may hold any
 * other control character: clean it before it goes to a terminal. Times are UTC milliseconds since
 * 1970-01-01. */

#ifndef LEXMQ_H
#define LEXMQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LEXMQ_EXPORT __attribute__((visibility("default")))

#define LEXMQ_WORD_MAX    255  /* bytes of a word */
#define LEXMQ_WORDS_MAX   1000 /* words of one lexmq_define */
#define LEXMQ_RECORDS_MAX 1000 /* records of one page of history */
#define LEXMQ_MATCHES_MAX 1000 /* matches of one page */
#define LEXMQ_TAGS_MAX    8    /* tags that one lexmq_match asks for */
#define LEXMQ_CURSOR_MAX  4096 /* bytes of the cursor of lexmq_match */
#define LEXMQ_FIELDS_MAX  16   /* pairs of a profile */
#define LEXMQ_TOKEN_MAX   512  /* bytes of a session token */
#define LEXMQ_ID_SIZE     16   /* bytes of a session's id */

/* The version of the library, e.g. "0.1.0". */
LEXMQ_EXPORT const char *lexmq_version(void);

/* ---- outcome of a call ---- */

typedef enum {
    LEXMQ_OK = 0,
    LEXMQ_BAD_REQUEST,  /* an argument is out of range, said by us or by the server */
    LEXMQ_UNAUTHORIZED, /* no session, an expired or revoked one, or a wrong name or password */
    LEXMQ_FORBIDDEN,
    LEXMQ_NOT_FOUND, /* the dictionary or session named does not exist; a missed word is no error */
    LEXMQ_CONFLICT,  /* the name is taken */
    LEXMQ_TOO_LARGE, /* the reply would be beyond a limit: ask for less */
    LEXMQ_RATE_LIMITED, /* too many failures: wait lexmq_retry_ms. Never tried again by itself */
    LEXMQ_BUSY,         /* still so at the timeout, or the wait asked for is beyond it */
    LEXMQ_TIMEOUT,      /* a gateway was asked, no answer came in time */
    LEXMQ_UNAVAILABLE,  /* the gateway answers, the service behind it does not */
    LEXMQ_UNREACHABLE,  /* no gateway could be connected to: not there, or not the one whose key we
                           have */
    LEXMQ_SERVER_ERROR, /* a fault of the server, or a reply that breaks the protocol */
    LEXMQ_CANCELLED,    /* by lexmq_cancel */
} lexmq_status_t;

/* ---- the handle ---- */

typedef struct lexmq lexmq_t;

typedef struct {
    const char *gateways; /* 1-16 front endpoints, comma-separated: tcp://HOST:PORT or HOST:PORT */
    const char *
        server_key; /* the gateways' public key, as 40 characters of Z85 or as a certificate file's path, which may
                               list several; or several of them, comma-separated. At most 4 keys */
    bool
        insecure; /* plaintext, for gateways started with --insecure; server_key is then not used */
    unsigned timeout_ms; /* for each call with all its tries; 0: 10000 */
} lexmq_options_t;

/* Remembers the options (copied); connects at first use. NULL when they cannot be used: `why`,
 * unless NULL, then has a sentence. Caller owns return value and must destroy it when done. */
LEXMQ_EXPORT lexmq_t *lexmq_new(const lexmq_options_t *options, char *why, size_t why_size);
/* Takes NULL inside, and nulls. The session stays open at the server: see lexmq_logout. */
LEXMQ_EXPORT void lexmq_destroy(lexmq_t **self_p);

/* About the last call: a sentence for people (never NULL, may be the server's words), and how long
 * the server asks to wait before another try, 0 when it does not say. */
LEXMQ_EXPORT const char *lexmq_error_message(const lexmq_t *self);
LEXMQ_EXPORT uint64_t lexmq_retry_ms(const lexmq_t *self);

/* The id of the last call's request, 32 hexadecimal digits, under which the logs of the server tell of
 * it; "" when it was not sent, and for the calls to a gateway itself. Lives until the next call. */
LEXMQ_EXPORT const char *lexmq_request_id(const lexmq_t *self);

/* Ends the call that is under way, which returns LEXMQ_CANCELLED; does nothing between calls.
 * Whether the server did what was asked is then not known. May be called from a signal handler and
 * from any thread. */
LEXMQ_EXPORT void lexmq_cancel(lexmq_t *self);

/* The gateway that answered last, or the one to be asked first. Lives as long as `self`. */
LEXMQ_EXPORT const char *lexmq_gateway(const lexmq_t *self);

/* A handle for gateway number `index` of the list alone, from 0, with the same keys and without a
 * session; `timeout_ms` as in lexmq_options_t. NULL beyond the last. Caller owns return value and must
 * destroy it when done. */
LEXMQ_EXPORT lexmq_t *lexmq_new_single(const lexmq_t *self, size_t index, unsigned timeout_ms);

/* The session token: an opaque secret. Register, login and passwd set it; logout and delete drop
 * it. lexmq_token gives NULL when there is none; the bytes live until the next call.
 * lexmq_set_token with NULL forgets it; false when it is longer than LEXMQ_TOKEN_MAX. */
LEXMQ_EXPORT const void *lexmq_token(const lexmq_t *self, size_t *size);
LEXMQ_EXPORT bool lexmq_set_token(lexmq_t *self, const void *token, size_t size);

/* A token that the account had, expired or revoked since; lexmq_login shows the token there is, or else this one. A server that
 * refuses logins because somebody guesses at the name still looks at those of who has been logged in before. lexmq_set_token makes
 * the token that it forgets the earlier one. Otherwise as the functions above. */
LEXMQ_EXPORT const void *lexmq_earlier_token(const lexmq_t *self, size_t *size);
LEXMQ_EXPORT bool lexmq_set_earlier_token(lexmq_t *self, const void *token, size_t size);

/* Results below are owned by the caller and must be destroyed when done; all that is in them lives
 * as long as they do. An `out` is set to NULL when a call fails. Where an `out` may be NULL, that
 * is said. */

/* ---- accounts ---- */

typedef struct {
    const char *key; /* 1-32 of a-z 0-9 _ - */
    const char *value;
} lexmq_field_t;

typedef struct {
    uint64_t user;
    const char *name; /* as shown */
    int64_t expires;
} lexmq_login_t;
LEXMQ_EXPORT void lexmq_login_destroy(lexmq_login_t **self_p);

/* Both leave the handle logged in. `out` may be NULL. */
LEXMQ_EXPORT lexmq_status_t lexmq_register(lexmq_t *self, const char *name, const char *password,
                                           const lexmq_field_t *fields, size_t field_count,
                                           lexmq_login_t **out);
LEXMQ_EXPORT lexmq_status_t lexmq_login(lexmq_t *self, const char *name, const char *password,
                                        lexmq_login_t **out);
LEXMQ_EXPORT lexmq_status_t lexmq_logout(lexmq_t *self);

typedef struct {
    uint64_t user;
    const char *name;
    int64_t created, issued, expires;
    unsigned char session[LEXMQ_ID_SIZE];
    lexmq_field_t *fields;
    size_t field_count;
} lexmq_account_t;
LEXMQ_EXPORT lexmq_status_t lexmq_whoami(lexmq_t *self, lexmq_account_t **out);
LEXMQ_EXPORT void lexmq_account_destroy(lexmq_account_t **self_p);

/* Ends every session of the account and leaves the handle with a new one. */
LEXMQ_EXPORT lexmq_status_t lexmq_passwd(lexmq_t *self, const char *password,
                                         const char *new_password);
/* The account, its sessions and, soon after, its history are gone. */
LEXMQ_EXPORT lexmq_status_t lexmq_delete_account(lexmq_t *self, const char *password);

typedef struct {
    unsigned char id[LEXMQ_ID_SIZE];
    int64_t issued, expires;
    bool current; /* the one of this handle */
} lexmq_session_t;
typedef struct {
    lexmq_session_t *list; /* newest first */
    size_t count;
} lexmq_sessions_t;
LEXMQ_EXPORT lexmq_status_t lexmq_sessions(lexmq_t *self, lexmq_sessions_t **out);
LEXMQ_EXPORT void lexmq_sessions_destroy(lexmq_sessions_t **self_p);
LEXMQ_EXPORT lexmq_status_t lexmq_revoke(lexmq_t *self, const unsigned char session[LEXMQ_ID_SIZE]);

/* ---- look-up ---- */

/* Behind `text` an entry has what its dictionary gives; what it does not give is NULL or 0. */
typedef struct {
    const char *dict, *headword, *text;
    const char *phonetic; /* how it is pronounced, for people */
    const char *reading;  /* how Han characters are read: "zhong1 guo2" */
    const char *pos;      /* parts of speech: "n:46/v:54", percent a class, or just "n." */
    const char **tags;    /* "cet4", "toefl"… */
    size_t tag_count;
    const char *forms;    /* "p:went/d:gone"; docs/protocol.md section 6 has the letters */
    const char **aliases; /* other headwords of the same entry */
    size_t alias_count;
    const char *audio; /* a link */
    uint32_t collins;  /* stars, 1 to 5 */
    uint32_t oxford;   /* 1: of the Oxford 3000 */
    uint32_t bnc_rank; /* place by frequency in the British National Corpus; 1 is the commonest */
    uint32_t modern_rank; /* the same in a corpus of today */
    uint32_t frequency;   /* how often a corpus has it; the larger the commoner */
} lexmq_entry_t;
typedef struct {
    const char *word; /* as asked */
    bool found;
    /* How it was found: "exact", "case", "accent", "punctuation", "lemma", "reading",
     * "explanation", or one that a later server has; NULL when not found. */
    const char *rule;
    lexmq_entry_t *entries;
    size_t entry_count;
    const char **suggestions; /* only on a miss */
    size_t suggestion_count;
} lexmq_definition_t;
typedef struct {
    lexmq_definition_t *words; /* as many as were asked, in that order */
    size_t count;
    bool recorded; /* true: each is in the history exactly once, whatever happens next; false: it
                      will be, later */
} lexmq_definitions_t;

typedef struct {
    const char *dict; /* only in this dictionary; NULL: in all */
    bool unrecorded;  /* leave the history alone */
} lexmq_define_options_t;

/* Looks up 1 to LEXMQ_WORDS_MAX words of 1 to LEXMQ_WORD_MAX bytes. `options` may be NULL. */
LEXMQ_EXPORT lexmq_status_t lexmq_define(lexmq_t *self, const char *const *words, size_t count,
                                         const lexmq_define_options_t *options,
                                         lexmq_definitions_t **out);
LEXMQ_EXPORT void lexmq_definitions_destroy(lexmq_definitions_t **self_p);

typedef struct {
    const char **list;
    size_t count;
} lexmq_words_t;
/* Headwords that begin with `prefix`, at most `limit` (1-100; 0: 10), in one dictionary or, with
 * NULL, in all. */
LEXMQ_EXPORT lexmq_status_t lexmq_suggest(lexmq_t *self, const char *prefix, unsigned limit,
                                          const char *dict, lexmq_words_t **out);
LEXMQ_EXPORT void lexmq_words_destroy(lexmq_words_t **self_p);

/* Words that match a pattern. Zeroed, all but strategy and pattern ask for what is usual. */
typedef struct {
    const char *strategy; /* "exact", "prefix", "nprefix", "suffix", "substring", "word", "first",
                             "last", "wildcard", "re", "soundex", "lev", "reading" or "text" */
    const char *pattern;  /* 1 to LEXMQ_WORD_MAX bytes */
    const char *dict;     /* only in this dictionary; NULL: in all */
    unsigned limit;       /* of one page, 1 to LEXMQ_MATCHES_MAX; 0: 20 */
    unsigned distance;    /* lev: the most edits, 1 or 2; 0: 1 */
    uint32_t skip, count; /* nprefix: pass over the first `skip`, then give at most `count` on all
                             pages together; 0: one page */
    const char *const *tags; /* only words that have all of them, at most LEXMQ_TAGS_MAX */
    size_t tag_count;
    uint32_t collins;   /* only words with so many stars or more; 0: any */
    uint32_t max_rank;  /* only words that are ranked, and at most this; 0: any */
    bool by_rank;       /* the commonest first instead of the strategy's order */
    const void *cursor; /* of the page before, all else but `limit` being the same; NULL: the first
                           page */
    size_t cursor_size;
} lexmq_match_query_t;

typedef struct {
    const char *word, *dict;
    const char *rule; /* the strategy, or "accent": it matches once accents are folded. With "exact"
                         also "case" */
    int distance;     /* edits, with lev; -1: not said */
    uint32_t rank;    /* place by frequency; 0: unranked */
} lexmq_match_t;
typedef struct {
    lexmq_match_t *list;
    size_t count;
    const void *cursor; /* for the next page */
    size_t cursor_size; /* 0: this was the last page */
    /* false: the server's time for one request was over before the page was full, maybe before
     * anything was found. What is there matches. Go on at the cursor; where the order is by distance,
     * score or rank there is none, and better matches may be missing. */
    bool complete;
} lexmq_matches_t;
LEXMQ_EXPORT lexmq_status_t lexmq_match(lexmq_t *self, const lexmq_match_query_t *query,
                                        lexmq_matches_t **out);
LEXMQ_EXPORT void lexmq_matches_destroy(lexmq_matches_t **self_p);

typedef struct {
    const char *name, *title;
    uint64_t entries, version;
} lexmq_dictionary_t;
typedef struct {
    lexmq_dictionary_t *list; /* in the order they are searched */
    size_t count;
} lexmq_dictionaries_t;
LEXMQ_EXPORT lexmq_status_t lexmq_dictionaries(lexmq_t *self, lexmq_dictionaries_t **out);
LEXMQ_EXPORT void lexmq_dictionaries_destroy(lexmq_dictionaries_t **self_p);

/* ---- history ---- */

typedef struct {
    uint64_t n; /* orders a user's records; not dense */
    const char *word;
    int64_t time;
    bool found;
} lexmq_record_t;
typedef struct {
    lexmq_record_t *list;
    size_t count;
    uint64_t cursor; /* for the next page; 0: this was the last */
} lexmq_records_t;

/* The last `limit` (1 to LEXMQ_RECORDS_MAX), newest first. */
LEXMQ_EXPORT lexmq_status_t lexmq_history_recent(lexmq_t *self, unsigned limit,
                                                 lexmq_records_t **out);
/* A page of at most `limit` records. `cursor`: 0 for the first page. */
LEXMQ_EXPORT lexmq_status_t lexmq_history_list(lexmq_t *self, unsigned limit, uint64_t cursor,
                                               bool oldest_first, lexmq_records_t **out);

typedef enum { LEXMQ_ANY = 0, LEXMQ_ONLY_FOUND, LEXMQ_ONLY_MISSED } lexmq_which_t;
typedef struct {
    const char *prefix;   /* of the word, letter case aside; NULL: any */
    int64_t since, until; /* 0: open; `until` is exclusive */
    lexmq_which_t which;
} lexmq_filter_t;
/* As lexmq_history_list, newest first, only what the filter lets through. */
LEXMQ_EXPORT lexmq_status_t lexmq_history_search(lexmq_t *self, const lexmq_filter_t *filter,
                                                 unsigned limit, uint64_t cursor,
                                                 lexmq_records_t **out);
LEXMQ_EXPORT void lexmq_records_destroy(lexmq_records_t **self_p);
/* Forgets it all. `cleared`, the number of records, may be NULL. */
LEXMQ_EXPORT lexmq_status_t lexmq_history_clear(lexmq_t *self, uint64_t *cleared);

/* ---- the gateway's own account of itself; needs no session ----
 *
 * One gateway answers, lexmq_gateway says which: ask each of several through lexmq_new_single. */

typedef struct {
    const char *service;
    uint64_t workers, credit, free, queued, queued_bytes, open;
    uint64_t requests, finals, busy, timeouts, unavailable, redispatched;
    uint64_t lost; /* workers that left without a word */
    const uint64_t
        *latency; /* answered requests by time: up to each of the status's bounds, and one
                                place more for the rest; NULL: it does not say */
} lexmq_service_t;
typedef struct {
    const char *version;
    uint64_t uptime_ms;
    bool draining;
    uint64_t open, bad_frames, unroutable, late_replies;
    lexmq_service_t *services;
    size_t service_count;
    uint64_t refused;                  /* requests for what one may not ask for */
    const uint64_t *latency_bounds_us; /* rising; NULL: it does not say */
    size_t latency_bound_count;
} lexmq_gateway_status_t;
LEXMQ_EXPORT lexmq_status_t lexmq_gateway_status(lexmq_t *self, lexmq_gateway_status_t **out);
LEXMQ_EXPORT void lexmq_gateway_status_destroy(lexmq_gateway_status_t **self_p);

typedef struct {
    const char *service, *name;   /* the name is what it calls itself, or the gateway calls it */
    uint64_t credit, held, open;  /* requests: that it takes at once, has, and somebody waits for */
    uint64_t finals;              /* answered */
    uint64_t ready_ms, silent_ms; /* since it came, and since it was last heard */
    bool draining;
} lexmq_worker_t;
typedef struct {
    lexmq_worker_t *list;
    size_t count;
} lexmq_workers_t;
/* LEXMQ_SERVER_ERROR from an older gateway, which does not know the question. */
LEXMQ_EXPORT lexmq_status_t lexmq_workers(lexmq_t *self, lexmq_workers_t **out);
LEXMQ_EXPORT void lexmq_workers_destroy(lexmq_workers_t **self_p);

#ifdef __cplusplus
}
#endif

#endif
