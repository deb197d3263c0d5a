/* The record of one look-up request on its way to history, and the body of a history.record call
 * (docs/protocol.md section 7). */

#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "common/writer.h"
#include "lookup-svc/recorder.h"

/* Points at memory of somebody else: the held request, or the journal's buffer. */
typedef struct {
    const unsigned char *id; /* the request's, 16 bytes */
    int64_t time;            /* UTC ms of the look-up */
    const void *token;
    size_t token_size;
    const record_word_t *words;
    size_t count;
} record_t;

/* Writes the whole body of a call for `count` records (at most RECORDER_RECORDS_MAX) under a fresh
 * request id; each token is written once however many records share it. */
void record_write_call(lex_writer_t *writer, const record_t *const *records, size_t count);

#endif
