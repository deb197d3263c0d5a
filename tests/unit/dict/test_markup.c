/* Marked-up articles as plain text: the rules of dict/markup.h, one after another. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dict/format.h"
#include "dict/markup.h"

static void s_assert(markup_kind_t kind, const char *source, size_t size, const char *text)
{
    text_buffer_t out = {0};
    text_buffer_add(&out, "before", 6);
    assert_true(markup_to_text(kind, "hot dog", 7, source, size, &out));
    text_buffer_add(&out, "", 1);
    assert_memory_equal(out.data, "before", 6);
    assert_string_equal(out.data + 6, text);
    text_buffer_free(&out);
}

typedef struct {
    const char *source;
    const char *text;
} s_case_t;

static void s_assert_all(markup_kind_t kind, const s_case_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        s_assert(kind, cases[i].source, strlen(cases[i].source), cases[i].text);
}
#define S_ASSERT_ALL(kind, cases) s_assert_all(kind, cases, sizeof(cases) / sizeof(cases[0]))

static void test_html(void **state)
{
    (void)state;
    static const s_case_t cases[] = {
        {"", ""},
        {" \n\t ", ""},
        {"plain", "plain"},
        {"  a \n b\t\tc&nbsp; d ", "a b c d"},
        {"<b>a</b><i>b</i> <u> c</u>", "ab c"},
        {"a<br>b<BR/>c<br><br><br>d", "a\nb\nc\n\nd"},
        {"<p>a</p><p>b</p><div><div>c</div></div>d", "a\nb\nc\nd"},
        {"<ul><li>a<li>b<ol><li> c </li></ol></ul>d", "- a\n- b\n  - c\nd"},
        {"<ul><li>a</ul><ul><li>b</ul><ul><ul><li>c", "- a\n- b\n  - c"},
        {"<ul><li></li><li><p>a</p></ul>", "- a"},
        {"<table><tr><td>a<td>b</tr><tr><th>c</th><th>d</th></tr></table>", "a b\nc d"},
        {"a<pre> b\n   c\n\n\n\nd </pre>e", "a\n b\n   c\n\nd\ne"},
        {"a<script>if (x < 1) y(\"</b>\")</script>b<STYLE>p {}</Style >c", "abc"},
        {"a<audio src='x'>b</audio>c<img src=\"data:,>\">d", "acd"},
        {"a<script>b", "ab"},
        {"a<script>b</scripts>c</SCRIPT\n>d</script>", "ad"},
        {"a<!-- <b> -->b<!DOCTYPE html>c<?xml?>d", "abcd"},
        {"a<!--b", "ab"},
        {"<![CDATA[a<b>&amp;]]>c<![CDATA[d", "a<b>&amp;cd"},
        {"1<2 a < b <3 <", "1<2 a < b <3 <"},
        {"<a title='x>y'>b</a><a title=\"it's\">c</a>", "bc"},
        {"<a title='x>b", "b"},
        {"a<b", "a<b"},
        {"</ul></pre></p></nothing>a", "a"},
        {"<nothing><none/>a</nothing>", "a"},
        {"<k>hot dog</k> a", "hot dog a"},
    };
    S_ASSERT_ALL(MARKUP_HTML, cases);
}

static void test_xdxf(void **state)
{
    (void)state;
    static const s_case_t cases[] = {
        {"<k>hot dog</k>\na sausage", "a sausage"},
        {"<ar><k>Hot  Dog</k>\n<tr>x</tr> y</ar>", "x y"},
        {"<k>hot dogs</k>\na", "hot dogs\na"},
        {"a\n<k>hot dog</k>\nb", "a\n\nb"},
        {"<k>hot dog", "hot dog"},
        {"<k/>a</k>", "a"},
        {"<def>a<ex>b</ex></def><def>c</def>", "a\nb\nc"},
        {"a <rref>x.wav</rref>b <kref>c</kref>", "a b c"},
        {"a\n  b\n\n\n\nc\r\nd", "a\nb\n\nc\nd"},
        {"<c c=\"red\">a</c><abr>n.</abr>", "an."},
    };
    S_ASSERT_ALL(MARKUP_XDXF, cases);
}

static void test_pango_and_powerword(void **state)
{
    (void)state;
    static const s_case_t pango[] = {
        {"<span color=\"#f00\">a</span>\n<b>b</b> &lt;c&gt;", "a\nb <c>"},
        {"<tr>a</tr>b", "ab"},
    };
    static const s_case_t powerword[] = {
        {"<CK><DC><![CDATA[Hot Dog]]></DC><YX><![CDATA[&b{n.} a &I{sausage}]]></YX></CK>",
         "n. a sausage"},
        {"<\xE5\x8D\x95\xE8\xAF\x8D><![CDATA[a]]></\xE5\x8D\x95\xE8\xAF\x8D><x>b &amp; c}</x>",
         "a\nb & c"},
        {"<a>hot dog</a>", "hot dog"},
    };
    S_ASSERT_ALL(MARKUP_PANGO, pango);
    S_ASSERT_ALL(MARKUP_POWERWORD, powerword);
}

static void test_mediawiki(void **state)
{
    (void)state;
    static const s_case_t cases[] = {
        {"== Noun ==\n'''a''' ''b'' c's", "Noun\na b c's"},
        {"[[a]] [[b|c]] [[d|e|f]] [http://x y z] [http://x] [1]", "a c f y z [1]"},
        {"a{{b|{{c}}|d}}e", "ae"},
        {"a {{b\n\nc", "a\nc"},
        {"[[File:x.png|[[y]] z]]a [[category:n]]b", "a b"},
        {"* a\n** b\n# c\n: d", "- a\n  - b\n- c\nd"},
        {"{| class=x\n|+ t\n! a !! b\n|-\n| c || d\n|}\ne", "t\na b\nc d\ne"},
        {"a<ref>b</ref><ref name=x/>c<br/>d ----\n----\ne", "ac\nd ----\ne"},
        {"== ==\n** a\n* b", "- a\n- b"}, /* found by fuzzing: the text began with blanks */
        {"a == b\n== \xE4\xB8\xAD ==\n[[\xE5\x9B\xBD", "a == b\n\xE4\xB8\xAD\n[[\xE5\x9B\xBD"},
    };
    S_ASSERT_ALL(MARKUP_MEDIAWIKI, cases);
}

