/* How texts are cut into words. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lookup-svc/terms.h"

/* The terms in brackets, those of scripts without word boundaries in braces. */
static void s_cut(const char *text, size_t size, const char *expected)
{
    char found[512] = "";
    terms_t terms;
    terms_open(&terms, text, size);
    for (size_t length = 0; terms_next(&terms);)
        length += (size_t)snprintf(found + length, sizeof found - length,
                                   terms.ideograph ? "{%.*s}" : "[%.*s]", (int)terms.term_size,
                                   terms.term);
    assert_string_equal(found, expected);
}

#define CUT(text, expected) s_cut(text, sizeof(text) - 1, expected)

static void words(void **state)
{
    (void)state;
    CUT("", "");
    CUT(" .,;", "");
    CUT("Not a word—or two", "[not][a][word][or][two]");
    CUT("x_y 3.14", "[x][y][3][14]");
    CUT("Café NAÏVE Straße ﬁn", "[cafe][naive][strasse][fin]");
    CUT("cafe\xCC\x81s", "[cafes]");
}

static void apostrophes_between_letters_are_left_out(void **state)
{
    (void)state;
    CUT("don't O’Neill's", "[dont][oneills]");
    CUT("'quoted' rock 'n' roll", "[quoted][rock][n][roll]");
    CUT("dogs' ' '", "[dogs]");
}

static void scripts_without_blanks_are_cut_by_character(void **state)
{
    (void)state;
    CUT("v. 放弃，抛弃", "[v]{放}{弃}{抛}{弃}");
    CUT("カナ and 한글", "{カ}{ナ}[and]{한}{글}");
    CUT("IT人", "[it]{人}");
}

static void any_bytes_are_taken(void **state)
{
    (void)state;
    CUT("a\xFF\xFE"
        "b\xC3",
        "[a][b]");
    CUT("a\0b", "[a][b]");
    CUT("\xCC\x81", "");
}

/* A run that is too long is no term, and the one behind it is not lost. */
static void long_runs_are_no_terms(void **state)
{
    char text[2000];
    (void)state;
    memset(text, 'a', sizeof text);
    text[TERMS_SIZE_MAX + 1] = ' ';
    text[TERMS_SIZE_MAX + 3] = ' ';
    s_cut(text, TERMS_SIZE_MAX + 4, "[a]");
    s_cut(text, sizeof text, "[a]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(apostrophes_between_letters_are_left_out),
        cmocka_unit_test(scripts_without_blanks_are_cut_by_character),
        cmocka_unit_test(any_bytes_are_taken),
        cmocka_unit_test(long_runs_are_no_terms),
    };
    return cmocka_run_group_tests_name("terms", tests, NULL, NULL);
}
