/* The service `auth`: from a request to the operations of auth.h, and from their answers to a
 * reply. */

#ifndef AUTH_SERVICE_H
#define AUTH_SERVICE_H

#include "auth-svc/auth.h"
#include "auth-svc/housekeeper.h"
#include "common/worker.h"

typedef struct {
    const auth_t *auth;
    lex_verifier_t *verifier;
    lex_db_pool_t *connections; /* as many as there are threads: acquiring does not wait */
    housekeeper_t *housekeeper;
} service_t;

/* Registers it with a worker; `self` must outlive that. */
void service_serve(service_t *self, lex_worker_t *worker);

#endif
