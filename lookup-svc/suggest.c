#include "lookup-svc/suggest.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "common/memory.h"
#include "common/text.h"
#include "lookup-svc/nearest.h"

size_t suggest_nearest(const scope_t *scope, const char *key, size_t size,
                       suggestion_t out[SUGGEST_MAX])
{
    ranking_t ranking = {0};
    for (size_t i = 0; i < scope->count; i++)
        nearest_search(index_view(scope->dictionaries[i].index), key, size, (uint32_t)i, &ranking);
    for (size_t i = 0; i < scope->count; i++)
        nearest_complete(index_view(scope->dictionaries[i].index), key, size, (uint32_t)i,
                         &ranking);
    for (size_t i = 0; i < ranking.count; i++) {
        const candidate_t *best = ranking.best + i;
        const index_view_t *view = index_view(scope->dictionaries[best->source].index);
        out[i].word = index_view_spelling(view, best->item, &out[i].size);
    }
    return ranking.count;
}

/* ---- prefix: the sorted ranges of all dictionaries, merged ---- */

typedef struct {
    const index_view_t *view;
    const index_table_t *table; /* its keys or its folds */
    uint32_t next, end;
} s_run_t;

typedef struct {
    const char *skip; /* keys that begin so are listed already, or NULL */
    size_t skip_size;
    size_t limit;
    size_t count;
    suggestion_t *out;
    suggestion_t keys[SUGGEST_PREFIX_MAX]; /* of what is listed */
} s_list_t;

static void s_list_add(s_list_t *self, const index_view_t *view, uint32_t key)
{
    size_t size;
    const char *string = index_table_string(&view->keys, key, &size);
    if (self->skip && size >= self->skip_size && memcmp(string, self->skip, self->skip_size) == 0)
        return;
    for (size_t i = self->count; i > 0; i--)
        if (self->keys[i - 1].size == size && memcmp(self->keys[i - 1].word, string, size) == 0)
            return;
    if (self->count == self->limit)
        return;
    suggestion_t *suggestion = self->out + self->count;
    suggestion->word = index_view_spelling(view, key, &suggestion->size);
    self->keys[self->count++] = (suggestion_t){.word = string, .size = size};
}

/* The run whose next string is the smallest; the earlier one among equals. NULL at the end. */
static s_run_t *s_smallest(s_run_t *runs, size_t count)
{
    s_run_t *smallest = NULL;
    const char *least = NULL;
    size_t least_size = 0;
    for (size_t i = 0; i < count; i++) {
        if (runs[i].next == runs[i].end)
            continue;
        size_t size;
        const char *string = index_table_string(runs[i].table, runs[i].next, &size);
        int rc = smallest ? memcmp(string, least, size < least_size ? size : least_size) : -1;
        if (rc < 0 || (rc == 0 && size < least_size)) {
            smallest = runs + i;
            least = string;
            least_size = size;
        }
    }
    return smallest;
}

static void s_merge(s_run_t *runs, size_t count, s_list_t *list)
{
    s_run_t *run;
    while (list->count < list->limit && (run = s_smallest(runs, count))) {
        uint32_t item = run->next++;
        if (run->table == &run->view->keys) {
            s_list_add(list, run->view, item);
            continue;
        }
        for (uint32_t i = run->table->strings[item].first; i < run->table->strings[item + 1].first;
             i++)
            s_list_add(list, run->view, run->view->folds.keys[i]);
    }
}

static s_run_t s_start_run(const index_view_t *view, const index_table_t *table, const char *prefix,
                           size_t size)
{
    s_run_t run = {.view = view, .table = table};
    index_table_prefix(table, prefix, size, &run.next, &run.end);
    return run;
}

/* The fold of a prefix. Folding trims; a blank at the end means that a word ends there, and stays.
 */
static size_t s_fold_prefix(const char *key, size_t size, char out[LEX_KEY_MAX + 1])
{
    ssize_t fold_size = lex_text_fold(key, size, out, LEX_KEY_MAX);
    if (fold_size <= 0)
        return 0;
    if (key[size - 1] == ' ' && out[fold_size - 1] != ' ')
        out[fold_size++] = ' ';
    return (size_t)fold_size;
}

size_t suggest_prefix(const scope_t *scope, const char *key, size_t size, size_t limit,
                      suggestion_t *out)
{
    assert(limit <= SUGGEST_PREFIX_MAX);
    s_list_t list = {.limit = limit, .out = out};
    s_run_t *runs = lex_calloc(scope->count * 2 + 1, sizeof *runs);
    for (size_t i = 0; i < scope->count; i++) {
        const index_view_t *view = index_view(scope->dictionaries[i].index);
        runs[i] = s_start_run(view, &view->keys, key, size);
    }
    s_merge(runs, scope->count, &list);
    char fold[LEX_KEY_MAX + 1];
    size_t fold_size = list.count < limit ? s_fold_prefix(key, size, fold) : 0;
    if (fold_size > 0) {
        list.skip = key;
        list.skip_size = size;
        for (size_t i = 0; i < scope->count; i++) {
            const index_view_t *view = index_view(scope->dictionaries[i].index);
            runs[2 * i] = s_start_run(view, &view->keys, fold, fold_size);
            runs[2 * i + 1] = s_start_run(view, &view->folds.table, fold, fold_size);
        }
        s_merge(runs, 2 * scope->count, &list);
    }
    free(runs);
    return list.count;
}
