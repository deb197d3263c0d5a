/* The index file: one immutable version of one dictionary, mapped read-only by every worker of a
 * host.
 *
 *     header | texts | entries | headwords | keys: strings, bytes, slots, shared | folds: the same
 * | fold keys
 *
 * - Texts: the explanations back to back, no terminators. Equal texts are stored once.
 * - Headwords: a size byte, then that many bytes of UTF-8, as the dictionary spells it.
 * - Entries: index_entry_t, ordered by (key, place in the dictionary), so a key's entries are
 * neighbours.
 * - Keys: the distinct keys (lex_text_key) as a string table whose `first` counts entries.
 * - Folds: the distinct accent-folded keys (lex_text_fold) that differ from their key, as a string
 * table whose `first` counts items of `fold keys`; those are numbers of keys. A key that is its own
 * fold is found among the keys, so that this table is small for most languages.
 *
 * A string table is four sections: index_string_t[count + 1] in byte order of the strings, the last
 * one a sentinel that closes offset and first; the bytes; a hash table of index_slot_t (a power of
 * two, linear probing, INDEX_EMPTY in free slots); and per string the number of bytes it shares
 * with the one before it (255 for more), which makes the sorted strings an implicit trie. Folds
 * have no `shared`.
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
#define INDEX_SECTIONS_MAX 16u
#define INDEX_EMPTY        UINT32_MAX

/* At some 100 bytes of working memory an entry a build takes 1.6 GiB at most; the largest free
 * dictionaries have 5M. */
#define INDEX_ENTRIES_MAX (16u << 20)

enum index_section_kind {
    INDEX_TEXTS = 1,
    INDEX_ENTRIES = 2,
    INDEX_HEADWORDS = 3,
    INDEX_KEYS = 4,      /* 4 strings, 5 bytes, 6 slots, 7 shared */
    INDEX_FOLDS = 8,     /* 8 strings, 9 bytes, 10 slots */
    INDEX_FOLD_KEYS = 12 /* uint32_t: numbers of keys */
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
    uint32_t entries;    /* rows less those whose headword gives no key */
    uint32_t keys;       /* distinct keys */
    uint32_t folds;      /* distinct folds */
    uint32_t fold_keys;  /* keys that differ from their fold */
    uint32_t sections;   /* of the table below that are used */
    uint64_t reserved[7];
    index_section_t section[INDEX_SECTIONS_MAX];
} index_header_t;

typedef struct {
    uint64_t text;      /* offset in texts */
    uint32_t text_size; /* bytes */
    uint32_t headword;  /* offset in headwords */
} index_entry_t;

typedef struct {
    uint32_t offset; /* in the table's bytes; it ends where the next one begins */
    uint32_t first;  /* what belongs to it ends where the next one's begins */
} index_string_t;

typedef struct {
    uint32_t tag;  /* upper half of the string's index_hash */
    uint32_t item; /* number of the string, or INDEX_EMPTY */
} index_slot_t;

_Static_assert(sizeof(index_header_t) == 512, "the header is 512 bytes");
_Static_assert(sizeof(index_entry_t) == 16, "entries are 16 bytes");
_Static_assert(sizeof(index_string_t) == 8 && sizeof(index_slot_t) == 8,
               "strings and slots are 8 bytes");

/* FNV-1a of 64 bits (Fowler, Noll, Vo), followed by the finalizer of MurmurHash3, because FNV alone
 * spreads short strings badly over its high bits. The lower half chooses the slot, the upper half
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

#endif
