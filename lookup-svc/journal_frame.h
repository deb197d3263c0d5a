/* One record as bytes of a segment; journal.h has the format. */

#ifndef JOURNAL_FRAME_H
#define JOURNAL_FRAME_H

#include <stdbool.h>

#include "lookup-svc/record.h"

#define JOURNAL_MARK        0x4a525845u
#define JOURNAL_FRAME_HEAD  12
#define JOURNAL_WORDS_MAX   1000
#define JOURNAL_TOKEN_MAX   1024
#define JOURNAL_PAYLOAD_MAX (8 + 16 + 2 + JOURNAL_TOKEN_MAX + 2 + JOURNAL_WORDS_MAX * 257)
#define JOURNAL_FRAME_MAX   (JOURNAL_FRAME_HEAD + JOURNAL_PAYLOAD_MAX)

/* Bytes of the frame; 0 when the record is beyond the limits above. */
size_t journal_frame_size(const record_t *record);
/* Writes the frame and returns the byte after it. */
unsigned char *journal_frame_write(unsigned char *out, const record_t *record);

typedef enum {
    JOURNAL_FRAME_GOOD,
    JOURNAL_FRAME_SHORT,  /* a good start, but the data ends before the frame does */
    JOURNAL_FRAME_BROKEN, /* no frame begins here, or a damaged one */
} journal_frame_state_t;

/* Looks at the frame that begins at `data`. GOOD: fills `record`, whose words go to `words`
 * (JOURNAL_WORDS_MAX places) and point into `data`, and *used, the bytes of the frame. */
journal_frame_state_t journal_frame_read(const unsigned char *data, size_t size, record_t *record,
                                         record_word_t *words, size_t *used);

/* Bytes from `data` to the next mark, not counting one at `data` itself; `size` when there is none.
 * The last three bytes may be the beginning of one and are not passed over unless `ends`. */
size_t journal_frame_seek(const unsigned char *data, size_t size, bool ends);

#endif
