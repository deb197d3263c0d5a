/* MySQL and MariaDB through prepared statements only: one connection, reconnecting over a list of hosts.
 * A connection belongs to one thread at a time. Works with MySQL 8 and MariaDB 10.6+. */

#ifndef LEX_DB_H
#define LEX_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* None of these tells the server the password: neither a hostile one nor who sits on the way to it. MySQL's caching_sha2_password
 * does, unless the connection is a Unix socket; the library's mysql_clear_password and dialog do to whoever asks. */
#define LEX_DB_PLUGINS "mysql_native_password,client_ed25519"

typedef struct {
    const char *
        hosts; /* "a:3306,b:3306,unix:/path/to/socket", tried in order and again after a failure; a Galera node that has lost
                   its cluster is one that fails. Where a connection is, it stays until it is lost */
    const char *user;
    const char
        *password_file; /* first line is the password; NULL: none. Never from argv or environment */
    const char *
        plugins; /* ways to log in that a server may ask for, comma-separated; NULL: LEX_DB_PLUGINS */
    const char *schema;    /* default schema, may be NULL */
    unsigned timeout_ms;   /* connect, read and write; 0: 5000 */
    bool multi_statements; /* the migrator's need: lets lex_db_script run */
} lex_db_options_t;

typedef enum {
    LEX_DB_OK = 0,
    LEX_DB_DUPLICATE, /* a unique key is taken (1062) */
    LEX_DB_CONFLICT, /* deadlock, lock wait, or another node of a cluster was first (1213, 1205, 1180, 1020): the transaction is
                        rolled back, run it again */
    LEX_DB_LOST, /* no connection, or lost in the middle: the outcome of a COMMIT is unknown; reconnects at the next call. As well a
                    server without room (1114, 1021): another one may have some, or this one later */
    LEX_DB_ERROR /* anything else; logged with its statement, never with its values */
} lex_db_status_t;

typedef struct lex_db lex_db_t;

/* Remembers the options (copied); connects at first use. Never NULL. */
lex_db_t *lex_db_new(const lex_db_options_t *options);
void lex_db_destroy(lex_db_t **self_p);

/* Connects unless connected; useful at start to say early what is wrong. */
lex_db_status_t lex_db_connect(lex_db_t *self);
bool lex_db_is_connected(const lex_db_t *self);
/* The last error for people. */
const char *lex_db_error(const lex_db_t *self);
/* Its number, of the server (1000-1999, 3000 and up) or of the client library (2000-2999, 5000 and up); 0: none. */
unsigned lex_db_code(const lex_db_t *self);

/* One parameter of a statement. Data must stay until the call returns. */
typedef struct {
    enum { LEX_PARAM_NULL, LEX_PARAM_UINT, LEX_PARAM_INT, LEX_PARAM_TEXT, LEX_PARAM_BLOB } type;
    uint64_t number;
    const void *data;
    size_t size;
} lex_param_t;
#define LEX_NULL           ((lex_param_t){.type = LEX_PARAM_NULL})
#define LEX_UINT(value)    ((lex_param_t){.type = LEX_PARAM_UINT, .number = (uint64_t)(value)})
#define LEX_INT(value)     ((lex_param_t){.type = LEX_PARAM_INT, .number = (uint64_t)(int64_t)(value)})
#define LEX_TEXT(ptr, len) ((lex_param_t){.type = LEX_PARAM_TEXT, .data = (ptr), .size = (len)})
#define LEX_BLOB(ptr, len) ((lex_param_t){.type = LEX_PARAM_BLOB, .data = (ptr), .size = (len)})

/* A row during its callback; columns from 0. Pointers are valid until the callback returns; bytes are NUL-terminated
 * behind their size as well. A NULL column is 0 or ("", size 0). */
typedef struct lex_row lex_row_t;
uint64_t lex_row_uint(const lex_row_t *row, unsigned column);
int64_t lex_row_int(const lex_row_t *row, unsigned column);
const char *lex_row_bytes(const lex_row_t *row, unsigned column,
                          size_t *size); /* size may be NULL */
bool lex_row_is_null(const lex_row_t *row, unsigned column);

/* Called once a row. Return 0 to go on, anything else to skip the remaining rows. */
typedef int(lex_row_fn)(void *arg, const lex_row_t *row);

/* Runs a statement. It is prepared at first use on this connection and kept by its text (at most 64, least recently used go).
 * Outside of a transaction a conflict that undid it, before its first row, is tried again by itself, up to five times.
 * `row` may be NULL. Rows are streamed, not stored: a large result takes no memory, and `row` must not use this connection. */
lex_db_status_t lex_db_run(lex_db_t *self, const char *sql, const lex_param_t *params, size_t count,
                           lex_row_fn *row, void *arg);
/* The same with the parameters as an argument list. */
#define lex_db_query(self, row, arg, sql, ...)                                                     \
    lex_db_run((self), (sql), (const lex_param_t[]){__VA_ARGS__},                                  \
               sizeof((const lex_param_t[]){__VA_ARGS__}) / sizeof(lex_param_t), (row), (arg))
#define lex_db_exec(self, sql, ...) lex_db_query((self), NULL, NULL, (sql), __VA_ARGS__)
/* A statement without parameters. */
lex_db_status_t lex_db_simple(lex_db_t *self, const char *sql);

uint64_t lex_db_affected(const lex_db_t *self);  /* rows changed by the last statement */
uint64_t lex_db_insert_id(const lex_db_t *self); /* first AUTO_INCREMENT value of the last INSERT */

/* Runs `body` between BEGIN and COMMIT. When it returns LEX_DB_OK commits, else rolls back and returns its status.
 * CONFLICT and LOST are tried again up to `tries` times in all with a short growing pause, so `body` must be safe to run
 * again even when an earlier COMMIT did take place (unique request ids). */
typedef lex_db_status_t(lex_db_body_fn)(lex_db_t *db, void *arg);
lex_db_status_t lex_db_transaction(lex_db_t *self, lex_db_body_fn *body, void *arg, unsigned tries);

/* Runs a script of several statements (migrations). Needs multi_statements. */
lex_db_status_t lex_db_script(lex_db_t *self, const char *script, size_t size);

/* Some connections shared by some threads. acquire waits until one is free. */
typedef struct lex_db_pool lex_db_pool_t;
lex_db_pool_t *lex_db_pool_new(const lex_db_options_t *options, unsigned connections);
void lex_db_pool_destroy(lex_db_pool_t **self_p);
lex_db_t *lex_db_pool_acquire(lex_db_pool_t *self);
void lex_db_pool_release(lex_db_pool_t *self, lex_db_t **db_p);

#endif
