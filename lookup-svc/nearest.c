#include "lookup-svc/nearest.h"

#include <assert.h>
#include <string.h>

/* After d code points of a key, state (i, e) says that they can be made from the first i of the
 * word by e edits. Only |i - d| <= NEAREST_MAX matters: bit i - d + NEAREST_MAX of lane e, a lane
 * being a byte. A match or a substitution moves d and i by one, so the bit stays; an insertion
 * moves d alone, one bit down; a deletion moves i alone, one bit up. */
#define WIDTH   (2 * (int)NEAREST_MAX + 1)
#define LANE    0x01010101u         /* the lowest bit of each lane */
#define BAND    (0x1Fu * 0x010101u) /* the bits that are used, in lanes 0 to 2 */
#define PAD     ((size_t)WIDTH)     /* code points before and behind the word */
#define NO_CODE UINT32_MAX
#define STRIDE  64u /* keys that are passed over at a time */

_Static_assert(NEAREST_MAX == RANKING_NEAR_MAX && WIDTH == 5, "the lanes are made for two edits");

/* Like lex_text_next, but in line, and in bounds on any bytes: what is wrong in the file may give
 * wrong suggestions and nothing worse. */
static inline uint32_t s_next(const unsigned char *text, size_t size, size_t *offset)
{
    uint32_t lead = text[(*offset)++];
    if (lead < 0x80)
        return lead;
    unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    uint32_t point = lead & (0x3Fu >> more);
    for (; more > 0 && *offset < size; more--)
        point = point << 6 | (text[(*offset)++] & 0x3Fu);
    return point;
}

static unsigned s_length(const char *text, size_t size)
{
    unsigned length = 0;
    for (size_t offset = 0; offset < size; length++)
        s_next((const unsigned char *)text, size, &offset);
    return length;
}

/* Code points at the start that both share. */
static unsigned s_common(const char *left, size_t left_size, const char *right, size_t right_size)
{
    unsigned common = 0;
    size_t a = 0, b = 0;
    while (a < left_size && b < right_size &&
           s_next((const unsigned char *)left, left_size, &a) ==
               s_next((const unsigned char *)right, right_size, &b))
        common++;
    return common;
}

/* Lanes of up to `limit` edits. */
static inline uint32_t s_lanes(unsigned limit)
{
    return (1u << 8 * (limit + 1)) - 1;
}

/* With the deletions that may follow any state. */
static inline uint32_t s_with_deletions(uint32_t alive)
{
    alive |= alive << 9 & BAND;
    return alive | (alive << 9 & BAND);
}

/* The bits that are not past the end of the word after `depth` code points. */
static inline uint32_t s_inside(size_t length, size_t depth)
{
    size_t bits = length + NEAREST_MAX + 1;
    if (bits >= depth + (size_t)WIDTH)
        return BAND;
    return bits > depth ? ((1u << (bits - depth)) - 1) * LANE & BAND : 0;
}

/* The states one code point further. */
static inline nearest_states_t s_step(const nearest_t *self, nearest_states_t from, size_t depth,
                                      uint32_t point)
{
    const uint32_t *word = self->word + PAD + depth - NEAREST_MAX;
    uint32_t equal = 0;
    for (int i = 0; i < WIDTH; i++)
        equal |= (uint32_t)(word[i] == point) << i;
    equal *= LANE;
    uint32_t down = from.alive >> 1 & BAND & ~(LANE << 4);
    uint32_t alive = (from.alive & equal) |        /* match */
                     (from.alive | down) << 8 |    /* substitution, insertion */
                     (from.swapping & equal << 1); /* the second half of an exchange */
    alive = s_with_deletions(alive & BAND) & s_inside(self->length, depth + 1);
    return (nearest_states_t){.alive = alive,
                              .swapping = (from.alive & (equal >> 1 & ~(LANE << 7))) << 8 & BAND};
}

void nearest_open(nearest_t *self, const index_view_t *view, const char *key, size_t size,
                  unsigned limit)
{
    assert(size <= LEX_KEY_MAX && limit <= NEAREST_MAX);
    self->view = view;
    self->limit = limit;
    self->length = 0;
    for (size_t i = 0; i < PAD; i++)
        self->word[i] = NO_CODE;
    for (size_t offset = 0; offset < size;)
        self->word[PAD + self->length++] = s_next((const unsigned char *)key, size, &offset);
    for (size_t i = 0; i < PAD; i++)
        self->word[PAD + self->length + i] = NO_CODE;
    self->next = 0;
    self->end = view->keys.count;
    self->depth = 0;
    self->ends[0] = 0;
    uint32_t alive = s_with_deletions(1u << NEAREST_MAX) & s_inside(self->length, 0);
    self->states[0] = (nearest_states_t){.alive = alive};
}

void nearest_restrict(nearest_t *self, uint32_t first, uint32_t end)
{
    self->next = first;
    self->end = end;
    self->depth = 0;
}

/* True when one of STRIDE bytes is less than `bound`. */
static inline bool s_any_less(const uint8_t *bytes, uint8_t bound)
{
    typedef uint8_t lanes_t __attribute__((vector_size(16)));
    lanes_t found = {0}, lanes;
    for (unsigned i = 0; i < STRIDE; i += sizeof lanes) {
        memcpy(&lanes, bytes + i, sizeof lanes);
        found |= (lanes_t)(lanes < bound);
    }
    uint64_t halves[2];
    memcpy(halves, &found, sizeof halves);
    return halves[0] | halves[1];
}

/* How many of eight bytes come before the first one that is less than `bound`, which is at most 128; 8
 * when none is. */
