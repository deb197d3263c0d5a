/* Marked-up articles as plain text that a terminal can show.
 *
 * The rules:
 * - Tags go, their text stays. A block (p, div, h1, table row, dd…) stands on lines of its own, <br> and <hr> end a
 *   line, an item of a list begins with "- ", a list inside of a list is indented by two blanks.
 * - Blanks and line feeds become one blank in HTML, except inside of <pre>. In XDXF, Pango and MediaWiki line feeds end
 *   lines, as StarDict shows them. Lines are trimmed, at most one blank line stands in a row, the text is trimmed.
 * - script, style, head, audio, video, object, svg and XDXF's rref go with all that is in them; images and comments go.
 * - XDXF: <k> goes when it is the headword again (up to case and the like, lex_text_key).
 * - PowerWord: every element is a block; &b{…}, &I{…} and their like lose their marks; a first line that is the headword
 *   goes.
 * - MediaWiki: links become what they show, headings and lists lines; templates, files, references and quotes' marks go.
 * - Entities, by name (those of HTML 4) or number, become their characters, CDATA its text.
 *
 * The source may be any bytes: what is not UTF-8 becomes U+FFFD, control characters go. Everything is one pass without
 * recursion, in time proportional to the source; nothing is fetched and no entity is defined by an article.
 *
 * Not by libxml2: its HTML parser loses CDATA, takes XDXF's <tr> (a transcription) for a table's row and searches all
 * open elements at each end tag, so that a deep article takes hours; its XML parser drops what stands behind a fault
 * and knows no &nbsp;; and it would bring ICU into every image. */

#ifndef DICT_MARKUP_H
#define DICT_MARKUP_H

#include <stdbool.h>

#include "dict/text_buffer.h"

typedef enum {
    MARKUP_HTML,
    MARKUP_XDXF,
    MARKUP_PANGO,
    MARKUP_POWERWORD,
    MARKUP_MEDIAWIKI
} markup_kind_t;

/* Puts the text behind what is in `out`; it may come out empty. False when it would be longer than FORMAT_TEXT_MAX;
 * `out` then has a part of it. */
bool markup_to_text(markup_kind_t kind, const char *headword, size_t headword_size,
                    const char *source, size_t size, text_buffer_t *out);

#endif
