/* What the tests of lookup-svc share: a scratch folder, small dictionaries, and snapshots of them.
 */

#ifndef LOOKUP_TESTS_FIXTURE_H
#define LOOKUP_TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/index.h"
#include "lookup-svc/index_build.h"
#include "lookup-svc/search.h"

typedef struct {
    const char *headword;
    const char *text;
} fixture_entry_t;

/* ---- scratch folder ---- */

static inline int fixture_setup(void **state)
{
    char *folder = lex_strdup("/tmp/lexmq-lookup-XXXXXX");
    assert_non_null(mkdtemp(folder));
    *state = folder;
    return 0;
}

static inline int fixture_unlink(const char *path, const struct stat *status, int kind,
                                 struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

static inline int fixture_teardown(void **state)
{
    nftw(*state, fixture_unlink, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

/* Caller frees. */
static inline char *fixture_path(void **state, const char *name)
{
    return lex_format("%s/%s", (char *)*state, name);
}

static inline char *fixture_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*size + 1); /* malloc aligns as the reader of an index wants it */
    assert_int_equal(fread(data, 1, *size, file), *size);
    data[*size] = '\0';
    fclose(file);
    return data;
}

static inline void fixture_write(const char *path, const void *data, size_t size)
{
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* ---- dictionaries ---- */

/* A string as a field. */
#define FIXTURE_FIELD(string)                                                                      \
    {                                                                                              \
        .data = (string), .size = sizeof(string) - 1                                               \
    }

static inline lex_entry_t fixture_entry(const char *headword, const char *text)
{
    return lex_entry_plain(headword, strlen(headword), text, strlen(text));
}

/* Builds from entries with fields. */
static inline void fixture_build_full(const char *path, const lex_entry_t *entries, size_t count,
                                      const index_source_t *source)
{
    index_source_t plain = {.dictionary = 1, .version = 1, .rows = (uint32_t)count};
    index_builder_t *builder = index_builder_new(path, source ? source : &plain);
    assert_non_null(builder);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(index_builder_add(builder, entries + i), 0);
    assert_int_equal(index_builder_commit(builder), 0);
    index_builder_destroy(&builder);
    assert_null(builder);
}

static inline void fixture_build(const char *path, const fixture_entry_t *entries, size_t count,
                                 const index_source_t *source)
{
    lex_entry_t *full = lex_calloc(count, sizeof *full);
    for (size_t i = 0; i < count; i++)
        full[i] = fixture_entry(entries[i].headword, entries[i].text);
    fixture_build_full(path, full, count, source);
    free(full);
}

static inline index_t *fixture_open(const char *path)
{
    const char *why = NULL;
    index_t *index = index_open(path, &why);
    assert_null(why);
    assert_non_null(index);
    return index;
}

/* Builds and opens. */
static inline index_t *fixture_index(void **state, const char *name, const fixture_entry_t *entries,
                                     size_t count)
{
    char *path = fixture_path(state, name);
    fixture_build(path, entries, count, NULL);
    index_t *index = fixture_open(path);
    free(path);
    return index;
}

/* The same with fields. */
static inline index_t *fixture_index_full(void **state, const char *name,
                                          const lex_entry_t *entries, size_t count)
{
    char *path = fixture_path(state, name);
    fixture_build_full(path, entries, count, NULL);
    index_t *index = fixture_open(path);
    free(path);
    return index;
}

/* The key of a word. */
static inline size_t fixture_key(const char *word, char key[LEX_KEY_MAX])
{
    ssize_t size = lex_text_key(word, strlen(word), key, LEX_KEY_MAX);
    assert_true(size > 0);
    return (size_t)size;
}

/* Everything that a search found, as "dictionary:headword=text;" in order. Caller frees. */
static inline char *fixture_found(const search_t *search)
{
    char *all = lex_strdup("");
    for (size_t i = 0; i < search->count; i++) {
        const search_range_t *range = search->ranges + i;
        for (uint32_t j = 0; j < range->count; j++) {
            index_article_t article = index_view_article(index_view(range->dictionary->index),
                                                         range->key, range->first + j);
            char *more = lex_format("%s%s:%.*s=%.*s;", all, range->dictionary->name,
                                    (int)article.headword_size, article.headword,
                                    (int)article.text_size, article.text);
            free(all);
            all = more;
        }
    }
    return all;
}

#endif
