/* Logging to stderr, a line an event: text for people or one JSON object a line for machines.
 * The first word of a message is its subject. Secrets, passwords and tokens are never arguments. */

#ifndef LEX_LOG_H
#define LEX_LOG_H

typedef enum { LEX_LOG_ERROR, LEX_LOG_WARNING, LEX_LOG_INFO, LEX_LOG_DEBUG } lex_log_level_t;

/* Sets the program's name, the lowest level shown ("error", "warning", "info", "debug") and the format ("text",
 * "json"). Called once at start, before threads; until then: "lexmq", info, text. -1 on an unknown word. */
int lex_log_setup(const char *program, const char *level, const char *format);

void lex_log(lex_log_level_t level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define lex_error(...)   lex_log(LEX_LOG_ERROR, __VA_ARGS__)
#define lex_warning(...) lex_log(LEX_LOG_WARNING, __VA_ARGS__)
#define lex_info(...)    lex_log(LEX_LOG_INFO, __VA_ARGS__)
#define lex_debug(...)   lex_log(LEX_LOG_DEBUG, __VA_ARGS__)

/* True at most once per `interval_ms` per call site: keeps a repeating fault from filling the log.
 *     static int64_t last; if (lex_log_due(&last, 5000)) lex_warning(...); */
#include <stdint.h>
int lex_log_due(int64_t *last, int64_t interval_ms);

#endif
