/* The index file: one immutable version of one dictionary, mapped read-only by every worker of a
 * host. It answers every way of searching without a build step at its start.
 *
 * Entries and words
 *
 * - Texts: the explanations back to back, no terminators. Equal texts are stored once, as far as the
 *   builder remembers them (text_set.h).
 * - Entries: index_entry_t, ordered by (key, place in the dictionary), so a key's entries are
 *   neighbours. An alias (common/entry.h) is an entry of its own that shares text, headword and
 *   fields with the entry it stands for, and has INDEX_ALIAS in `headword`.
 * - Headwords: a size byte, then that many bytes of UTF-8, as the dictionary spells it. An entry
 *   whose headword is its key, which most are, has INDEX_HEADWORD_IS_KEY instead of an offset.
 * - Field offsets, fields: uint32_t[entries] and the packed records that they point to
 *   (index_fields.h), INDEX_EMPTY for none; both missing when no entry has fields. An alias points
 *   to the record of the entry it stands for.
 *
 * Keys: the distinct keys (lex_text_key) as a string table whose `first` counts entries, and along
 * with them, one item a key:
 *
 * - Shared: the number of bytes that a key shares with the one before it (255 for more), which
 *   makes the sorted keys an implicit trie.
 * - Reversed: uint32_t, numbers of keys ordered by their bytes read from the end.
 * - Soundex: uint16_t, the packed code (soundex.h), 0 for none.
 * - Ranks: uint32_t, the best frequency rank of the key's entries, 0 for unranked; missing when no
 *   entry is ranked.
 * - Strips: slots only. They lead from lex_text_strip of a key to the number of that key, for keys whose strip is
 *   neither the key nor its fold. Several keys may have the same strip: the walk goes on to the
 *   first free slot. No strings are stored: a hit is verified by stripping the key again.
 *
 * Alternates: string tables whose `first` counts items of a list of key numbers.
 *
 * - Folds: accent-folded keys (lex_text_fold) that differ from their key.
 * - Forms: keys of inflected forms, from LEX_FORMS, that lead to the keys of their lemmas.
 * - Readings: pinyin without tones and blanks (common/reading.h), from LEX_READING.
 *
 * Inverted lists (postings.h)
 *
 * - Grams: every three neighbouring bytes of " key ", with the blocks of INDEX_BLOCK keys that have
 *   them. A directory of index_gram_t in order of the gram, a sentinel behind it, and the lists.
 * - Terms: the words of the texts (terms.h), a string table without slots whose `first` is the
 *   offset of the term's list in the lists; they hold entries, how often, and are missing for aliases.
 *
 * A string table is four sections: index_string_t[count + 1] in byte order of the strings, the last
 * one a sentinel that closes offset and first; the bytes; slots; shared. Which of the last two
 * exist says index_view.h. Slots are uint32_t: the low 24 bits are the number of the item, the high
 * 8 the tag; INDEX_EMPTY is a free one. There are index_slots of them; a string's home is
 * index_slot_home of its hash, and the search goes on slot by slot, around the end, to the first
 * free one.
 *
 * The file is a cache made from MySQL: integers are in the byte order of the machine and a file
 * from another kind of machine is refused and built anew. Sections begin at multiples of eight. A
 * reader skips kinds of sections that it does not know.
 *
 * To change the format: a further section needs a new number in `enum index_section_kind` and
 * nothing else, as old readers skip it and new readers do without it. For anything else raise
 * INDEX_FORMAT: it is part of the file name and of the manifest's name, so programs of both formats
 * work side by side in one folder, and the new program builds its own files at its first start. */

#ifndef INDEX_FORMAT_H
#define INDEX_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define INDEX_MAGIC        "LEXINDEX"
#define INDEX_MAGIC_SIZE   8
#define INDEX_FORMAT       2u
#define INDEX_BYTE_ORDER   0x1A2B3C4Du
#define INDEX_ALIGNMENT    8u
#define INDEX_SECTIONS_MAX 38u /* as many as make the header 1024 bytes */

#define INDEX_EMPTY     UINT32_MAX
#define INDEX_SLOT_BITS 24u
#define INDEX_SLOT_ITEM ((1u << INDEX_SLOT_BITS) - 1)

/* A slot has 24 bits for the number of an item; the largest free dictionaries have 5M entries. One
 * less than could be counted, so that no slot looks empty. */
#define INDEX_ENTRIES_MAX ((1u << INDEX_SLOT_BITS) - 1)

#define INDEX_BLOCK 16u /* keys a block: neighbours share most of their grams */

/* In index_entry_t.headword. */
#define INDEX_ALIAS           0x80000000u
#define INDEX_HEADWORD_IS_KEY 0x7FFFFFFFu /* also the bits of an offset */

