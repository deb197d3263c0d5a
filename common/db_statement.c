/* Prepared statements, kept by their text, and their execution. */

#include <errmsg.h>
#include <mysqld_error.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_counts.h"
#include "common/db_private.h"
#include "common/memory.h"

#define SINGLE_TRIES 5 /* of a statement outside of a transaction */

/* What a caller wants of a statement. */
typedef struct {
    const lex_param_t *params;
    size_t count;
    lex_row_fn *row;
    void *arg;
} s_call_t;

/* What goes wrong while rows are streamed is known to the connection alone, not to the statement. */
static lex_db_status_t s_handle_failed(lex_db_t *self, MYSQL_STMT *handle, const char *sql)
{
    if (mysql_stmt_errno(handle) == 0)
        return lex_db_fail(self, mysql_errno(self->mysql), mysql_sqlstate(self->mysql),
                           mysql_error(self->mysql), sql);
    return lex_db_fail(self, mysql_stmt_errno(handle), mysql_stmt_sqlstate(handle),
                       mysql_stmt_error(handle), sql);
}

static void s_statement_close(lex_db_statement_t *statement)
{
    lex_db_columns_close(statement);
    mysql_stmt_close(statement->handle);
    free(statement->params);
    free(statement->sql);
    memset(statement, 0, sizeof *statement);
}

void lex_db_statements_clear(lex_db_t *self)
{
    while (self->statement_count)
        s_statement_close(&self->statements[--self->statement_count]);
}

static void s_statement_drop(lex_db_t *self, lex_db_statement_t *statement)
{
    s_statement_close(statement);
    lex_db_statement_t *last = &self->statements[--self->statement_count];
    if (last != statement) {
        *statement = *last;
        memset(last, 0, sizeof *last);
    }
}

/* A free place, for which the least recently used statement goes when all are taken. */
static lex_db_statement_t *s_place(lex_db_t *self)
{
    if (self->statement_count == LEX_DB_STATEMENTS_MAX) {
        lex_db_statement_t *oldest = &self->statements[0];
        for (unsigned i = 1; i < self->statement_count; i++)
            if (self->statements[i].used < oldest->used)
                oldest = &self->statements[i];
        s_statement_drop(self, oldest);
    }
    return &self->statements[self->statement_count];
}

/* NULL and *status when the server does not take it. */
static lex_db_statement_t *s_prepare(lex_db_t *self, const char *sql, size_t size,
                                     lex_db_status_t *status)
{
    MYSQL_STMT *handle = mysql_stmt_init(self->mysql);
    if (!handle) {
        *status = lex_db_fail(self, CR_OUT_OF_MEMORY, "HY001", "out of memory", sql);
        return NULL;
    }
    if (mysql_stmt_prepare(handle, sql, size)) {
        /* A lost connection is closed by the report of it; the handle must outlive that. */
        *status = s_handle_failed(self, handle, sql);
        mysql_stmt_close(handle);
        return NULL;
    }
    lex_db_statement_t *statement = s_place(self);
    statement->sql = lex_strndup(sql, size);
    statement->sql_size = size;
    statement->handle = handle;
    statement->param_count = mysql_stmt_param_count(handle);
    statement->params = lex_calloc(statement->param_count + 1, sizeof *statement->params);
    lex_db_columns_setup(statement);
    self->statement_count++;
    return statement;
}

/* Finds it among those that are kept, or prepares it. */
static lex_db_statement_t *s_require(lex_db_t *self, const char *sql, lex_db_status_t *status)
{
    size_t size = strlen(sql);
    lex_db_statement_t *found = NULL;
    for (unsigned i = 0; i < self->statement_count && !found; i++) {
        lex_db_statement_t *statement = &self->statements[i];
        if (statement->sql_size == size && memcmp(statement->sql, sql, size) == 0)
            found = statement;
    }
    if (!found)
        found = s_prepare(self, sql, size, status);
    if (found)
        found->used = ++self->tick;
    return found;
}

/* The library reads the caller's values where they are, until execution has returned. */
static int s_bind(lex_db_statement_t *statement, const s_call_t *call)
{
    for (size_t i = 0; i < call->count; i++) {
        MYSQL_BIND *bind = &statement->params[i];
        const lex_param_t *param = &call->params[i];
        bind->is_unsigned = param->type == LEX_PARAM_UINT;
        switch (param->type) {
        case LEX_PARAM_NULL:
            bind->buffer_type = MYSQL_TYPE_NULL;
            break;
        case LEX_PARAM_UINT:
        case LEX_PARAM_INT:
            bind->buffer_type = MYSQL_TYPE_LONGLONG;
            bind->buffer = (void *)&param->number;
            break;
        case LEX_PARAM_TEXT:
        case LEX_PARAM_BLOB:
            bind->buffer_type = param->type == LEX_PARAM_TEXT ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
            bind->buffer = param->data ? (void *)param->data : (void *)"";
            bind->buffer_length = param->size;
            break;
        }
    }
    return call->count ? mysql_stmt_bind_param(statement->handle, statement->params) : 0;
}

