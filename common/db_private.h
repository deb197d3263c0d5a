/* What the files of db.h share among themselves; nobody else includes this. */

#ifndef LEX_DB_PRIVATE_H
#define LEX_DB_PRIVATE_H

#include <mysql.h>

#include "common/db.h"

#define LEX_DB_HOSTS_MAX      16
#define LEX_DB_STATEMENTS_MAX 64          /* prepared statements kept per connection */
#define LEX_DB_PARAMS_MAX     65535       /* placeholders the protocol allows in one statement */
#define LEX_DB_FIELD_MAX      (64u << 20) /* bytes of one value; a MEDIUMTEXT has at most 16 MiB */
#define LEX_DB_FIELD_KEPT                                                                          \
    (64u << 10) /* a larger column buffer is given back after the statement \
                                           */
#define LEX_DB_ERROR_SIZE 512

typedef struct {
    char *name;    /* host name or address, or the path of a Unix socket */
    unsigned port; /* 0: a Unix socket */
} lex_db_host_t;

/* A column of the row that is being read. Whole numbers arrive as such, anything else as bytes. */
typedef struct {
    bool is_number;
    my_bool is_unsigned;
    my_bool is_null;
    my_bool is_cut;
    uint64_t number;
    char digits[24];        /* `number` as text, when somebody asks for it */
    char *data;             /* capacity + 1 bytes */
    unsigned long capacity; /* bytes */
    unsigned long
        size; /* bytes of the value, may be more than capacity until the value is completed */
} lex_db_column_t;

struct lex_row {
    lex_db_column_t *columns;
    unsigned count;
};

typedef struct {
    char *sql;
    size_t sql_size;
    uint64_t used; /* tick of the last use; the lowest is the least recently used */
    MYSQL_STMT *handle;
    size_t param_count;
    MYSQL_BIND *params; /* kept between executions */
    MYSQL_BIND *results;
    struct lex_row row;
} lex_db_statement_t;

struct lex_db {
    char *user;
    char *password_file;
    char *plugins;
    char *schema;
    unsigned timeout_ms;
    bool multi_statements;
    lex_db_host_t hosts[LEX_DB_HOSTS_MAX];
    unsigned host_count;
    unsigned host; /* the one in use, or to be tried next */

    MYSQL *mysql;           /* NULL: not connected */
    int64_t retry_at;       /* monotonic ms; no attempt to connect before */
    unsigned pause_ms;      /* the last pause between attempts */
    bool in_transaction;    /* a lost connection is then not replaced behind the caller's back */
    bool row_given;         /* by the statement that runs, or ran last */
    lex_db_status_t doomed; /* CONFLICT or LOST: what has ended the transaction; else OK */

    lex_db_statement_t statements[LEX_DB_STATEMENTS_MAX];
    unsigned statement_count;
    uint64_t tick;

    uint64_t affected;
    uint64_t insert_id;
    unsigned code; /* of the last error, 0: none */
    char error[LEX_DB_ERROR_SIZE];
    int64_t lost_logged;
    int64_t error_logged;
};

/* Connects if need be, and replaces a connection that the server has closed meanwhile. Inside a
 * transaction it does neither: it then returns what has ended the transaction. */
lex_db_status_t lex_db_ready(lex_db_t *self);

/* Closes the connection, with all its statements. After a fault the next host in the list is the
 * next to be tried. */
void lex_db_disconnect(lex_db_t *self, bool fault);

/* Remembers and logs an error of the server or the library and acts on it: closes a connection that
 * is lost, dooms the transaction. `sql` may be NULL. */
lex_db_status_t lex_db_fail(lex_db_t *self, unsigned code, const char *sqlstate,
                            const char *message, const char *sql);

/* The same for a fault we found ourselves: LEX_DB_ERROR. */
lex_db_status_t lex_db_refuse(lex_db_t *self, const char *sql, const char *why);

/* Only remembers: writes the text for lex_db_error. The server's words are left out when they may
 * quote a value. */
void lex_db_note(lex_db_t *self, unsigned code, const char *sqlstate, const char *message);

/* Between two attempts, `attempt` counting from 0: up to twice as long each time, at random so that two that met do not meet
 * again. */
void lex_db_pause(unsigned attempt);

/* One statement without values by the text protocol: BEGIN and its like cannot be prepared
 * everywhere. */
lex_db_status_t lex_db_command(lex_db_t *self, const char *sql);

/* Forgets all statements. Their handles are closed on the server too when the connection still
 * stands. */
void lex_db_statements_clear(lex_db_t *self);

/* The columns of a statement that has just been prepared; 0 columns: no result set. */
void lex_db_columns_setup(lex_db_statement_t *statement);
void lex_db_columns_close(lex_db_statement_t *statement);
/* Fetches what did not fit. Returns 0, or -1 with the error in the statement's handle or, if that
 * has none, memory. */
int lex_db_columns_complete(lex_db_statement_t *statement);
/* Gives large buffers back. */
void lex_db_columns_trim(lex_db_statement_t *statement);

#endif
