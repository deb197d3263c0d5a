/* The ZAP handler (RFC 27) for two domains: `front` lets in every CURVE client, `back` only keys
 * with a certificate. czmq's zauth has one CURVE policy a process, hence this actor. The user id it
 * gives is the public key in Z85. */

#ifndef GATEWAY_ZAP_H
#define GATEWAY_ZAP_H

#include <czmq.h>

#include "gateway/certificates.h"

#define ZAP_FRONT    "front"
#define ZAP_BACK     "back"
#define ZAP_KEY_SIZE 41 /* Z85, with its NUL */

/* Starts the handler; it must be there before the first socket with a ZAP domain is bound. NULL and
 * a logged error when inproc://zeromq.zap.01 or the folder cannot be used. actor_destroy ends it.
 */
zactor_t *zap_new(const char *workers);

/* The decision: a status of RFC 27 ("200" or "400"), and for 200 the key in `user`. `credentials`
 * is the peer's public key. */
const char *zap_decide(certificates_t *certificates, const char *domain, const char *mechanism,
                       const void *credentials, size_t size, char user[ZAP_KEY_SIZE]);

#endif
