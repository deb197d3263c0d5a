#include "lookup-svc/match_text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "common/text.h"
#include "lookup-svc/match_filter.h"
#include "lookup-svc/postings.h"

/* The usual constants of BM25. */
#define BM25_K1 1.2
#define BM25_B  0.75

#define SCORE_UNITS 1e6 /* in 1 */

/* ---- the pattern ---- */

/* True when the term that was just read is an ideograph right behind the one that ended at `end`:
 * then there is a single character between them, which is that term. */
static bool s_follows(const terms_t *terms, size_t end)
{
    if (!terms->ideograph || end == 0 || end >= terms->offset)
        return false;
    unsigned char lead = (unsigned char)terms->text[end];
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return end + size == terms->offset;
}

/* Notes a term that was written to the end of the bytes, unless it is there already. */
static bool s_add_term(match_text_t *self, size_t offset)
{
    size_t size = self->size - offset;
    for (size_t i = 0; i < self->term_count; i++)
        if (self->terms[i].size == size &&
            memcmp(self->bytes + self->terms[i].offset, self->bytes + offset, size) == 0)
            return true;
    if (self->term_count == MATCH_TEXT_TERMS)
        return false;
    self->terms[self->term_count++] = (match_text_part_t){(uint16_t)offset, (uint16_t)size};
    return true;
}

int match_text_parse(match_text_t *self, const char *pattern, size_t size)
{
    terms_t terms;
    size_t end = 0;      /* of the ideograph before */
    bool in_run = false; /* the last run goes on as long as ideographs follow one another */
    *self = (match_text_t){0};
    terms_open(&terms, pattern, size);
    while (terms_next(&terms)) {
        size_t offset = self->size;
        if (offset + terms.term_size > sizeof self->bytes)
            return -1;
        memcpy(self->bytes + offset, terms.term, terms.term_size);
        self->size += terms.term_size;
        if (!s_add_term(self, offset))
            return -1;
        bool follows = s_follows(&terms, end);
        if (follows && in_run) {
            self->runs[self->run_count - 1].size += (uint16_t)terms.term_size;
        } else if (terms.ideograph) {
            if (self->run_count == sizeof self->runs / sizeof *self->runs)
                return -1;
            self->runs[self->run_count++] =
                (match_text_part_t){(uint16_t)offset, (uint16_t)terms.term_size};
        }
        in_run = terms.ideograph;
        end = terms.ideograph ? terms.offset : 0;
    }
    return self->term_count > 0 ? 0 : -1;
}

/* ---- runs of ideographs in a text ---- */

/* True when an ideograph may be in the text whose term is spelled otherwise: kana lose their marks, and
 * the ideographs and radicals that Unicode has for compatibility become others. */
static bool s_may_fold(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i + 1 < size; i++)
        if ((bytes[i] == 0xE3 && bytes[i + 1] >= 0x81 && bytes[i + 1] <= 0x83) ||
            (bytes[i] == 0xE2 && bytes[i + 1] >= 0xBA) ||
            (bytes[i] == 0xEF && bytes[i + 1] >= 0xA4 && bytes[i + 1] <= 0xAB) ||
            (bytes[i] == 0xF0 && bytes[i + 1] == 0xAF))
            return true;
    return false;
}

/* Reads the text's terms, with the last ideographs that follow one another in `tail`. */
static bool s_has_run_folded(const char *text, size_t text_size, const char *run, size_t size)
{
    char tail[sizeof((match_text_t *)0)->bytes];
    size_t tail_size = 0, end = 0;
    terms_t terms;
    assert(size <= sizeof tail);
    terms_open(&terms, text, text_size);
    while (terms_next(&terms)) {
        if (!s_follows(&terms, end))
            tail_size = 0;
        end = terms.ideograph ? terms.offset : 0;
        if (!terms.ideograph || terms.term_size > size)
            continue;
        size_t over = tail_size + terms.term_size > size ? tail_size + terms.term_size - size : 0;
        memmove(tail, tail + over, tail_size - over);
        memcpy(tail + tail_size - over, terms.term, terms.term_size);
        tail_size += terms.term_size - over;
        if (tail_size == size && memcmp(tail, run, size) == 0)
            return true;
    }
    return false;
}

