/* Calls to auth (docs/protocol.md section 5). */

#include <lexmq.h>

#include <string.h>

#include "client/lib/lexmq_private.h"
#include "common/text.h"

#define SERVICE      "auth"
#define PASSWORD_MAX 512 /* bytes */

void lexmq_login_destroy(lexmq_login_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

void lexmq_account_destroy(lexmq_account_t **self_p)
{
    lexmq_result_free(*self_p);
    *self_p = NULL;
}

/* What goes into a str must be UTF-8, or the server throws the whole request out without a word
 * about which. */
static lexmq_status_t s_check_text(lexmq_t *self, const char *what, const char *text)
{
    if (lex_text_is_utf8(text, strlen(text)))
        return LEXMQ_OK;
    return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "The %s is not valid UTF-8.", what);
}

static lexmq_status_t s_check_password(lexmq_t *self, const char *password)
{
    if (strlen(password) > PASSWORD_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "The password is longer than %d bytes.",
                               PASSWORD_MAX);
    return s_check_text(self, "password", password);
}

/* Takes the token of a good reply over into the handle. */
static lexmq_status_t s_take_token(lexmq_t *self)
{
    const unsigned char *token;
    size_t size;

    if (!lex_body_bin(self->reply, "tok", &token, &size) || size == 0 ||
        !lexmq_set_token(self, token, size))
        return lexmq_call_broken(self, "tok");
    return LEXMQ_OK;
}

static lexmq_status_t s_take_login(lexmq_t *self, lexmq_login_t **out)
{
    const msgpack_object *root = lex_body_root(self->reply);
    lexmq_login_t *login = lexmq_result_new(sizeof *login);
    lexmq_status_t status = LEXMQ_OK;

    if (!lex_map_uint(root, "user", &login->user) ||
        !lexmq_result_str(login, root, "name", &login->name) ||
        !lexmq_result_time(root, "expires", &login->expires))
        status = lexmq_call_broken(self, "user, name or expires");
    if (status == LEXMQ_OK)
        status = s_take_token(self);
    if (status == LEXMQ_OK && out)
        *out = login;
    else
        lexmq_login_destroy(&login);
    return status;
}

static lexmq_status_t s_check_fields(lexmq_t *self, const lexmq_field_t *fields, size_t count)
{
    lexmq_status_t status = LEXMQ_OK;

    if (count > LEXMQ_FIELDS_MAX)
        return lexmq_call_fail(self, LEXMQ_BAD_REQUEST, "A profile has at most %d fields.",
                               LEXMQ_FIELDS_MAX);
    for (size_t i = 0; i < count && status == LEXMQ_OK; i++) {
        status = s_check_text(self, "name of a field", fields[i].key);
        if (status == LEXMQ_OK)
            status = s_check_text(self, "value of a field", fields[i].value);
        for (size_t before = 0; before < i && status == LEXMQ_OK; before++)
            if (strcmp(fields[before].key, fields[i].key) == 0)
                status = lexmq_call_fail(self, LEXMQ_BAD_REQUEST,
                                         "The field \"%s\" is given twice.", fields[i].key);
    }
    return status;
}

lexmq_status_t lexmq_register(lexmq_t *self, const char *name, const char *password,
                              const lexmq_field_t *fields, size_t field_count, lexmq_login_t **out)
{
    lexmq_status_t status = s_check_text(self, "name", name);

    if (out)
        *out = NULL;
    if (status == LEXMQ_OK)
        status = s_check_password(self, password);
    if (status == LEXMQ_OK)
        status = s_check_fields(self, fields, field_count);
    if (status != LEXMQ_OK)
        return status;
    lex_writer_t *request = lexmq_call_begin(self, "register", field_count > 0 ? 3 : 2);
    lex_put_text(request, "name", name);
    lex_put_text(request, "password", password);
    if (field_count > 0) {
        lex_write_text(request, "profile");
        lex_write_map(request, field_count);
    }
    for (size_t i = 0; i < field_count; i++)
        lex_put_text(request, fields[i].key, fields[i].value);
    status = lexmq_call_run(self, SERVICE);
    return status == LEXMQ_OK ? s_take_login(self, out) : status;
}

