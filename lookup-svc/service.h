/* The service `lookup` (docs/protocol.md section 6): from requests to replies. */

#ifndef SERVICE_H
#define SERVICE_H

#include "common/worker.h"
#include "lookup-svc/catalogue.h"
#include "lookup-svc/recorder.h"
#include "lookup-svc/search.h"

/* What handlers get as their context. Nothing is owned. */
typedef struct {
    catalogue_t *catalogue;
    recorder_t *recorder;
} service_t;

/* Name, ops and flow of the service. Lives for ever. */
const lex_service_t *service_table(void);

/* ---- for its ops ---- */

/* The dictionaries that a request is about: all that have words, or the one that `dict` names. On success
 * *snapshot_p is a share that the caller must give to snapshot_destroy, and `scope` points into it.
 * On failure the request was answered and is gone, and false is returned. */
bool service_scope(const service_t *self, lex_request_t **request_p, snapshot_t **snapshot_p,
                   scope_t *scope);

/* define.c */
void define_handle(void *context, lex_request_t *request);

/* match_op.c */
void match_handle(void *context, lex_request_t *request);

#endif