static inline uint32_t s_before_less(const uint8_t *bytes, uint8_t bound)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    /* The subtraction borrows into the high bit of the bytes that are less; the lowest such bit is never
     * wrong. */
    uint64_t less = (word - bound * (UINT64_MAX / 255)) & ~word & (UINT64_MAX / 255 * 128);
    return less ? (uint32_t)__builtin_ctzll(less) / 8 : 8;
}

/* The first key from `from` on that shares fewer than `bound` bytes with the one before it. */
static inline uint32_t s_pass_over(const index_table_t *keys, uint32_t from, size_t bound)
{
    const uint8_t *shared = keys->shared;
    if (bound > UINT8_MAX)
        return from;
    /* Most often it is one of the next few. */
    for (bool far = false; bound <= 128 && keys->count - from >= STRIDE + 8; far = true) {
        while (far && keys->count - from >= STRIDE + 8 &&
               !s_any_less(shared + from, (uint8_t)bound))
            from += STRIDE;
        uint32_t before = s_before_less(shared + from, (uint8_t)bound);
        from += before;
        if (before < 8)
            return from;
    }
    while (from < keys->count && shared[from] >= bound)
        from++;
    return from;
}

/* Whether a code point greater than `point` may follow, after `point` itself was in vain: then no edit is
 * left, and what follows can only go on as the word does. */
static inline bool s_may_follow(const nearest_t *self, uint32_t point)
{
    const nearest_states_t *states = self->states + self->depth;
    const uint32_t *word = self->word + PAD + self->depth - NEAREST_MAX;
    uint32_t wanted = states->alive | states->swapping >> 1;
    wanted |= wanted >> 8 | wanted >> 16;
    for (int i = 0; i < WIDTH; i++)
        if (wanted >> i & 1 && word[i] > point && word[i] != NO_CODE)
            return true;
    return false;
}

/* Walks the rest of a key. True at its end; else nothing is within the limit that begins with the same
 * *bound bytes, of the keys that are still to come. */
static bool s_walk(nearest_t *self, const char *key, size_t size, size_t *bound)
{
    uint32_t lanes = s_lanes(self->limit);
    size_t offset = self->ends[self->depth];
    while (offset < size) {
        uint32_t point = s_next((const unsigned char *)key, size, &offset);
        nearest_states_t states = s_step(self, self->states[self->depth], self->depth, point);
        if ((states.alive & lanes) == 0) {
            *bound = s_may_follow(self, point) ? offset : self->ends[self->depth];
            return false;
        }
        self->depth++;
        self->states[self->depth] = states;
        self->ends[self->depth] = (uint32_t)offset;
    }
    return true;
}

/* The distance of the key at whose end the walk stands; above NEAREST_MAX when it is further. */
static unsigned s_distance(const nearest_t *self)
{
    size_t bit = self->length + NEAREST_MAX - self->depth;
    /* A key too short for the band is off by more than the limit. */
    for (unsigned edits = 0; bit < (size_t)WIDTH && edits <= self->limit; edits++)
        if (self->states[self->depth].alive >> (8 * edits + bit) & 1)
            return edits;
    return NEAREST_MAX + 1;
}

bool nearest_next(nearest_t *self, uint32_t *item, unsigned *distance)
{
    const index_table_t *keys = &self->view->keys;
    while (self->next < self->end) {
        size_t shared = keys->shared[self->next];
        while (self->ends[self->depth] > shared)
            self->depth--;
        size_t size;
        const char *key = index_table_string(keys, self->next, &size);
        *item = self->next++;
        size_t bound;
        if (!s_walk(self, key, size, &bound))
            self->next = s_pass_over(keys, self->next, bound);
        else if ((*distance = s_distance(self)) <= self->limit)
            return true;
    }
    return false;
}

unsigned nearest_measure(nearest_t *self, const char *key, size_t size)
{
    size_t bound;
    self->depth = 0;
    return s_walk(self, key, size, &bound) ? s_distance(self) : NEAREST_MAX + 1;
}

static candidate_t s_candidate(const index_view_t *view, uint32_t item, uint32_t source)
{
    candidate_t candidate = {.item = item, .source = source};
    candidate.key = index_table_string(&view->keys, item, &candidate.size);
    candidate.rank = view->ranks ? view->ranks[item] : 0;
    candidate.length = s_length(candidate.key, candidate.size);
    return candidate;
}

void nearest_search(const index_view_t *view, const char *key, size_t size, uint32_t source,
                    ranking_t *ranking)
{
    nearest_t walk;
    uint32_t item;
    unsigned distance;
    unsigned limit = ranking_limit(ranking);
    nearest_open(&walk, view, key, size, limit < NEAREST_MAX ? limit : NEAREST_MAX);
    while (nearest_next(&walk, &item, &distance)) {
        candidate_t candidate = s_candidate(view, item, source);
        candidate.distance = distance;
        candidate.common = s_common(key, size, candidate.key, candidate.size);
        ranking_offer(ranking, &candidate);
        limit = ranking_limit(ranking);
        if (limit < walk.limit)
            walk.limit = limit;
    }
}

void nearest_complete(const index_view_t *view, const char *key, size_t size, uint32_t source,
                      ranking_t *ranking)
{
    uint32_t first, end;
    index_table_prefix(&view->keys, key, size, &first, &end);
    unsigned length = s_length(key, size);
    for (uint32_t i = first; i < end && ranking_limit(ranking) >= RANKING_COMPLETED; i++) {
        candidate_t candidate = s_candidate(view, i, source);
        candidate.distance = RANKING_COMPLETED;
        candidate.common = length;
        if (candidate.length > length + RANKING_NEAR_MAX)
            ranking_offer(ranking, &candidate);
    }
}
