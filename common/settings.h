/* The settings that several programs share, as rows for their tables, and the readers that turn them into option structs. */

#ifndef LEX_SETTINGS_H
#define LEX_SETTINGS_H

#include "common/config.h"
#include "common/db.h"
#include "common/worker.h"

#define LEX_LOG_SETTINGS                                                                           \
    {"log-level", "LEVEL", "info", "error, warning, info or debug"},                               \
    {                                                                                              \
        "log-format", "FORMAT", "text", "text, or json: one object a line"                         \
    }

/* How a server is watched. */
#define LEX_WATCH_SETTINGS                                                                         \
    {"metrics", "ADDRESS", NULL,                                                                   \
     "HOST:PORT of HTTP for /metrics /livez /healthz /readyz, open to whoever gets there"},        \
        {"log-requests", "N", "0",                                                                 \
         "tell each step of one request in N with its id, the same ones in every program"},        \
    {                                                                                              \
        "log-slow", "MS", "1000", "tell of each request that took longer, and of each that failed" \
    }

/* common/sandbox.h */
#define LEX_SANDBOX_SETTINGS                                                                       \
    {                                                                                              \
        "sandbox", "MODE", "on",                                                                   \
            "limits on what the program can do once it runs: on, off, or require (ends without)"   \
    }

#define LEX_DB_SETTINGS(default_user)                                                              \
    {"db-hosts", "HOSTS", "127.0.0.1:3306",                                                        \
     "database servers, host:port or unix:/path, tried in order"},                                 \
        {"db-user", "NAME", default_user, "database account"},                                     \
        {"db-password-file", "FILE", NULL, "file whose first line is the account's password"},     \
        {"db-plugins", "NAMES", LEX_DB_PLUGINS, "ways to log in that a server may ask for"},       \
    {                                                                                              \
        "db-timeout", "MS", "5000", "connect, read and write timeout"                              \
    }

#define LEX_WORKER_SETTINGS(default_threads)                                                       \
    {"gateways", "ENDPOINTS", "tcp://127.0.0.1:5556",                                              \
     "back endpoints of the gateways, comma-separated"},                                           \
        {"gateway-certificate", "FILES", NULL,                                                     \
         "the gateway's public certificate; several, comma-separated, while it changes its key"},  \
        {"certificate", "FILE", NULL, "this worker's secret certificate"},                         \
        {"insecure", NULL, NULL, "speak plaintext to a gateway that was started with --insecure"}, \
        {"heartbeat", "MS", "1000", "heartbeat interval, the same as the gateway's"},              \
        {"drain", "MS", "10000",                                                                   \
         "time that open requests get to finish when the program is told to stop"},                \
    {                                                                                              \
        "threads", "N", default_threads, "threads for work that may block"                         \
    }

/* Sets up the log. Prints one line and exits with 2 on a bad value, as the two below do. */
void lex_settings_log(const lex_config_t *config, const char *program);

/* What is told of requests. For programs that have LEX_WATCH_SETTINGS. */
void lex_settings_watch(const lex_config_t *config);

/* What a server needs when it runs, by the names of its settings; each list ends with NULL, and may be NULL. */
typedef struct {
    const char *const *reads;  /* files, which are replaced at times, and folders */
    const char *const *writes; /* folders */
    const char *const *binds;  /* endpoints */
    bool never_connects, makes_code;
} lex_settings_needs_t;

/* Closes the sandbox. Before the first thread and the first socket; exits with 1 when --sandbox require finds something missing. For
 * programs that have LEX_SANDBOX_SETTINGS. */
void lex_settings_seal(const lex_config_t *config, const lex_settings_needs_t *needs);

/* Pointers in the result live as long as the config. `schema` becomes the default schema. */
lex_db_options_t lex_settings_db(const lex_config_t *config, const char *schema);

/* Also gives libzmq an I/O thread for each gateway: call it before the first socket is made. For programs that have
 * LEX_WATCH_SETTINGS as well. */
lex_worker_options_t lex_settings_worker(const lex_config_t *config);

#endif
