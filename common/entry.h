/* An entry of a dictionary as readers give it, MySQL keeps it, the index holds it and replies show
 * it: a headword, its explanation, and the fields that some dictionaries have beside them. One table
 * of names serves as SQL columns, keys on the wire and words in reports. */

#ifndef LEX_ENTRY_H
#define LEX_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes of a field of text; forms of the richest verbs take some hundred. */
#define LEX_FIELD_MAX 16384u

/* Bytes that are not terminated; size 0: there are none. Who made them owns them. */
typedef struct {
    const char *data;
    size_t size;
} lex_span_t;

/* Fields of text. */
typedef enum {
    LEX_PHONETIC, /* how it is pronounced, for people: IPA, or pinyin with tone marks */
    LEX_READING,  /* how Han characters are read: pinyin with numbers, "zhong1 guo2", "lu:4" */
    LEX_POS,      /* parts of speech: "n:46/v:54", percent a class; or just "n." */
    LEX_TAGS,     /* parted by single blanks: "cet4 toefl" */
    LEX_FORMS, /* ECDICT's exchange: "p:went/d:gone" (formats: ECDICT); codes 0 and 1 point to the lemma */
    LEX_ALIASES, /* other headwords of the same entry, a line each: StarDict synonyms, traditional characters */
    LEX_AUDIO,  /* a link */
    LEX_DETAIL, /* what a format has beyond the rest; kept for export, never searched or sent */
    LEX_TEXT_FIELDS
} lex_text_field_t;

/* Fields that are numbers; 0: not known. */
typedef enum {
    LEX_COLLINS,     /* stars, 1 to 5 */
    LEX_OXFORD,      /* 1: of the Oxford 3000 */
    LEX_BNC_RANK,    /* place by frequency in the British National Corpus; 1 is the commonest */
    LEX_MODERN_RANK, /* the same in a corpus of today */
    LEX_FREQUENCY,   /* how often a corpus has it; the larger the commoner */
    LEX_TRANSLATION_BYTES, /* so many leading bytes of the text are a translation, the rest, behind a line feed, is a
                              definition in the headword's language. Kept for export */
    LEX_NUMBER_FIELDS
} lex_number_field_t;

typedef struct {
    lex_span_t text[LEX_TEXT_FIELDS];
    uint32_t number[LEX_NUMBER_FIELDS];
} lex_fields_t; /* {0}: none */

typedef struct {
    const char *headword;
    size_t headword_size;
    const char *text;
    size_t text_size;
    lex_fields_t fields;
} lex_entry_t;

/* An entry without fields. */
static inline lex_entry_t lex_entry_plain(const char *headword, size_t headword_size,
                                          const char *text, size_t text_size)
{
    return (lex_entry_t){
        .headword = headword, .headword_size = headword_size, .text = text, .text_size = text_size};
}

/* "phonetic", "bnc_rank"…: the column in MySQL and the key on the wire. */
const char *lex_text_field_name(lex_text_field_t field);
const char *lex_number_field_name(lex_number_field_t field);

/* True when no field is set. */
bool lex_fields_are_empty(const lex_fields_t *self);

/* The rank by which words are sorted: the modern one, else the BNC's, else 0 for unranked. */
uint32_t lex_fields_rank(const lex_fields_t *self);

/* The next item of a list in a field: forms parted by '/', tags by ' ', aliases by '\n'. Empty items are passed over.
 * `offset` starts at 0. False at the end. */
bool lex_span_next(lex_span_t list, char separator, size_t *offset, lex_span_t *item);

#endif
