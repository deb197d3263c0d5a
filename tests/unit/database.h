/* A private MariaDB for unit tests: a server of its own in a scratch folder, reached by a Unix
 * socket only. It dies with the test program, whatever happens to that.
 *
 *     database_t database;
 *     assert_int_equal (database_start (&database), 0);
 *     assert_int_equal (database_apply (&database, "lexmq_auth", "sql/auth"), 0);
 *     lex_db_options_t options = database_options (&database, "lexmq_auth");
 *     ...
 *     database_stop (&database);
 */

#ifndef LEXMQ_TESTS_DATABASE_H
#define LEXMQ_TESTS_DATABASE_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/db.h"

#define DATABASE_START_MS                                                                          \
    60000 /* most time for a server to answer, on a machine that has other work */

typedef struct {
    char folder[64];
    char hosts[128]; /* for lex_db_options_t */
    pid_t pid;       /* 0: not running */
} database_t;

/* Every account but root's needs to be made; root has no password here. */
static inline lex_db_options_t database_options(const database_t *self, const char *schema)
{
    return (lex_db_options_t){.hosts = self->hosts,
                              .user = "root",
                              .schema = schema,
                              .timeout_ms = 20000,
                              .multi_statements = true};
}

/* Starts a program with its output in FOLDER/log. */
static inline pid_t database_spawn(const database_t *self, char *const argv[])
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    char log[96], sbin[64];
    snprintf(log, sizeof log, "%s/log", self->folder);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    dup2(open("/dev/null", O_RDONLY), 0);
    execvp(argv[0], argv);
    snprintf(sbin, sizeof sbin, "/usr/sbin/%s", argv[0]);
    execv(sbin, argv);
    _exit(127);
}

/* 0 when one statement works. */
static inline int database_wait(const database_t *self)
{
    lex_db_options_t options = database_options(self, NULL);
    int64_t deadline = lex_monotonic_ms() + DATABASE_START_MS;
    int result = -1;
    while (result && lex_monotonic_ms() < deadline && waitpid(self->pid, NULL, WNOHANG) == 0) {
        lex_db_t *db = lex_db_new(&options);
        if (lex_db_simple(db, "SELECT 1") == LEX_DB_OK)
            result = 0;
        else
            poll(NULL, 0, 20);
        lex_db_destroy(&db);
    }
    return result;
}

/* Starts the server on the data that is there, with what it had when it was killed. */
static inline int database_resume(database_t *self)
{
    char data[96], temporary[96], socket[96], pid_file[96];
    snprintf(data, sizeof data, "--datadir=%s/data", self->folder);
    snprintf(temporary, sizeof temporary, "--tmpdir=%s/tmp", self->folder);
    snprintf(socket, sizeof socket, "--socket=%s/socket", self->folder);
    snprintf(pid_file, sizeof pid_file, "--pid-file=%s/pid", self->folder);
    char *argv[] = {"mariadbd",
                    "--no-defaults",
                    data,
                    temporary,
                    socket,
                    pid_file,
                    "--skip-networking",
                    "--innodb-buffer-pool-size=64M",
                    "--innodb-flush-log-at-trx-commit=2",
                    "--innodb-lock-wait-timeout=5",
                    geteuid() == 0 ? "--user=root" : NULL,
                    NULL};
    self->pid = database_spawn(self, argv);
    return database_wait(self);
}

/* Ends the server as a crash would, or in order. The data stays. */
static inline void database_end(database_t *self, int signal)
{
    if (self->pid > 0 && kill(self->pid, signal) == 0)
        waitpid(self->pid, NULL, 0);
    self->pid = 0;
}

static inline int database_unlink(const char *path, const struct stat *status, int kind,
                                  struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

static inline void database_stop(database_t *self)
{
    database_end(self, SIGTERM);
    if (self->folder[0])
        nftw(self->folder, database_unlink, 16, FTW_DEPTH | FTW_PHYS);
    self->folder[0] = 0;
}

/* 0, or -1 with the server's log on stderr. */
static inline int database_start(database_t *self)
{
    memset(self, 0, sizeof *self);
    snprintf(self->folder, sizeof self->folder, "/tmp/lexmq-db-XXXXXX");
    if (!mkdtemp(self->folder))
        return -1;
    snprintf(self->hosts, sizeof self->hosts, "unix:%s/socket", self->folder);
    char data[96], temporary[96];
    snprintf(data, sizeof data, "--datadir=%s/data", self->folder);
    /* A server that starts removes the temporary tables it finds, also those of its neighbours. */
    snprintf(temporary, sizeof temporary, "--tmpdir=%s/tmp", self->folder);
    mkdir(temporary + strlen("--tmpdir="), 0700);
    char *argv[] = {"mariadb-install-db",
                    "--no-defaults",
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db",
                    data,
                    temporary,
                    geteuid() == 0 ? "--user=root" : NULL,
                    NULL};
    int status = -1;
    if (waitpid(database_spawn(self, argv), &status, 0) > 0 && status == 0 &&
        database_resume(self) == 0)
        return 0;

    char command[128];
    snprintf(command, sizeof command, "tail -n 30 %s/log >&2", self->folder);
    if (system(command))
        fprintf(stderr, "the server's log cannot be shown\n");
    database_stop(self);
    return -1;
}

static inline int database_compare(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

/* A migration, and not the way back from one. */
static inline int database_is_sql(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 4 && strcmp(entry->d_name + size - 4, ".sql") == 0 &&
           !strstr(entry->d_name, ".down.");
}

static inline int database_script(lex_db_t *db, const char *path)
{
    size_t size = 0;
    char *script = calloc(1, 1 << 20);
    FILE *file = fopen(path, "r");
    if (file) {
        size = fread(script, 1, (1 << 20) - 1, file);
        fclose(file);
    }
    int result = size && lex_db_script(db, script, size) == LEX_DB_OK ? 0 : -1;
    if (result)
        fprintf(stderr, "%s: %s\n", path, file ? lex_db_error(db) : "cannot be read");
    free(script);
    return result;
}

/* Makes a schema and runs the migrations in `folder` on it, in order. Paths are relative to the
 * checkout. 0 or -1. */
static inline int database_apply(const database_t *self, const char *schema, const char *folder)
{
    lex_db_options_t options = database_options(self, NULL);
    lex_db_t *db = lex_db_new(&options);
    char sql[256];
    int size = snprintf(
        sql, sizeof sql,
        "CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE %s",
        schema, schema);
    int result = lex_db_script(db, sql, (size_t)size) == LEX_DB_OK ? 0 : -1;
    struct dirent **names = NULL;
    int count = scandir(folder, &names, database_is_sql, database_compare);
    if (count < 1)
        result = -1;
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%.200s/%s", folder, names[i]->d_name);
        if (result == 0)
            result = database_script(db, path);
        free(names[i]);
    }
    free(names);
    lex_db_destroy(&db);
    return result;
}

#endif
