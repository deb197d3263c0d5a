/* Logging in and registering. */

#include <stdio.h>
#include <string.h>

#include "client/screen.h"
#include "common/secret.h"
#include "common/text.h"

#define PASSWORD_CHARACTERS_MIN 8
#define PASSWORD_CHARACTERS_MAX 128
#define FIELD_MAX               1024 /* bytes: 256 characters */
#define NAME_MAX_SIZE           (LEX_NAME_SIZE - 1)

typedef struct {
    char email[FIELD_MAX + 1], phone[FIELD_MAX + 1];
} s_profile_t;

/* False when the question is left, or nothing is typed. */
static bool s_ask_name(screen_t *self, char *name)
{
    return prompt_line(self->client->prompt, "Name: ", false, name, NAME_MAX_SIZE) ==
               PROMPT_ANSWER &&
           name[0] != '\0';
}

bool screen_login(screen_t *self)
{
    char name[NAME_MAX_SIZE + 1];
    lexmq_status_t status = LEXMQ_CANCELLED;
    lexmq_login_t *login = NULL;

    if (!s_ask_name(self, name))
        return false;
    char *password = prompt_password_new();
    bool answered = prompt_password(self->client->prompt, "Password: ", password) == PROMPT_ANSWER;
    if (answered)
        status = lexmq_login(self->client->lexmq, name, password, &login);
    lex_secret_free(&password);
    if (!answered)
        return false;
    if (status == LEXMQ_OK)
        screen_welcome(self, "Welcome,", login);
    else
        screen_fail(self, status);
    lexmq_login_destroy(&login);
    return status == LEXMQ_OK;
}

/* Asks until the name may be one; the server has the last word. */
static bool s_ask_new_name(screen_t *self, char *name)
{
    char shown[LEX_NAME_SIZE], key[LEX_NAME_SIZE];
    const char *why;

    while (s_ask_name(self, name)) {
        if (lex_text_name(name, strlen(name), shown, key, &why) == 0)
            return true;
        fprintf(self->out, "%s\n", why);
    }
    return false;
}

static bool s_is_password(const char *password)
{
    size_t size = strlen(password);
    size_t length = lex_text_is_utf8(password, size) ? lex_text_length(password, size) : 0;

    return length >= PASSWORD_CHARACTERS_MIN && length <= PASSWORD_CHARACTERS_MAX;
}

/* Asks for a new password twice, until both are the same. */
static bool s_ask_new_password(screen_t *self, char *password)
{
    prompt_t *prompt = self->client->prompt;
    char *again = prompt_password_new();
    bool agreed = false;

    while (!agreed && prompt_password(prompt, "Password: ", password) == PROMPT_ANSWER) {
        if (!s_is_password(password)) {
            fprintf(self->out, "A password has %d to %d characters.\n", PASSWORD_CHARACTERS_MIN,
                    PASSWORD_CHARACTERS_MAX);
            continue;
        }
        if (prompt_password(prompt, "Password again: ", again) != PROMPT_ANSWER)
            break;
        agreed = strcmp(password, again) == 0;
        if (!agreed)
            fputs("These two differ. Please type them once more.\n", self->out);
    }
    lex_secret_free(&again);
    return agreed;
}

static bool s_ask_profile(screen_t *self, s_profile_t *profile)
{
    prompt_t *prompt = self->client->prompt;

    return prompt_line(prompt, "Email (Enter to skip): ", false, profile->email, FIELD_MAX) ==
               PROMPT_ANSWER &&
           prompt_line(prompt, "Phone (Enter to skip): ", false, profile->phone, FIELD_MAX) ==
               PROMPT_ANSWER;
}

static lexmq_status_t s_register(screen_t *self, const char *name, const char *password,
                                 const s_profile_t *profile, lexmq_login_t **login)
{
    lexmq_field_t fields[2];
    size_t count = 0;

    if (profile->email[0])
        fields[count++] = (lexmq_field_t){.key = "email", .value = profile->email};
    if (profile->phone[0])
        fields[count++] = (lexmq_field_t){.key = "phone", .value = profile->phone};
    return lexmq_register(self->client->lexmq, name, password, fields, count, login);
}

bool screen_register(screen_t *self, bool *straight_in)
{
    static const char *const choices[] = {"go straight in", "back to the first screen", NULL};
    char name[NAME_MAX_SIZE + 1];
    char *password = prompt_password_new();
    s_profile_t profile;
    lexmq_login_t *login = NULL;
    lexmq_status_t status = LEXMQ_CANCELLED;

    bool answered = s_ask_new_name(self, name) && s_ask_new_password(self, password) &&
                    s_ask_profile(self, &profile);
    if (answered) {
        status = s_register(self, name, password, &profile, &login);
        if (status == LEXMQ_OK)
            screen_welcome(self, "You are registered,", login);
        else
            screen_fail(self, status);
    }
    lex_secret_free(&password);
    lexmq_login_destroy(&login);
    if (status == LEXMQ_OK)
        *straight_in = screen_menu(self, "And now?", choices) == 1;
    return status == LEXMQ_OK;
}
