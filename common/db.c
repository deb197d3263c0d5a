/* The connection: a list of hosts, one of them in use, and how we come to another when it fails. */

#include <errmsg.h>
#include <mysqld_error.h>
#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/db_counts.h"
#include "common/db_private.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/secret.h"

#define TIMEOUT_DEFAULT_MS 5000
#define CONNECT_MAX_MS                                                                             \
    10000 /* a long time limit is meant for statements: an absent host must not take it all */
/* With others to turn to, a host that is silent rather than gone gets less: time for a SYN to be sent once more. */
#define CONNECT_SEVERAL_MS 2000
#define PORT_DEFAULT       3306
#define PAUSE_FIRST_MS     50
#define PAUSE_MAX_MS       1000
#define LOG_INTERVAL_MS    5000

/* MySQL 8's own default and STRICT_ALL_TABLES, so that both servers refuse the same things. */
static const char s_session[] =
    "SET SESSION sql_mode = "
    "'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,"
    "NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'";

/* The cheapest that a Galera node without its cluster refuses (1047): it takes connections, SET and SELECT 1. */
static const char s_probe[] = "DO 0";

/* On Galera nothing runs before this node has what others have acknowledged: who was told that a thing is done finds it done, at
 * whatever node. It costs a statement some 0.1 ms (docs/galera.md). Other servers do not know it, or have nothing to wait for. */
static const char s_causal[] = "SET SESSION wsrep_sync_wait = 7";

static void s_library_setup(void)
{
    mysql_library_init(0, NULL, NULL);
}

static void s_host_parse(lex_db_host_t *host, const char *text, size_t size)
{
    if (size > 5 && strncmp(text, "unix:", 5) == 0) {
        host->name = lex_strndup(text + 5, size - 5);
        return;
    }
    const char *end = text + size;
    const char *name_end = end;
    const char *port = NULL;
    if (*text == '[' && memchr(text, ']', size)) { /* [::1]:3306 */
        text++;
        name_end = memchr(text, ']', (size_t)(end - text));
        if (name_end + 1 < end && name_end[1] == ':')
            port = name_end + 2;
    } else {
        const char *colon = memchr(text, ':', size);
        if (colon && !memchr(colon + 1, ':', (size_t)(end - colon - 1))) { /* several: bare IPv6 */
            name_end = colon;
            port = colon + 1;
        }
    }
    host->name = lex_strndup(text, (size_t)(name_end - text));
    unsigned long number = port && port < end ? strtoul(port, NULL, 10) : PORT_DEFAULT;
    host->port = number > 0 && number < 65536 ? (unsigned)number : PORT_DEFAULT;
}

static void s_hosts_parse(lex_db_t *self, const char *list)
{
    while (*list) {
        list += strspn(list, ", \t");
        size_t size = strcspn(list, ", \t");
        if (size && self->host_count < LEX_DB_HOSTS_MAX)
            s_host_parse(&self->hosts[self->host_count++], list, size);
        list += size;
    }
}

lex_db_t *lex_db_new(const lex_db_options_t *options)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, s_library_setup);

    lex_db_t *self = lex_calloc(1, sizeof *self);
    self->user = lex_strdup(options->user ? options->user : "");
    self->password_file = options->password_file ? lex_strdup(options->password_file) : NULL;
    self->plugins = lex_strdup(options->plugins ? options->plugins : LEX_DB_PLUGINS);
    self->schema = options->schema ? lex_strdup(options->schema) : NULL;
    self->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_DEFAULT_MS;
    self->multi_statements = options->multi_statements;
    s_hosts_parse(self, options->hosts ? options->hosts : "");
    snprintf(self->error, sizeof self->error, "not connected yet");
    return self;
}

void lex_db_destroy(lex_db_t **self_p)
{
    lex_db_t *self = *self_p;
    if (!self)
        return;
    lex_db_disconnect(self, false);
    for (unsigned i = 0; i < self->host_count; i++)
        free(self->hosts[i].name);
    free(self->user);
    free(self->password_file);
    free(self->plugins);
    free(self->schema);
    free(self);
    *self_p = NULL;
}

void lex_db_disconnect(lex_db_t *self, bool fault)
{
    if (!self->mysql)
        return;
    /* Closed first, the connection lets go of its statements, so that closing them sends nothing.
     */
    mysql_close(self->mysql);
    self->mysql = NULL;
    lex_db_statements_clear(self);
    if (fault)
        self->host = (self->host + 1) % self->host_count;
}

