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

#define LEX_DB_SETTINGS(default_user)                                                              \
    {"db-hosts", "HOSTS", "127.0.0.1:3306",                                                        \
     "database servers, host:port or unix:/path, tried in order"},                                 \
        {"db-user", "NAME", default_user, "database account"},                                     \
        {"db-password-file", "FILE", NULL, "file whose first line is the account's password"},     \
    {                                                                                              \
        "db-timeout", "MS", "5000", "connect, read and write timeout"                              \
    }

#define LEX_WORKER_SETTINGS(default_threads)                                                       \
    {"gateways", "ENDPOINTS", "tcp://127.0.0.1:5556",                                              \
     "back endpoints of the gateways, comma-separated"},                                           \
        {"gateway-certificate", "FILE", NULL, "the gateway's public certificate"},                 \
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

/* Pointers in the result live as long as the config. `schema` becomes the default schema. */
lex_db_options_t lex_settings_db(const lex_config_t *config, const char *schema);
lex_worker_options_t lex_settings_worker(const lex_config_t *config);

#endif
