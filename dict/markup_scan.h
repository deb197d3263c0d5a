/* Tags and text of HTML and its relatives, as they come: nothing needs to be closed, nested or known. */

#ifndef DICT_MARKUP_SCAN_H
#define DICT_MARKUP_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define SCAN_NAME_MAX 31   /* bytes of a tag's name that are kept */
#define SCAN_TAG_MAX  1024 /* bytes within which quotes may hide a '>' */

typedef enum {
    SCAN_END,
    SCAN_TEXT,  /* entities are not resolved */
    SCAN_CDATA, /* has none */
    SCAN_OPEN,
    SCAN_CLOSE
} scan_type_t;

typedef struct {
    const char *data; /* of SCAN_TEXT and SCAN_CDATA, in the source */
    size_t size;
    char name[SCAN_NAME_MAX + 1]; /* of tags, ASCII letters in lower case */
    bool empty;                   /* <name/> */
} scan_token_t;

typedef struct {
    const char *data;
    size_t size;
    size_t at;
    /* What was searched for in vain is not searched for again, so that time stays proportional to size. */
    bool no_tag_end;
    bool no_comment_end;
} scan_t;

void scan_open(scan_t *self, const char *data, size_t size);

/* A comment, a declaration or a processing instruction is passed over; a '<' that begins nothing is text. */
scan_type_t scan_next(scan_t *self, scan_token_t *token);

/* Moves behind the next </name>. False, and stays, when there is none. */
bool scan_pass(scan_t *self, const char *name);

#endif
