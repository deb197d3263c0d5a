/* Logging to stderr, a line an event: text for people or one JSON object a line for machines.
 * The first word of a message is its subject. Secrets, passwords and tokens are never arguments. */

#ifndef LEX_LOG_H
#define LEX_LOG_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { LEX_LOG_ERROR, LEX_LOG_WARNING, LEX_LOG_INFO, LEX_LOG_DEBUG } lex_log_level_t;

/* Sets the program's name, the lowest level shown ("error", "warning", "info", "debug") and the format ("text",
 * "json"). Called once at start, before threads; until then: "lexmq", info, text. -1 on an unknown word. */
int lex_log_setup(const char *program, const char *level, const char *format);

void lex_log(lex_log_level_t level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the story of a request ----
 *
 * A line about a request carries its id, 32 hexadecimal digits: in brackets before the message, or as "request" in JSON. So
 * `grep ID` over the logs of all programs tells what became of it. Which requests are told of in full is picked by the id alone,
 * the same ones in every program; those that fail or are slow are told of always. */

#define LEX_LOG_ID_SIZE 16 /* bytes; LEX_ID_SIZE of docs/protocol.md */

/* Every how many requests one is told of in full: 1 all, 0 none; and from how many milliseconds on one is slow. Once at start,
 * before threads; until then none, and a second. */
void lex_log_setup_requests(unsigned every, int64_t slow_ms);
bool lex_log_is_slow(int64_t ms);

/* True when this request is one of those. `id` may be NULL, which is none. */
bool lex_log_is_followed(const unsigned char id[LEX_LOG_ID_SIZE]);

/* As lex_log, about a request; `id` NULL: nobody knows it. */
void lex_log_request(lex_log_level_t level, const unsigned char id[LEX_LOG_ID_SIZE],
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An id as the lines show it. Returns `out`. */
#define LEX_LOG_HEX_SIZE 33
char *lex_log_hex(const unsigned char id[LEX_LOG_ID_SIZE], char out[LEX_LOG_HEX_SIZE]);

/* A step of a request that is followed; of any other one the arguments are not even looked at. */
#define lex_follow(id, ...)                                                                        \
    do {                                                                                           \
        if (lex_log_is_followed(id))                                                               \
            lex_log_request(LEX_LOG_INFO, (id), __VA_ARGS__);                                      \
    } while (0)

/* ---- counting ---- */

/* Lines written so far. */
uint64_t lex_log_count(lex_log_level_t level);
/* "error", "warning", "info", "debug". */
const char *lex_log_level_name(lex_log_level_t level);

#define lex_error(...)   lex_log(LEX_LOG_ERROR, __VA_ARGS__)
#define lex_warning(...) lex_log(LEX_LOG_WARNING, __VA_ARGS__)
#define lex_info(...)    lex_log(LEX_LOG_INFO, __VA_ARGS__)
#define lex_debug(...)   lex_log(LEX_LOG_DEBUG, __VA_ARGS__)

/* True at most once per `interval_ms` per call site: keeps a repeating fault from filling the log.
 *     static int64_t last; if (lex_log_due(&last, 5000)) lex_warning(...); */
int lex_log_due(int64_t *last, int64_t interval_ms);

#endif
