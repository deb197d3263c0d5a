/* The fields of an entry (common/entry.h) as a record of the index file:
 *
 *     varint which | for each field of text: varint size, bytes | for each number: varint
 *
 * where bit i of `which` says that text field i is there, and the bits behind those say it of the
 * numbers. What only an export needs (LEX_DETAIL, LEX_TRANSLATION_BYTES) is not kept. */

#ifndef INDEX_FIELDS_H
#define INDEX_FIELDS_H

#include "common/entry.h"

/* Most bytes of a record: every field as long as it may be, with its size and the mask. */
#define INDEX_FIELDS_MAX (LEX_TEXT_FIELDS * (LEX_FIELD_MAX + 5u) + LEX_NUMBER_FIELDS * 5u + 5u)

/* Packs fields into `out`, which has room for INDEX_FIELDS_MAX bytes; a field beyond LEX_FIELD_MAX
 * is left out. Returns the size, 0 when nothing is set. */
size_t index_fields_pack(const lex_fields_t *fields, unsigned char *out);

/* Unpacks a record that begins at `data` and ends somewhere in `size` bytes. Its strings point into
 * it. Where the bytes are not those of a record, all fields are empty. */
void index_fields_unpack(const unsigned char *data, size_t size, lex_fields_t *out);

#endif