enum index_section_kind {
    INDEX_TEXTS = 1,
    INDEX_ENTRIES = 2,
    INDEX_HEADWORDS = 3,
    INDEX_KEYS = 4,  /* 4 strings, 5 bytes, 6 slots, 7 shared */
    INDEX_FOLDS = 8, /* 8 strings, 9 bytes, 10 slots */
    INDEX_FOLD_KEYS = 12,
    INDEX_FORMS = 13, /* 13 strings, 14 bytes, 15 slots */
    INDEX_FORM_KEYS = 17,
    INDEX_READINGS = 18, /* 18 strings, 19 bytes, 20 slots */
    INDEX_READING_KEYS = 22,
    INDEX_TERMS = 23, /* 23 strings, 24 bytes */
    INDEX_TERM_LISTS = 27,
    INDEX_GRAMS = 28,
    INDEX_GRAM_LISTS = 29,
    INDEX_REVERSED = 30,
    INDEX_SOUNDEX = 31,
    INDEX_RANKS = 32,
    INDEX_STRIPS = 33,
    INDEX_FIELD_OFFSETS = 34,
    INDEX_FIELDS = 35,
    INDEX_KINDS /* one more than the last */
};

/* What follows the base number of a string table. */
enum index_table_part {
    INDEX_TABLE_STRINGS = 0,
    INDEX_TABLE_BYTES = 1,
    INDEX_TABLE_SLOTS = 2,
    INDEX_TABLE_SHARED = 3
};

typedef struct {
    uint32_t kind; /* enum index_section_kind */
    uint32_t reserved;
    uint64_t offset; /* from the start of the file */
    uint64_t size;   /* in bytes, without the padding behind it */
} index_section_t;

typedef struct {
    char magic[INDEX_MAGIC_SIZE];
    uint32_t byte_order;      /* INDEX_BYTE_ORDER as the building machine stores it */
    uint32_t format;          /* INDEX_FORMAT */
    uint32_t header_checksum; /* CRC-32 of the header with this field 0 */
    uint32_t body_checksum;   /* CRC-32 of everything behind the header */
    uint64_t file_size;
    uint32_t dictionary; /* id in MySQL */
    uint32_t version;    /* id in MySQL */
    uint64_t text_bytes; /* of the version, as MySQL says */
    uint32_t rows;       /* entries of the version, as MySQL says */
    uint32_t entries;    /* rows less those whose headword gives no key, plus aliases */
    uint32_t keys;       /* distinct keys */
    uint32_t folds;      /* strings of each table of alternates, and items of its list */
    uint32_t fold_keys;
    uint32_t forms;
    uint32_t form_keys;
    uint32_t readings;
    uint32_t reading_keys;
    uint32_t terms;
    uint32_t grams;
    uint32_t han_keys;     /* keys that begin with a Han character */
    uint64_t average_text; /* bytes of an entry's text on average, at least 1 */
    uint32_t strips;       /* keys that stand in the slots of strips */
    uint32_t sections;     /* of the table below that are used */
    index_section_t section[INDEX_SECTIONS_MAX];
} index_header_t;

typedef struct {
    uint64_t text;      /* offset in texts */
    uint32_t text_size; /* bytes */
    uint32_t headword;  /* offset in headwords or INDEX_HEADWORD_IS_KEY; and perhaps INDEX_ALIAS */
} index_entry_t;

typedef struct {
    uint32_t offset; /* in the table's bytes; it ends where the next one begins */
    uint32_t first;  /* what belongs to it ends where the next one's begins */
} index_string_t;

typedef struct {
    uint32_t gram;   /* its three bytes, the first in the highest place */
    uint32_t offset; /* of its list in the lists; it ends where the next one's begins */
} index_gram_t;

_Static_assert(sizeof(index_header_t) == 1024, "the header is 1024 bytes");
_Static_assert(sizeof(index_entry_t) == 16, "entries are 16 bytes");
_Static_assert(sizeof(index_string_t) == 8 && sizeof(index_gram_t) == 8,
               "strings and grams are 8 bytes");

/* FNV-1a of 64 bits (Fowler, Noll, Vo), followed by the finalizer of MurmurHash3, because FNV alone
 * spreads short strings badly over its high bits. The upper half chooses the slot, the lowest byte
 * is the tag. */
static inline uint64_t index_hash(const void *string, size_t size)
{
    const unsigned char *bytes = string;
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001B3u;
    hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDu;
    hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53u;
    return hash ^ (hash >> 33);
}

/* Slots of a table of `count` items: two thirds full, so a search looks at two on average. */
static inline uint32_t index_slots(uint32_t count)
{
    return count + count / 2 + 2;
}

/* The slot that leads to an item. */
static inline uint32_t index_slot(uint64_t hash, uint32_t item)
{
    return (uint32_t)(hash & 0xFF) << INDEX_SLOT_BITS | item;
}

/* Where a hash belongs among `slots` (D. Lemire, "Fast random integer generation in an
 * interval", ACM TOMACS 29, 2019: multiplication instead of a remainder). */
static inline uint32_t index_slot_home(uint64_t hash, uint32_t slots)
{
    return (uint32_t)((hash >> 32) * slots >> 32);
}

#endif
