#include "dict/remove.h"

#include <stdbool.h>

#include "common/log.h"
#include "dict/catalog.h"

/* Under the dictionary's lock. */
static int s_remove(lex_db_t *db, const char *name)
{
    catalog_dictionary_t dictionary;
    if (catalog_find(db, name, &dictionary) != LEX_DB_OK) {
        lex_error("remove: the database: %s", lex_db_error(db));
        return -1;
    }
    if (dictionary.id == 0) {
        lex_error("remove: there is no dictionary %s", name);
        return -1;
    }
    if (catalog_remove(db, dictionary.id) != LEX_DB_OK) {
        lex_error("remove: the database: %s", lex_db_error(db));
        return -1;
    }
    if (catalog_sweep(db, dictionary.id) != LEX_DB_OK)
        lex_warning("remove: %s is gone, some of its entries are still to be deleted; the next "
                    "import does it",
                    name);
    return 0;
}

int remove_run(lex_db_t *db, const char *name)
{
    bool got;
    if (catalog_lock(db, name, &got) != LEX_DB_OK) {
        lex_error("remove: the database: %s", lex_db_error(db));
        return -1;
    }
    if (!got) {
        lex_error("remove: %s is being imported or removed by another", name);
        return -1;
    }
    int rc = s_remove(db, name);
    catalog_unlock(db, name);
    return rc;
}
