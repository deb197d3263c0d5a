#include "client/top_table.h"

#include <string.h>

#include "client/text_clean.h"

#define TEXT_WIDTH_MIN 7
#define TEXT_WIDTH_MAX 28
#define MARGIN         "  "

static const void *s_row(const top_table_t *table, size_t index)
{
    return table->rows + index * table->row_size;
}

static int s_text_width(const top_table_t *table, size_t index)
{
    int width = TEXT_WIDTH_MIN;

    for (size_t i = 0; i < table->count; i++) {
        int columns = text_columns(table->text(s_row(table, i), index));
        width = columns > width ? columns : width;
    }
    return width < TEXT_WIDTH_MAX ? width : TEXT_WIDTH_MAX;
}

/* The highest rank at which a row fits into `room`. */
static int s_rank_that_fits(const top_table_t *table, int room)
{
    for (int rank = TOP_RANK_MAX; rank > 0; rank--) {
        int width = 0;
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].rank <= rank)
                width += table->columns[i].width + 1;
        if (width <= room)
            return rank;
    }
    return 0;
}

void top_table(top_lines_t *lines, const top_table_t *table, bool has_rates, size_t shown,
               bool symbols)
{
    int widths[TOP_TEXTS_MAX] = {0};
    int used = (int)strlen(MARGIN);

    for (size_t i = 0; i < table->text_count; i++) {
        widths[i] = s_text_width(table, i);
        used += widths[i] + (i > 0);
    }
    int rank = s_rank_that_fits(table, lines->columns - used);
    for (size_t line = 0; line <= shown; line++) { /* 0: the headings */
        top_lines_put(lines, PAGE_PLAIN, MARGIN);
        for (size_t i = 0; i < table->text_count; i++) {
            const char *text = line ? table->text(s_row(table, line - 1), i) : table->texts[i];
            top_lines_put(lines, PAGE_PLAIN, i > 0 ? " " : "");
            top_lines_cell(lines, line ? PAGE_PLAIN : PAGE_DIM, text, widths[i], false);
        }
        for (size_t i = 0; i < table->column_count; i++) {
            const top_column_t *column = &table->columns[i];
            char cell[TOP_CELL_SIZE];
            if (column->rank > rank)
                continue;
            page_style_t style = PAGE_DIM;
            if (line)
                style = column->write(s_row(table, line - 1), has_rates, cell);
            const char *text = line ? cell : column->heading;
            if (*text == '\0' && i + 1 == table->column_count)
                break; /* no blanks at the end of a line */
            top_lines_put(lines, PAGE_PLAIN, " ");
            top_lines_cell(lines, style, text, column->width, true);
        }
        top_lines_end(lines);
    }
    if (shown < table->count) {
        top_lines_printf(lines, PAGE_DIM, MARGIN "%s %zu more %s", symbols ? "…" : "...",
                         table->count - shown, table->noun);
        top_lines_end(lines);
    }
}