static bool s_has_runs(const match_text_t *self, const char *text, size_t size)
{
    for (size_t i = 0; i < self->run_count; i++) {
        const char *run = self->bytes + self->runs[i].offset;
        if (!memmem(text, size, run, self->runs[i].size) &&
            (!s_may_fold(text, size) || !s_has_run_folded(text, size, run, self->runs[i].size)))
            return false;
    }
    return true;
}

/* ---- lists ---- */

typedef struct {
    postings_t postings;
    double weight; /* the rarer a term, the more it says */
} s_list_t;

/* The lists of all terms, the shortest first. False when a term is in no text. */
static bool s_open_lists(const match_text_t *self, const index_view_t *view,
                         s_list_t lists[MATCH_TEXT_TERMS])
{
    double entries = view->header->entries;
    for (size_t i = 0; i < self->term_count; i++) {
        s_list_t list;
        postings_open(
            &list.postings,
            index_view_term(view, self->bytes + self->terms[i].offset, self->terms[i].size),
            view->header->entries);
        if (list.postings.left == 0)
            return false;
        double having = list.postings.left;
        list.weight = log(1 + (entries - having + 0.5) / (having + 0.5));
        size_t place = i;
        for (; place > 0 && lists[place - 1].postings.left > list.postings.left; place--)
            lists[place] = lists[place - 1];
        lists[place] = list;
    }
    return true;
}

/* Brings all lists to the next entry that is in each. */
static bool s_meet(s_list_t *lists, size_t count)
{
    if (!postings_next(&lists[0].postings))
        return false;
    uint32_t entry = lists[0].postings.number;
    for (size_t i = 0, equal = 0; equal < count; i = (i + 1) % count) {
        if (!postings_seek(&lists[i].postings, entry))
            return false;
        equal = lists[i].postings.number == entry ? equal + 1 : 1;
        entry = lists[i].postings.number;
    }
    return true;
}

static double s_score(const s_list_t *lists, size_t count, const index_view_t *view, uint32_t entry)
{
    double length = (double)view->entries[entry].text_size / (double)view->header->average_text;
    double score = 0;
    for (size_t i = 0; i < count; i++) {
        double times = lists[i].postings.times;
        score += lists[i].weight * times * (BM25_K1 + 1) /
                 (times + BM25_K1 * (1 - BM25_B + BM25_B * length));
    }
    /* What is equal but for the rounding of the arithmetic is equal, and frequency decides. */
    return rint(score * SCORE_UNITS) / SCORE_UNITS;
}

/* ---- search ---- */

static void s_offer(const match_item_t *item, const match_filter_t *filter, match_best_t *best)
{
    if (match_filter_passes(filter, index_view(item->match.dictionary->index), item->match.key))
        match_best_add(best, item);
}

bool match_text_search(const match_text_t *self, const dictionary_t *dictionary,
                       const match_filter_t *filter, match_deadline_t *deadline, match_best_t *best)
{
    const index_view_t *view = index_view(dictionary->index);
    s_list_t lists[MATCH_TEXT_TERMS];
    match_item_t item = {.match = {.dictionary = dictionary}};
    if (!s_open_lists(self, view, lists))
        return true;
    /* A key's entries are neighbours: it is given when the next key begins. */
    uint32_t key_end = 0;
    while (s_meet(lists, self->term_count)) {
        uint32_t entry = lists[0].postings.number;
        const char *text = view->texts + view->entries[entry].text;
        size_t size = view->entries[entry].text_size;
        if (match_deadline_tick(deadline, 8 + (uint32_t)(self->run_count > 0 ? size / 64 : 0)))
            return false;
        if (!s_has_runs(self, text, size))
            continue;
        double score = s_score(lists, self->term_count, view, entry);
        if (entry >= key_end) {
            if (key_end > 0)
                s_offer(&item, filter, best);
            uint32_t key = index_view_key_of(view, entry);
            item = (match_item_t){.match = {.dictionary = dictionary, .key = key}};
            item.match.rank = view->ranks ? view->ranks[key] : 0;
            key_end = view->keys.strings[key + 1].first;
        }
        item.score = score > item.score ? score : item.score;
    }
    if (key_end > 0)
        s_offer(&item, filter, best);
    return true;
}