static void s_options_set(const lex_db_t *self, const lex_db_host_t *host, MYSQL *mysql)
{
    /* The library counts in whole seconds. */
    unsigned seconds = (self->timeout_ms + 999) / 1000;
    unsigned connect_max = self->host_count > 1 ? CONNECT_SEVERAL_MS : CONNECT_MAX_MS;
    unsigned connect_ms = self->timeout_ms < connect_max ? self->timeout_ms : connect_max;
    unsigned connect_seconds = (connect_ms + 999) / 1000;
    mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
    mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &seconds);
    mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
    /* A reconnect by the library would lose statements, session and transaction without a word. */
    my_bool reconnect = 0;
    mysql_options(mysql, MYSQL_OPT_RECONNECT, &reconnect);
    unsigned local_infile = 0;
    mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &local_infile);
    mysql_options(mysql, MARIADB_OPT_RESTRICTED_AUTH, self->plugins);
    unsigned long packet = LEX_DB_FIELD_MAX;
    mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
    mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    /* Named, because the library takes the host "localhost" for the Unix socket. */
    unsigned protocol = host->port ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
}

static bool s_session_setup(MYSQL *mysql)
{
    if (mysql_query(mysql, s_probe) || mysql_query(mysql, s_session))
        return false;
    return mysql_query(mysql, s_causal) == 0 || mysql_errno(mysql) == ER_UNKNOWN_SYSTEM_VARIABLE;
}

static bool s_host_connect(lex_db_t *self, const lex_db_host_t *host, const char *password)
{
    MYSQL *mysql = mysql_init(NULL);
    if (!mysql) {
        lex_db_note(self, CR_OUT_OF_MEMORY, "HY001", "out of memory");
        return false;
    }
    s_options_set(self, host, mysql);
    unsigned long flags = self->multi_statements ? CLIENT_MULTI_STATEMENTS : 0;
    bool is_socket = host->port == 0;
    bool good =
        mysql_real_connect(mysql, is_socket ? NULL : host->name, self->user, password, self->schema,
                           host->port, is_socket ? host->name : NULL, flags) &&
        s_session_setup(mysql);
    /* The library keeps the password for reconnecting, which we do ourselves. */
    if (mysql->passwd)
        sodium_memzero(mysql->passwd, strlen(mysql->passwd));
    if (good) {
        self->mysql = mysql;
        return true;
    }
    lex_db_note(self, mysql_errno(mysql), mysql_sqlstate(mysql), mysql_error(mysql));
    mysql_close(mysql);
    return false;
}

static void s_connected(lex_db_t *self)
{
    const lex_db_host_t *host = &self->hosts[self->host];
    lex_db_count_connect();
    if (self->pause_ms)
        lex_info("database connected to %s%s%.0u as %s", host->name, host->port ? ":" : "",
                 host->port, self->user);
    self->pause_ms = 0;
    self->code = 0;
    self->error[0] = 0;
}

static void s_pause(lex_db_t *self)
{
    lex_db_count_failure(LEX_DB_LOST);
    self->pause_ms = self->pause_ms ? self->pause_ms * 2 : PAUSE_FIRST_MS;
    if (self->pause_ms > PAUSE_MAX_MS)
        self->pause_ms = PAUSE_MAX_MS;
    self->retry_at = lex_monotonic_ms() + self->pause_ms;
    if (lex_log_due(&self->lost_logged, LOG_INTERVAL_MS))
        lex_warning("database is away for %s: %s", self->user, self->error);
}

lex_db_status_t lex_db_connect(lex_db_t *self)
{
    if (self->mysql)
        return LEX_DB_OK;
    if (self->pause_ms && lex_monotonic_ms() < self->retry_at)
        return LEX_DB_LOST;

    char *password = self->password_file ? lex_secret_read(self->password_file) : NULL;
    if (self->password_file && !password)
        lex_db_note(self, CR_UNKNOWN_ERROR, "28000", "the password file cannot be used");
    else if (self->host_count == 0)
        lex_db_note(self, CR_UNKNOWN_HOST, "08001", "no database host is set");
    else
        for (unsigned i = 0; i < self->host_count && !self->mysql; i++)
            if (!s_host_connect(self, &self->hosts[self->host], password))
                self->host = (self->host + 1) % self->host_count;
    lex_secret_free(&password);

    if (self->mysql)
        s_connected(self);
    else
        s_pause(self);
    return self->mysql ? LEX_DB_OK : LEX_DB_LOST;
}

/* Between statements a server says nothing: bytes waiting there are its farewell or the end of the
 * stream. */
static bool s_is_closed_by_server(const lex_db_t *self)
{
    struct pollfd item = {.fd = (int)mysql_get_socket(self->mysql), .events = POLLIN};
    return poll(&item, 1, 0) > 0;
}

lex_db_status_t lex_db_ready(lex_db_t *self)
{
    if (self->in_transaction)
        return self->doomed;
    if (self->mysql && s_is_closed_by_server(self))
        lex_db_disconnect(self, false);
    return lex_db_connect(self);
}

bool lex_db_is_connected(const lex_db_t *self)
{
    return self->mysql != NULL;
}

uint64_t lex_db_affected(const lex_db_t *self)
{
    return self->affected;
}

uint64_t lex_db_insert_id(const lex_db_t *self)
{
    return self->insert_id;
}
