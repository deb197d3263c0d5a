/* The answer to one word as it stands in a reply: docs/protocol.md section 6, `result`. */

#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/writer.h"
#include "lookup-svc/search.h"

/* What a quick answer may grow a reply to, in bytes: copying it takes some ten microseconds. */
#define ANSWER_QUICK_BYTES (64u << 10)

typedef enum {
    ANSWER_OK,
    ANSWER_SLOW,     /* only with `quick`: it would take long, ask again without */
    ANSWER_NO_WORD,  /* too long, or blank */
    ANSWER_TOO_LARGE /* the reply is beyond LEX_REPLY_MAX */
} answer_status_t;

/* Where to look. */
typedef struct {
    scope_t scope;
    scope_t forms; /* dictionaries whose inflected forms are known */
} answer_place_t;

/* Writes the result for `word`. With `quick` misses, which need explanations to be searched or suggestions, and large texts are
 * left alone. `search` is working memory. After anything but ANSWER_OK the writer holds a part of a
 * result. */
answer_status_t answer_write(lex_writer_t *writer, const answer_place_t *place, search_t *search,
                             const char *word, size_t size, bool quick);

#endif
