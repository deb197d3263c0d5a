/* The interactive program: `lexmq` alone. Its login lives in memory only, so that it and the commands do not get in each other's
 * way; it is logged out when the program is left. */

#ifndef SCREEN_H
#define SCREEN_H

#include "client/client.h"

typedef struct {
    client_t *client;
    FILE *out;
    char name[SESSION_NAME_SIZE]; /* of the user who is logged in */
} screen_t;

/* Runs the program from the first screen to the end. Returns the exit code. */
int screen_run(const options_t *options);

/* Each screen returns when it is left. False when the session is over, so that only the first screen is left to go to. */
void screen_first(screen_t *self);
void screen_second(screen_t *self);
bool screen_lookup(screen_t *self);
bool screen_history(screen_t *self);

/* These ask their questions; true when somebody is logged in now. `straight_in`: go on to the second screen. */
bool screen_login(screen_t *self);
bool screen_register(screen_t *self, bool *straight_in);

/* Takes a login over. */
void screen_welcome(screen_t *self, const char *greeting, const lexmq_login_t *login);
/* Says what went wrong. False when the session is over. */
bool screen_fail(screen_t *self, lexmq_status_t status);
/* Logs out, and says so unless `silent`. */
void screen_logout(screen_t *self, bool silent);

/* Shows a title and the choices, and asks until one is taken, by number or word: its number from 1; 0: Ctrl-D, Ctrl-C or the
 * end of input. `choices` ends with NULL. */
int screen_menu(screen_t *self, const char *title, const char *const *choices);

#endif
