#include "sql/server.h"

#include <mysqld_error.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

#define LOCK_NAME     "lexmq_migrate"
#define POLL_MS       200
#define COMPLAIN_MS   10000
#define SOCKET_DENIED 1698 /* MariaDB: the account is another user's of the system */

struct server_lock {
    lex_db_t *db; /* of its own: it must not be closed under the lock */
};

static bool s_is_refused(const lex_db_t *db)
{
    switch (lex_db_code(db)) {
    case ER_ACCESS_DENIED_ERROR:
    case ER_DBACCESS_DENIED_ERROR:
    case ER_BAD_DB_ERROR:
    case SOCKET_DENIED:
        return true;
    default:
        return false;
    }
}

int server_wait(lex_db_t *db, unsigned seconds)
{
    int64_t deadline = lex_monotonic_ms() + (int64_t)seconds * 1000;
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    while (lex_db_connect(db) != LEX_DB_OK) {
        if (s_is_refused(db) || lex_monotonic_ms() >= deadline) {
            lex_error("database cannot be used: %s", lex_db_error(db));
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return 0;
}

static int s_read_answer(void *arg, const lex_row_t *row)
{
    *(int64_t *)arg = lex_row_int(row, 0);
    return 0;
}

/* GET_LOCK waits a second at a time, so that its wait never meets the connection's time limit. */
server_lock_t *server_lock_new(const lex_db_options_t *options, unsigned seconds)
{
    server_lock_t *self = lex_calloc(1, sizeof *self);
    int64_t deadline = lex_monotonic_ms() + (int64_t)seconds * 1000;
    int64_t complained = 0, is_ours = 0;
    lex_db_status_t status;
    self->db = lex_db_new(options);
    for (;;) {
        status = lex_db_run(self->db, "SELECT GET_LOCK('" LOCK_NAME "', 1)", NULL, 0, s_read_answer,
                            &is_ours);
        if (status != LEX_DB_OK || is_ours == 1 || lex_monotonic_ms() >= deadline)
            break;
        if (lex_log_due(&complained, COMPLAIN_MS))
            lex_info("migrate waits for another migrator");
    }
    if (status != LEX_DB_OK || is_ours != 1) {
        lex_error("migrate cannot have the lock: %s",
                  status == LEX_DB_OK ? "another migrator holds it" : lex_db_error(self->db));
        server_lock_destroy(&self);
    }
    return self;
}

void server_lock_destroy(server_lock_t **self_p)
{
    server_lock_t *self = *self_p;
    if (!self)
        return;
    lex_db_destroy(&self->db);
    free(self);
    *self_p = NULL;
}

int server_lock_check(server_lock_t *self)
{
    int64_t is_ours = 0;
    lex_db_run(self->db, "SELECT IS_USED_LOCK('" LOCK_NAME "') = CONNECTION_ID()", NULL, 0,
               s_read_answer, &is_ours);
    if (is_ours == 1)
        return 0;
    lex_error("migrate has lost its lock, and stops: another migrator may be at work");
    return -1;
}
