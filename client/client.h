/* What every command and screen works with: settings, the handle to the server, the login on disk. */

#ifndef CLIENT_H
#define CLIENT_H

#include <lexmq.h>

#include "client/exits.h"
#include "client/options.h"
#include "client/page.h"
#include "client/prompt.h"
#include "client/session_file.h"

typedef struct {
    const options_t *options;
    lexmq_t *lexmq;
    prompt_t *prompt;
    page_t page; /* the standard output */
    char *session_path;
    session_t session; /* as last loaded or saved */
    bool logged_in;    /* by the session file */
} client_t;

typedef enum {
    CLIENT_IN_SESSION, /* of the session file; one that must be refused is no login, and that is said */
    CLIENT_NEW_SESSION,    /* about to replace whatever the file holds */
    CLIENT_WITHOUT_SESSION /* the file is only good for the gateway's name */
} client_login_t;

/* Loads the session file and prepares the handle; `out` is where questions go. NULL after a printed line, with
 * *exit_code set. */
client_t *client_new(const options_t *options, FILE *out, client_login_t login, int *exit_code);
void client_destroy(client_t **self_p);

/* Prints a line to stderr, beginning with the program's name, and returns `code`. */
int client_say(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints why the last call failed, and returns the exit code. When the session turns out to be over, its file is removed. */
int client_fail(client_t *self, lexmq_status_t status);

/* A sentence about the last call for people, cleaned, with the time to wait when there is one, and with the request's id when a fault
 * or time ended it. Caller owns return value and must
 * free it when done. */
char *client_reason(const lexmq_t *lexmq, lexmq_status_t status);

/* Keeps the handle's token on disk under `name`. False after a printed line. */
bool client_save_session(client_t *self, const char *name);
void client_forget_session(client_t *self);
/* Keeps the handle's earlier token, of a session of `name` that the server has ended, for the next login to show. */
void client_keep_earlier(client_t *self, const char *name);

/* Flushes the standard output. `code`, or EXIT_SERVER after a printed line when it could not be written. */
int client_finish(int code);

#endif
