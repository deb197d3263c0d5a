/* The keys folder: who has which secrets, and who may read what.
 *
 *   public/   gateway.cert token.public                      what everybody may read
 *   gateway/  gateway.cert_secret workers/NAME.cert          (metadata: services, calls)
 *   auth/     curve.cert_secret db.password token.secret
 *   lookup/   curve.cert_secret db.password
 *   history/  curve.cert_secret db.password
 *   import/   db.password      migrate/  db.password
 *
 * and while a key changes (rotate.h) its successor: gateway/gateway-next.cert_secret, NAME/curve-next.cert_secret, auth/token-next.secret.
 *
 * A secret is written before its public half, so a run that was killed is completed by the next one. Public halves are made
 * again from their secrets when they are missing; a public half without its secret is an error, because whoever
 * trusts it trusts a key that nobody has. */

#ifndef KEYGEN_KEYS_H
#define KEYGEN_KEYS_H

#include <stdbool.h>
#include <stdio.h>

#include "common/keygen/rotate.h"

/* Makes what is missing and prints the name of each thing made to `out`. 0, or -1 and a logged error. */
int keys_make(const char *folder, FILE *out);

/* Makes the certificate of one worker anew: NAME/curve.cert_secret and gateway/workers/NAME.cert. `services` and
 * `calls` are comma-separated. 0, or -1 and a logged error, also for a name or list that is not allowed. */
int keys_make_worker(const char *folder, const char *name, const char *services, const char *calls,
                     FILE *out);

/* One step of changing a key: of `gateway`, of `token` (what auth signs sessions with) or of the worker of that name. `keep_hours`:
 * how long the old signing key must have been out of use before `token finish`. 0, or -1 and a logged error. */
int keys_rotate(const char *folder, const char *what, rotate_step_t step, unsigned keep_hours,
                FILE *out);

/* New passwords for all database accounts; the accounts get them from `lexmq-migrate bootstrap`. 0, or -1 and a logged error. */
int keys_renew_passwords(const char *folder, FILE *out);

/* 1-32 of a-z 0-9 - _, beginning with a letter or digit, and none of the other folders' names. */
bool keys_is_worker_name(const char *name);
/* Service names (docs/protocol.md section 4) with commas between them, or nothing. */
bool keys_is_service_list(const char *list);

#endif