static lex_db_status_t s_fetch(lex_db_t *self, lex_db_statement_t *statement, const s_call_t *call)
{
    lex_db_status_t status = LEX_DB_OK;
    int result = mysql_stmt_bind_result(statement->handle, statement->results);
    while (!result && (result = mysql_stmt_fetch(statement->handle)) != MYSQL_NO_DATA) {
        if (result == MYSQL_DATA_TRUNCATED)
            result = 0; /* completed below */
        if (result || (result = lex_db_columns_complete(statement)))
            break;
        self->row_given = true;
        if (call->row && call->row(call->arg, &statement->row))
            break;
    }
    if (result && result != MYSQL_NO_DATA) {
        status = mysql_stmt_errno(statement->handle) || mysql_errno(self->mysql)
                     ? s_handle_failed(self, statement->handle, statement->sql)
                     : lex_db_refuse(self, statement->sql, "a value is too large for memory");
    }
    return status;
}

static bool s_is_stale(unsigned code)
{
    return code == ER_UNKNOWN_STMT_HANDLER || code == ER_NEED_REPREPARE ||
           code == CR_NEW_STMT_METADATA || code == CR_NO_PREPARE_STMT;
}

/* *stale: whether the statement may be stale, in which case nothing is reported and it is to be
 * prepared anew; whether it was. */
static lex_db_status_t s_execute(lex_db_t *self, lex_db_statement_t *statement,
                                 const s_call_t *call, bool *stale)
{
    MYSQL_STMT *handle = statement->handle;
    lex_db_count_statement();
    if (s_bind(statement, call) || mysql_stmt_execute(handle)) {
        *stale = *stale && s_is_stale(mysql_stmt_errno(handle));
        return *stale ? LEX_DB_ERROR : s_handle_failed(self, handle, statement->sql);
    }
    *stale = false;
    self->insert_id = mysql_stmt_insert_id(handle);
    if (statement->row.count == 0) {
        self->affected = mysql_stmt_affected_rows(handle);
        return LEX_DB_OK;
    }
    self->affected = 0;
    lex_db_status_t status = s_fetch(self, statement, call);
    if (!self->mysql)
        return status; /* went with the connection, the statement too */
    /* Reads what is left of the result; the rest of it may bring an error as well, or the end of
     * the connection. */
    if (mysql_stmt_free_result(handle) && status == LEX_DB_OK)
        status = s_handle_failed(self, handle, statement->sql);
    if (self->mysql)
        lex_db_columns_trim(statement);
    return status;
}

static lex_db_status_t s_run(lex_db_t *self, const char *sql, const s_call_t *call)
{
    lex_db_status_t status = lex_db_ready(self);
    bool stale = status == LEX_DB_OK;
    self->row_given = false;
    for (unsigned attempt = 0; stale; attempt++) {
        lex_db_statement_t *statement = s_require(self, sql, &status);
        if (!statement)
            break;
        if (statement->param_count != call->count) {
            status = lex_db_refuse(self, sql, "parameters are missing, or are too many");
            break;
        }
        stale = attempt == 0;
        status = s_execute(self, statement, call, &stale);
        if (stale)
            s_statement_drop(self, statement);
    }
    return status;
}

/* A statement that is its own transaction, and of which nothing is left: not even that it may have come through. */
static bool s_left_nothing(const lex_db_t *self, lex_db_status_t status)
{
    if (self->in_transaction || self->row_given)
        return false;
    switch (self->code) {
    case ER_LOCK_DEADLOCK: /* on Galera: another node was first */
    case ER_LOCK_WAIT_TIMEOUT:
    case ER_CHECKREAD:
        return status == LEX_DB_CONFLICT;
    case ER_UNKNOWN_COM_ERROR: /* refused by a Galera node without its cluster */
        return status == LEX_DB_LOST;
    default:
        return false;
    }
}

lex_db_status_t lex_db_run(lex_db_t *self, const char *sql, const lex_param_t *params, size_t count,
                           lex_row_fn *row, void *arg)
{
    const s_call_t call = {.params = params, .count = count, .row = row, .arg = arg};
    lex_db_status_t status = s_run(self, sql, &call);
    for (unsigned attempt = 1; attempt < SINGLE_TRIES && s_left_nothing(self, status); attempt++) {
        lex_db_pause(attempt - 1);
        /* A Galera node that loses its cluster reports what was waiting for it as a lock wait: it is asked, and left, first. */
        if (status == LEX_DB_CONFLICT)
            lex_db_command(self, "DO 0");
        status = s_run(self, sql, &call);
    }
    return status;
}

lex_db_status_t lex_db_simple(lex_db_t *self, const char *sql)
{
    return lex_db_run(self, sql, NULL, 0, NULL, NULL);
}
