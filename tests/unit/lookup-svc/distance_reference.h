/* The edit distance as in the books, to compare with what walks and automata find. */

#ifndef LOOKUP_TESTS_DISTANCE_REFERENCE_H
#define LOOKUP_TESTS_DISTANCE_REFERENCE_H

#include <stddef.h>
#include <string.h>

#include "common/text.h"

#define DISTANCE_POINTS_MAX 32 /* code points of a word */

static inline size_t distance_points(const char *word, int points[DISTANCE_POINTS_MAX])
{
    size_t count = 0, offset = 0, size = strlen(word);
    while (offset < size)
        points[count++] = lex_text_next(word, size, &offset);
    return count;
}

static inline int distance_least(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment as in the books: the whole matrix. */
static inline int distance_reference(const char *left, const char *right)
{
    int a[DISTANCE_POINTS_MAX], b[DISTANCE_POINTS_MAX],
        d[DISTANCE_POINTS_MAX + 1][DISTANCE_POINTS_MAX + 1];
    size_t n = distance_points(left, a), m = distance_points(right, b);
    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (int)(i + j);
                continue;
            }
            d[i][j] = distance_least(d[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
                                     distance_least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = distance_least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}

#endif
