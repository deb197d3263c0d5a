/* What an error of the server or of the client library means to us. */

#include <errmsg.h>
#include <mysqld_error.h>
#include <stdio.h>
#include <string.h>

#include "common/db_counts.h"
#include "common/db_private.h"
#include "common/log.h"

#define LOG_INTERVAL_MS 1000
#define LOG_SQL_BYTES   200 /* of a statement in a log line */

/* Numbers that only one of the two servers knows. */
#define MYSQL_READ_ONLY_MODE      1836
#define MARIADB_CONNECTION_KILLED 1927
#define MYSQL_IDLE_TIMEOUT        4031 /* ER_CLIENT_INTERACTION_TIMEOUT */

/* The server has no room, on its disk or elsewhere: no fault of what was asked, which may do well later, or with another server. */
static bool s_is_exhausted(unsigned code)
{
    switch (code) {
    case ER_DISK_FULL:
    case ER_RECORD_FILE_FULL:
    case ER_ERROR_ON_WRITE:
    case ER_GET_ERRNO: /* of a storage engine: InnoDB gives what it does not name as this */
    case ER_OUTOFMEMORY:
    case ER_OUT_OF_RESOURCES:
    case ER_CANT_CREATE_THREAD:
        return true;
    default:
        return false;
    }
}

static bool s_is_lost(unsigned code)
{
    switch (code) {
    case CR_SOCKET_CREATE_ERROR:
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_IPSOCK_ERROR:
    case CR_UNKNOWN_HOST:
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_HANDSHAKE_ERR:
    case CR_SERVER_LOST:
    case CR_COMMANDS_OUT_OF_SYNC: /* the stream and we disagree: only a new one helps */
    case CR_MALFORMED_PACKET:
    case CR_SERVER_LOST_EXTENDED:
    case CR_STMT_CLOSED:
    case ER_SERVER_SHUTDOWN:
    case ER_NORMAL_SHUTDOWN:
    case ER_FORCING_CLOSE:
    case ER_ABORTING_CONNECTION:
    case ER_NEW_ABORTING_CONNECTION:
    case ER_NET_READ_ERROR_FROM_PIPE:
    case ER_NET_FCNTL_ERROR:
    case ER_NET_PACKETS_OUT_OF_ORDER:
    case ER_NET_READ_ERROR:
    case ER_NET_READ_INTERRUPTED:
    case ER_NET_ERROR_ON_WRITE:
    case ER_NET_WRITE_INTERRUPTED:
    case MARIADB_CONNECTION_KILLED:
    case MYSQL_IDLE_TIMEOUT:
    case ER_OPTION_PREVENTS_STATEMENT: /* a read-only server: another one may take it */
    case MYSQL_READ_ONLY_MODE:
    case ER_UNKNOWN_COM_ERROR: /* a Galera node without its cluster: nothing was done, another node
                                  may */
        return true;
    default:
        return s_is_exhausted(code);
    }
}

static bool s_is_conflict(unsigned code)
{
    switch (code) {
    case ER_LOCK_DEADLOCK:
    case ER_LOCK_WAIT_TIMEOUT:
    case ER_ERROR_DURING_COMMIT: /* Galera: the cluster did not certify it */
    case ER_CHECKREAD:           /* MariaDB 11.6: the row has changed since the snapshot */
    case ER_TABLE_DEF_CHANGED:   /* a migration came between */
    case ER_QUERY_INTERRUPTED:
        return true;
    default:
        return false;
    }
}

static lex_db_status_t s_classify(unsigned code)
{
    if (code == ER_DUP_ENTRY)
        return LEX_DB_DUPLICATE;
    if (s_is_conflict(code))
        return LEX_DB_CONFLICT;
    return s_is_lost(code) ? LEX_DB_LOST : LEX_DB_ERROR;
}

/* Too large for the other side: the statement will not do better next time, but the stream is not
 * usable any more. */
static bool s_breaks_connection(unsigned code)
{
    return code == CR_NET_PACKET_TOO_LARGE || code == ER_NET_PACKET_TOO_LARGE;
}

/* Classes 22 (data) and 23 (keys) quote the values in their text; so do some of the unclassified.
 */
static bool s_quotes_values(unsigned code, const char *sqlstate)
{
    return strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0 ||
           code == ER_TRUNCATED_WRONG_VALUE_FOR_FIELD || code == ER_TRUNCATED_WRONG_VALUE ||
           code == ER_ILLEGAL_VALUE_FOR_TYPE || code == ER_WRONG_VALUE ||
           code == ER_WRONG_VALUE_FOR_TYPE || code == ER_DUP_ENTRY || code == ER_UNKNOWN_ERROR;
}

void lex_db_note(lex_db_t *self, unsigned code, const char *sqlstate, const char *message)
{
    self->code = code;
    snprintf(self->error, sizeof self->error, "error %u (%s): %s", code, sqlstate,
             s_quotes_values(code, sqlstate) ? "a value was refused" : message);
}

static void s_log(lex_db_t *self, lex_db_status_t status, const char *sql)
{
    if (status == LEX_DB_LOST) {
        if (lex_log_due(&self->lost_logged, LOG_INTERVAL_MS))
            lex_warning("database connection of %s is lost: %s", self->user, self->error);
    } else if (status == LEX_DB_ERROR) {
        if (lex_log_due(&self->error_logged, LOG_INTERVAL_MS))
            lex_error("database %s; statement: %.*s", self->error, LOG_SQL_BYTES, sql ? sql : "-");
    } else {
        lex_debug("database %s; statement: %.*s", self->error, LOG_SQL_BYTES, sql ? sql : "-");
    }
}

lex_db_status_t lex_db_fail(lex_db_t *self, unsigned code, const char *sqlstate,
                            const char *message, const char *sql)
{
    lex_db_status_t status = s_classify(code);
    lex_db_note(self, code, sqlstate, message);
    lex_db_count_failure(status);
    s_log(self, status, sql);
    if (status == LEX_DB_LOST || s_breaks_connection(code))
        lex_db_disconnect(self, true);
    if (self->in_transaction && self->doomed == LEX_DB_OK) {
        if (status == LEX_DB_CONFLICT || status == LEX_DB_LOST)
            self->doomed = status;
        else if (!self->mysql)
            self->doomed = LEX_DB_ERROR;
    }
    return status;
}

lex_db_status_t lex_db_refuse(lex_db_t *self, const char *sql, const char *why)
{
    return lex_db_fail(self, CR_UNKNOWN_ERROR, "HY000", why, sql);
}

const char *lex_db_error(const lex_db_t *self)
{
    return self->error;
}

unsigned lex_db_code(const lex_db_t *self)
{
    return self->code;
}