lexmq_status_t lexmq_login(lexmq_t *self, const char *name, const char *password,
                           lexmq_login_t **out)
{
    lexmq_status_t status = s_check_text(self, "name", name);

    if (out)
        *out = NULL;
    if (status == LEXMQ_OK)
        status = s_check_password(self, password);
    if (status != LEXMQ_OK)
        return status;
    size_t size;
    const void *token = lexmq_token(self, &size);
    if (!token)
        token = lexmq_earlier_token(self, &size);
    lex_writer_t *request = lexmq_call_begin(self, "login", token ? 3 : 2);
    lex_put_text(request, "name", name);
    lex_put_text(request, "password", password);
    if (token)
        lex_put_bin(request, "tok", token, size);
    status = lexmq_call_run(self, SERVICE);
    return status == LEXMQ_OK ? s_take_login(self, out) : status;
}

lexmq_status_t lexmq_logout(lexmq_t *self)
{
    if (!lexmq_call_begin_as_user(self, "logout", 0))
        return LEXMQ_UNAUTHORIZED;
    lexmq_status_t status = lexmq_call_run(self, SERVICE);
    /* Refused means that the session is over already. */
    if (status == LEXMQ_OK || status == LEXMQ_UNAUTHORIZED)
        lexmq_set_token(self, NULL, 0);
    return status;
}

/* The `profile` of whoami: a map of str to str. */
static bool s_take_profile(lexmq_account_t *account, const msgpack_object *profile)
{
    if (!profile || profile->type != MSGPACK_OBJECT_MAP)
        return false;
    account->field_count = profile->via.map.size;
    account->fields = lexmq_result_array(account, account->field_count, sizeof *account->fields);
    for (size_t i = 0; i < account->field_count; i++) {
        const msgpack_object_kv *pair = &profile->via.map.ptr[i];
        if (pair->val.type != MSGPACK_OBJECT_STR)
            return false;
        account->fields[i].key =
            lexmq_result_text(account, pair->key.via.str.ptr, pair->key.via.str.size);
        account->fields[i].value =
            lexmq_result_text(account, pair->val.via.str.ptr, pair->val.via.str.size);
    }
    return true;
}

lexmq_status_t lexmq_whoami(lexmq_t *self, lexmq_account_t **out)
{
    *out = NULL;
    if (!lexmq_call_begin_as_user(self, "whoami", 0))
        return LEXMQ_UNAUTHORIZED;
    lexmq_status_t status = lexmq_call_run(self, SERVICE);
    if (status != LEXMQ_OK)
        return status;
    const msgpack_object *root = lex_body_root(self->reply);
    lexmq_account_t *account = lexmq_result_new(sizeof *account);
    if (lex_map_uint(root, "user", &account->user) &&
        lexmq_result_str(account, root, "name", &account->name) &&
        lexmq_result_time(root, "created", &account->created) &&
        lexmq_result_time(root, "issued", &account->issued) &&
        lexmq_result_time(root, "expires", &account->expires) &&
        lexmq_result_session(root, account->session) &&
        s_take_profile(account, lex_map_find(root, "profile"))) {
        *out = account;
        return LEXMQ_OK;
    }
    lexmq_account_destroy(&account);
    return lexmq_call_broken(self, "whoami");
}

lexmq_status_t lexmq_passwd(lexmq_t *self, const char *password, const char *new_password)
{
    lexmq_status_t status = s_check_password(self, password);

    if (status == LEXMQ_OK)
        status = s_check_password(self, new_password);
    if (status != LEXMQ_OK)
        return status;
    lex_writer_t *request = lexmq_call_begin_as_user(self, "passwd", 2);
    if (!request)
        return LEXMQ_UNAUTHORIZED;
    lex_put_text(request, "password", password);
    lex_put_text(request, "new_password", new_password);
    status = lexmq_call_run(self, SERVICE);
    return status == LEXMQ_OK ? s_take_token(self) : status;
}

lexmq_status_t lexmq_delete_account(lexmq_t *self, const char *password)
{
    lexmq_status_t status = s_check_password(self, password);

    if (status != LEXMQ_OK)
        return status;
    lex_writer_t *request = lexmq_call_begin_as_user(self, "delete", 1);
    if (!request)
        return LEXMQ_UNAUTHORIZED;
    lex_put_text(request, "password", password);
    status = lexmq_call_run(self, SERVICE);
    if (status == LEXMQ_OK)
        lexmq_set_token(self, NULL, 0);
    return status;
}
