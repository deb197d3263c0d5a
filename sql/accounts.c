#include "sql/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/secret.h"

const account_t accounts_all[] = {{"auth", "lexmq_auth"},        {"lookup", "lexmq_lookup"},
                                  {"history", "lexmq_history"},  {"import", "lexmq_import"},
                                  {"migrate", ACCOUNTS_MIGRATE}, {NULL, NULL}};
#define ACCOUNTS (sizeof accounts_all / sizeof accounts_all[0] - 1)

/* TCP from anywhere, and the Unix socket: for that, '%' alone is not enough on a server that has the anonymous account
 * ''@'localhost', which is looked at first. Both have the same password. */
static const char *const s_hosts[] = {"%", "localhost", NULL};

static const char *const s_verbs[] = {"CREATE USER IF NOT EXISTS", "ALTER USER", NULL};

char *accounts_password_file(const char *keys, const char *folder)
{
    return lex_format("%s/%s/db.password", keys, folder);
}

/* The statement takes no parameters, so the server itself puts it together: the password travels as a value, is quoted by who
 * will read it, and is in no text of ours that an error could quote. */
static lex_db_status_t s_run_with_password(lex_db_t *db, const char *statement,
                                           const char *password)
{
    static const char run[] = "PREPARE lexmq_account FROM @lexmq_account; EXECUTE lexmq_account;"
                              "DEALLOCATE PREPARE lexmq_account; SET @lexmq_account = NULL";
    lex_db_status_t status =
        lex_db_exec(db, "SET @lexmq_account = CONCAT(?, ' IDENTIFIED BY ', QUOTE(?))",
                    LEX_TEXT(statement, strlen(statement)), LEX_TEXT(password, strlen(password)));
    return status == LEX_DB_OK ? lex_db_script(db, run, sizeof run - 1) : status;
}

static int s_apply(lex_db_t *db, const account_t *account, const char *password)
{
    for (const char *const *host = s_hosts; *host; host++)
        for (const char *const *verb = s_verbs; *verb; verb++) {
            char *statement = lex_format("%s '%s'@'%s'", *verb, account->name, *host);
            lex_db_status_t status = s_run_with_password(db, statement, password);
            if (status != LEX_DB_OK)
                lex_error("bootstrap: %s: %s", statement, lex_db_error(db));
            free(statement);
            if (status != LEX_DB_OK)
                return -1;
        }
    lex_info("bootstrap: account %s", account->name);
    return 0;
}

int accounts_apply(lex_db_t *db, const char *keys)
{
    char *passwords[ACCOUNTS] = {NULL};
    int result = 0;
    for (size_t i = 0; i < ACCOUNTS && result == 0; i++) {
        char *path = accounts_password_file(keys, accounts_all[i].folder);
        passwords[i] = lex_secret_read(path);
        if (!passwords[i])
            result = -1;
        free(path);
    }
    for (size_t i = 0; i < ACCOUNTS && result == 0; i++)
        result = s_apply(db, &accounts_all[i], passwords[i]);
    for (size_t i = 0; i < ACCOUNTS; i++)
        lex_secret_free(&passwords[i]);
    return result;
}
