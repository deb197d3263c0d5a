/* The folder of the workers' public certificates: who may register and call what (docs/protocol.md
 * section 9). An instance belongs to one thread: the ZAP handler has one, the loop another. */

#ifndef GATEWAY_CERTIFICATES_H
#define GATEWAY_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    CERTIFICATE_SERVICES, /* names that READY may register */
    CERTIFICATE_CALLS,    /* names that requests on the back may ask for */
} certificate_list_t;

typedef struct certificates certificates_t;

/* Reads the files NAME.cert of the folder. NULL and a logged error when the folder cannot be read.
 */
certificates_t *certificates_new(const char *folder);
void certificates_destroy(certificates_t **self_p);

/* Looks whether a file was added, removed or replaced and if so reads all of them again. True when
 * it did. A folder that is gone is an empty one; when it cannot be read for another reason, what
 * was known stays. */
bool certificates_refresh(certificates_t *self);

/* `key` is a public key in Z85. */
bool certificates_know(const certificates_t *self, const char *key);
/* The key's certificate lists the name. */
bool certificates_allow(const certificates_t *self, const char *key, certificate_list_t list,
                        const char *name, size_t size);
size_t certificates_count(const certificates_t *self);

#endif
