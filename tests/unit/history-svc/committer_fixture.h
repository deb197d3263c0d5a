/* A committer on the fixture's database, and calls for it. */

#ifndef COMMITTER_FIXTURE_H
#define COMMITTER_FIXTURE_H

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>

#include "common/clock.h"
#include "history-svc/committer.h"
#include "tests/unit/history-svc/fixture.h"
#include "tests/unit/patience.h"

#define LIMIT_MS (30000 * TEST_PATIENCE)

/* A call of `count` records of one word each, and a way to wait for its outcome. */
typedef struct {
    commit_call_t commit;
    commit_record_t records[8];
    commit_word_t words[8];
    unsigned char ids[8][16];
    char texts[8][32];
    atomic_int code; /* -1 while open */
} test_call_t;

static inline void s_done(commit_call_t *commit, lex_code_t code)
{
    atomic_store(&((test_call_t *)commit)->code, (int)code);
}

static inline void s_call_fill(test_call_t *call, uint64_t user, size_t count)
{
    memset(call, 0, sizeof *call);
    for (size_t i = 0; i < count; i++) {
        lex_random_bytes(call->ids[i], sizeof call->ids[i]);
        snprintf(call->texts[i], sizeof call->texts[i], "word%zu", i);
        call->words[i] =
            (commit_word_t){.text = call->texts[i], .size = strlen(call->texts[i]), .found = true};
        call->records[i] = (commit_record_t){
            .user = user, .id = call->ids[i], .time = 1000, .words = &call->words[i], .count = 1};
    }
    call->commit =
        (commit_call_t){.records = call->records, .count = count, .rows = count, .done = s_done};
}

static inline lex_code_t s_submit(committer_t *committer, test_call_t *call)
{
    int64_t end = lex_monotonic_ms() + LIMIT_MS;
    atomic_store(&call->code, -1);
    committer_submit(committer, &call->commit);
    while (atomic_load(&call->code) < 0) {
        if (lex_monotonic_ms() > end)
            fail_msg("the committer does not answer");
        poll(NULL, 0, 1);
    }
    return (lex_code_t)atomic_load(&call->code);
}

static inline committer_t *s_committer_new(void)
{
    lex_db_options_t options = fixture_options();
    options.timeout_ms = 3000;
    committer_t *committer = committer_new(&options);
    int64_t end = lex_monotonic_ms() + LIMIT_MS;
    while (committer_is_away(committer)) {
        assert_true(lex_monotonic_ms() < end);
        poll(NULL, 0, 1);
    }
    return committer;
}

static inline uint64_t s_rows(uint64_t user)
{
    lex_db_options_t options = fixture_options();
    lex_db_t *db = lex_db_new(&options);
    uint64_t rows = fixture_rows(db, user);
    lex_db_destroy(&db);
    return rows;
}

#endif