static void test_entities(void **state)
{
    (void)state;
    static const s_case_t cases[] = {
        {"&amp;&lt;&gt;&quot;&apos;", "&<>\"'"},
        {"&eacute;&thetasym;&hearts;&Alpha;&zwnj;",
         "\xC3\xA9\xCF\x91\xE2\x99\xA5\xCE\x91\xE2\x80\x8C"},
        {"&#65;&#x42;&#X43;&#x1F600;&#233", "ABC\xF0\x9F\x98\x80\xC3\xA9"},
        {"&#146;&#x80;", "\xE2\x80\x99\xE2\x82\xAC"},
        {"&#0;&#xD800;&#x110000;&#99999999999999999999;",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"&nothing; &amp &; &#; &#x; &toolongname; &",
         "&nothing; &amp &; &#; &#x; &toolongname; &"},
        {"&amp;lt;", "&lt;"},
        {"a&#10;&#1;b", "a b"},
    };
    S_ASSERT_ALL(MARKUP_HTML, cases);
}

static void test_bytes_that_are_not_text(void **state)
{
    (void)state;
    s_assert(MARKUP_HTML,
             "a\xFF\xC3(\0\1\x7F"
             "b\xC2\x85"
             "c",
             11, "a\xEF\xBF\xBD\xEF\xBF\xBD(bc");
}

/* What would take hours in quadratic time: a million open elements, end tags of others, quotes that do not end. */
static void test_hostile_articles_take_linear_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "<a>", "</b>", "<li><ul>", "<script>",  "<!--", "<a '>'", "<",        "<a ",     "&",
        "[[",  "{{",   "=",        "<![CDATA[", "<k>",  "''''",   "[http://", "<pre> \n"};
    size_t room = (size_t)1 << 20;
    char *source = malloc(room);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t length = strlen(pieces[i]);
        size_t size = 0;
        for (; size + length <= room; size += length)
            memcpy(source + size, pieces[i], length);
        for (int kind = MARKUP_HTML; kind <= MARKUP_MEDIAWIKI; kind++) {
            text_buffer_t out = {0};
            assert_true(markup_to_text((markup_kind_t)kind, "a", 1, source, size, &out));
            text_buffer_free(&out);
        }
    }
    free(source);
}

static void test_too_long(void **state)
{
    (void)state;
    size_t size = FORMAT_TEXT_MAX + 1;
    char *source = malloc(size);
    memset(source, 'x', size);
    for (int kind = MARKUP_HTML; kind <= MARKUP_MEDIAWIKI; kind++) {
        text_buffer_t out = {0};
        assert_false(markup_to_text((markup_kind_t)kind, "a", 1, source, size, &out));
        out.size = 0;
        assert_true(markup_to_text((markup_kind_t)kind, "a", 1, source, size - 1, &out));
        assert_int_equal(out.size, FORMAT_TEXT_MAX);
        text_buffer_free(&out);
    }
    free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_xdxf),
        cmocka_unit_test(test_pango_and_powerword),
        cmocka_unit_test(test_mediawiki),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_bytes_that_are_not_text),
        cmocka_unit_test(test_hostile_articles_take_linear_time),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
