/* Transactions that are tried again, and what goes by the text protocol. */

#include <assert.h>
#include <sodium.h>
#include <time.h>

#include "common/db_counts.h"
#include "common/db_private.h"

#define PAUSE_FIRST_MS 10
#define PAUSE_MAX_MS   320

static lex_db_status_t s_connection_failed(lex_db_t *self, const char *sql)
{
    return lex_db_fail(self, mysql_errno(self->mysql), mysql_sqlstate(self->mysql),
                       mysql_error(self->mysql), sql);
}

/* Reads and drops the results of a query; there is one for each statement in it. */
static int s_results_drop(MYSQL *mysql)
{
    int more;
    do {
        MYSQL_RES *result = mysql_use_result(mysql);
        if (result)
            mysql_free_result(result);
        if (mysql_errno(mysql))
            return -1;
        more = mysql_next_result(mysql);
    } while (more == 0);
    return more > 0 ? -1 : 0;
}

lex_db_status_t lex_db_command(lex_db_t *self, const char *sql)
{
    lex_db_count_statement();
    if (mysql_query(self->mysql, sql) || s_results_drop(self->mysql))
        return s_connection_failed(self, sql);
    return LEX_DB_OK;
}

lex_db_status_t lex_db_script(lex_db_t *self, const char *script, size_t size)
{
    lex_db_status_t status = lex_db_ready(self);
    if (status != LEX_DB_OK)
        return status;
    if (!self->multi_statements)
        return lex_db_refuse(self, NULL, "this connection was not opened for scripts");
    lex_db_count_statement();
    if (mysql_real_query(self->mysql, script, size) || s_results_drop(self->mysql))
        return s_connection_failed(self, "(script)");
    return LEX_DB_OK;
}

void lex_db_pause(unsigned attempt)
{
    unsigned pause = PAUSE_FIRST_MS << (attempt < 5 ? attempt : 5);
    if (pause > PAUSE_MAX_MS)
        pause = PAUSE_MAX_MS;
    pause = pause / 2 + randombytes_uniform(pause / 2 + 1);
    struct timespec time = {.tv_sec = 0, .tv_nsec = (long)pause * 1000000};
    nanosleep(&time, NULL);
}

static lex_db_status_t s_try(lex_db_t *self, lex_db_body_fn *body, void *arg)
{
    lex_db_status_t status = lex_db_ready(self);
    if (status == LEX_DB_OK)
        status = lex_db_command(self, "BEGIN");
    if (status != LEX_DB_OK)
        return status;

    self->in_transaction = true;
    self->doomed = LEX_DB_OK;
    status = body(self, arg);
    if (self->doomed != LEX_DB_OK)
        status = self->doomed; /* whatever the body made of it */
    if (status == LEX_DB_OK)
        status = lex_db_command(self, "COMMIT");
    self->in_transaction = false;
    if (status != LEX_DB_OK && self->mysql)
        lex_db_command(self, "ROLLBACK");
    return status;
}

lex_db_status_t lex_db_transaction(lex_db_t *self, lex_db_body_fn *body, void *arg, unsigned tries)
{
    assert(!self->in_transaction);
    lex_db_status_t status = s_try(self, body, arg);
    for (unsigned attempt = 1; attempt < tries; attempt++) {
        if (status != LEX_DB_CONFLICT && status != LEX_DB_LOST)
            break;
        lex_db_pause(attempt - 1);
        status = s_try(self, body, arg);
    }
    return status;
}
