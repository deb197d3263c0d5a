/* What a tag means to the layout. */

#ifndef DICT_MARKUP_TAGS_H
#define DICT_MARKUP_TAGS_H

#include "dict/markup.h"

typedef enum {
    TAG_INLINE, /* nothing: also for names that are not known */
    TAG_BLOCK,
    TAG_LINE, /* ends a line */
    TAG_CELL, /* parted from its neighbours by a blank */
    TAG_LIST, /* a block whose items are one deeper */
    TAG_ITEM,
    TAG_EXACT, /* a block in which blanks count */
    TAG_KEY,   /* the headword */
    TAG_GONE   /* with all that is in it */
} tag_t;

/* Places of tags that take what is in them away, for those who remember something about each. */
#define TAGS_MAX 96

/* `place`: of the name in the table, less than TAGS_MAX; not set for TAG_INLINE. */
tag_t tag_find(markup_kind_t kind, const char *name, size_t *place);

#endif
