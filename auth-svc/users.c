#include "auth-svc/users.h"

#include <stdio.h>
#include <string.h>

static int s_read(void *arg, const lex_row_t *row)
{
    user_t *user = arg;
    user->id = lex_row_uint(row, 0);
    snprintf(user->name, sizeof user->name, "%s", lex_row_bytes(row, 1, NULL));
    snprintf(user->hash, sizeof user->hash, "%s", lex_row_bytes(row, 2, NULL));
    user->sessions_from = lex_row_int(row, 3);
    return 0;
}

lex_db_status_t users_find(lex_db_t *db, const name_t *name, user_t *user)
{
    memset(user, 0, sizeof *user);
    return lex_db_query(
        db, s_read, user,
        "SELECT id, name, password_hash, sessions_from FROM users WHERE name_key = ?",
        LEX_BLOB(name->key, strlen(name->key)));
}

lex_db_status_t users_lock(lex_db_t *db, uint64_t id, user_t *user)
{
    memset(user, 0, sizeof *user);
    return lex_db_query(
        db, s_read, user,
        "SELECT id, name, password_hash, sessions_from FROM users WHERE id = ? FOR UPDATE",
        LEX_UINT(id));
}

lex_db_status_t users_insert(lex_db_t *db, const name_t *name, const char *hash, int64_t now,
                             user_t *user)
{
    lex_db_status_t status = lex_db_exec(
        db,
        "INSERT INTO users (name, name_key, password_hash, created_at, sessions_from, logins)"
        " VALUES (?, ?, ?, ?, ?, 1)",
        LEX_TEXT(name->shown, strlen(name->shown)), LEX_BLOB(name->key, strlen(name->key)),
        LEX_TEXT(hash, strlen(hash)), LEX_INT(now), LEX_INT(now));
    memset(user, 0, sizeof *user);
    if (status == LEX_DB_OK) {
        user->id = lex_db_insert_id(db);
        user->sessions_from = now;
        snprintf(user->name, sizeof user->name, "%.*s", LEX_TOKEN_NAME_MAX, name->shown);
        snprintf(user->hash, sizeof user->hash, "%s", hash);
    }
    return status;
}

lex_db_status_t users_rehash(lex_db_t *db, user_t *user, const char *hash)
{
    lex_db_status_t status = lex_db_exec(
        db, "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
        LEX_TEXT(hash, strlen(hash)), LEX_UINT(user->id), LEX_TEXT(user->hash, strlen(user->hash)));
    if (status == LEX_DB_OK && lex_db_affected(db) == 1)
        snprintf(user->hash, sizeof user->hash, "%s", hash);
    return status;
}
