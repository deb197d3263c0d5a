/* What is asked of the tables of sql/history, one user at a time. Records are written elsewhere (committer.h).
 *
 *   store_read.c     pages of records, by position and by filter
 *   store_stats.c    sums and the words looked up most
 *   store_change.c   clear, erase */

#ifndef STORE_H
#define STORE_H

#include "common/db.h"
#include "history-svc/page.h"

#define STORE_SCAN_MAX                                                                             \
    100000 /* rows that one search looks at, some 100 ms; what it has by then is its page */
#define STORE_TOP_MAX   100
#define STORE_CHUNK     2000  /* rows that one transaction deletes: no writer waits long for it */
#define STORE_ERASE_MAX 20000 /* rows that one store_erase deletes */

typedef struct {
    uint64_t user;
    bool oldest;     /* oldest first; else newest first */
    uint64_t cursor; /* behind this n; 0: from the start */
    size_t limit;    /* 1-PAGE_RECORDS_MAX */
    /* Only what passes all of these: */
    const char *prefix; /* by lex_text_key, of the word's key; its size 0: any */
    size_t prefix_size;
    uint64_t since; /* UTC ms */
    uint64_t until; /* exclusive; UINT64_MAX: no end */
    enum { STORE_ANY, STORE_FOUND, STORE_MISSED } found;
} store_query_t;

/* A query that everything passes. */
store_query_t store_query(uint64_t user, size_t limit);

/* Fills the page, which is cleared first. A filter may give a short page, even an empty one, with a cursor:
 * STORE_SCAN_MAX rows were looked at, and the rest is for the next. */
lex_db_status_t store_read(lex_db_t *db, const store_query_t *query, page_t *page);

/* The user's largest n, 0: no records. */
lex_db_status_t store_last(lex_db_t *db, uint64_t user, uint64_t *n);

/* Words are told apart as typed. */
typedef struct {
    uint64_t total;
    uint64_t found;
    uint64_t distinct;
    size_t top_count; /* ordered by count, then by last, both falling */
    struct {
        char word[256];
        size_t size;
        uint64_t count;
        uint64_t last; /* UTC ms */
    } top[STORE_TOP_MAX];
} store_stats_t;

lex_db_status_t store_stats(lex_db_t *db, uint64_t user, size_t limit, store_stats_t *stats);

/* Deletes the user's records up to the last there was when this id first came. *cleared: how many that were in all. */
lex_db_status_t store_clear(lex_db_t *db, uint64_t user, const unsigned char id[16],
                            uint64_t *cleared);

/* Forgets clears older than 30 days. */
lex_db_status_t store_clears_purge(lex_db_t *db);

/* Has the user's records refused from now on, and deletes up to STORE_ERASE_MAX of those there are. */
lex_db_status_t store_erase(lex_db_t *db, uint64_t user, uint64_t *erased, bool *more);

#endif
