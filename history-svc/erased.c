#include "history-svc/erased.h"

#include <stdlib.h>

#include "common/memory.h"
#include "history-svc/user_set.h"

struct erased {
    user_set_t *users;
    int64_t count;
};

erased_t *erased_new(void)
{
    erased_t *self = lex_calloc(1, sizeof *self);
    self->users = user_set_new();
    self->count = -1;
    return self;
}

void erased_destroy(erased_t **self_p)
{
    if (!*self_p)
        return;
    user_set_destroy(&(*self_p)->users);
    free(*self_p);
    *self_p = NULL;
}

static int s_gate_row(void *arg, const lex_row_t *row)
{
    *(int64_t *)arg = lex_row_int(row, 0);
    return 0;
}

static int s_user_row(void *arg, const lex_row_t *row)
{
    user_set_add(arg, lex_row_uint(row, 0));
    return 0;
}

lex_db_status_t erased_refresh(erased_t *self, lex_db_t *db)
{
    int64_t count = -1;
    lex_db_status_t status =
        lex_db_run(db, "SELECT erasures FROM gate WHERE id = 1 LOCK IN SHARE MODE", NULL, 0,
                   s_gate_row, &count);
    if (status != LEX_DB_OK || count == self->count)
        return status;
    if (count < self->count) { /* another database, or an older state of this one */
        user_set_clear(self->users);
        self->count = -1;
    }
    status =
        lex_db_query(db, s_user_row, self->users, "SELECT user_id FROM erased WHERE number > ?",
                     LEX_UINT(self->count < 0 ? 0 : self->count));
    if (status == LEX_DB_OK)
        self->count = count;
    return status;
}

bool erased_has(const erased_t *self, uint64_t user)
{
    return user_set_has(self->users, user);
}

int64_t erased_count(const erased_t *self)
{
    return self->count;
}
