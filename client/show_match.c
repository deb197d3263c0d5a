/* Matches, for people and for programs. */

#include <inttypes.h>

#include "client/machine.h"
#include "client/show.h"
#include "client/text_clean.h"

void show_measure_matches(show_match_columns_t *columns, const lexmq_matches_t *matches)
{
    for (size_t i = 0; i < matches->count; i++) {
        show_widen(&columns->word, matches->list[i].word);
        show_widen(&columns->dict, matches->list[i].dict);
        show_widen(&columns->rule, matches->list[i].rule);
    }
}

void show_match(const page_t *page, const show_match_columns_t *columns, const lexmq_match_t *match)
{
    bool more = match->distance >= 0 || match->rank > 0;

    show_column(page->out, match->word, columns->word);
    show_column(page->out, match->dict, columns->dict);
    if (more)
        show_column(page->out, match->rule, columns->rule);
    else
        text_print(page->out, match->rule);
    if (match->distance >= 0)
        fprintf(page->out, "distance %d%s", match->distance, match->rank > 0 ? "  " : "");
    if (match->rank > 0)
        fprintf(page->out, "rank %" PRIu32, match->rank);
    putc('\n', page->out);
}

void show_match_json(FILE *out, const lexmq_match_t *match)
{
    fputs("{\"word\":", out);
    json_string(out, match->word);
    fputs(",\"dict\":", out);
    json_string(out, match->dict);
    fputs(",\"rule\":", out);
    json_string(out, match->rule);
    if (match->distance >= 0)
        fprintf(out, ",\"distance\":%d", match->distance);
    if (match->rank > 0)
        fprintf(out, ",\"rank\":%" PRIu32, match->rank);
    fputs("}\n", out);
}
