/* A folder for keys that is removed afterwards; what the tests of key files share. */

#ifndef KEYGEN_FIXTURE_H
#define KEYGEN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <czmq.h>

#include "common/memory.h"

typedef struct {
    char scratch[64];
    char folder[80];
    FILE *out;
} folder_t;

static inline int s_set_up(void **state)
{
    folder_t *self = calloc(1, sizeof *self);
    strcpy(self->scratch, "/tmp/lexmq-test-keygen-XXXXXX");
    assert_non_null(mkdtemp(self->scratch));
    snprintf(self->folder, sizeof self->folder, "%s/keys", self->scratch);
    self->out = tmpfile();
    *state = self;
    return 0;
}

static inline int s_tear_down(void **state)
{
    folder_t *self = *state;
    zdir_t *folder = zdir_new(self->scratch, NULL);
    zdir_remove(folder, true);
    zdir_destroy(&folder);
    fclose(self->out);
    free(self);
    return 0;
}

static inline char *s_path(const folder_t *self, const char *name)
{
    return lex_format("%s/%s", self->folder, name);
}

#endif
