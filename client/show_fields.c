/* What dictionaries say of a word beside its explanation, in words. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/show.h"
#include "client/text_clean.h"
#include "common/memory.h"

#define STARS_MAX 5
#define NAMES_MAX 5 /* headwords that the way to them names */

/* A line of items, gathered to be wrapped as one. */
typedef struct {
    FILE *out;
    char *text;
    size_t size;
    const char *separator;
    bool begun;
} s_line_t;

static void s_begin(s_line_t *self, const char *separator)
{
    *self = (s_line_t){.separator = separator};
    self->out = lex_allocated(open_memstream(&self->text, &self->size));
}

/* Makes room for an item, which the caller writes to self->out. */
static FILE *s_item(s_line_t *self)
{
    if (self->begun)
        fputs(self->separator, self->out);
    self->begun = true;
    return self->out;
}

/* An item behind a word that says what it is. The word "" says nothing. */
static void s_name(s_line_t *self, const char *what, const char *text)
{
    fprintf(s_item(self), "%s%s", what, *what ? " " : "");
    text_print(self->out, text);
}

static void s_end(s_line_t *self, const page_t *page, int indent)
{
    fclose(self->out);
    if (self->begun)
        page_wrap(page, self->text, indent);
    free(self->text);
}

static void s_piece(FILE *out, const char *text, size_t size)
{
    char *piece = lex_strndup(text, size);

    text_print(out, piece);
    free(piece);
}

/* A class with its share, "n:46" as "n 46%"; without the share when it is `alone`; anything else as it is. */
static void s_show_class(FILE *out, const char *class, size_t size, bool alone)
{
    size_t name = strcspn(class, ":/");
    size_t digits = name < size ? strspn(class + name + 1, "0123456789") : 0;
    bool is_share = name > 0 && digits > 0 && name + 1 + digits == size;

    s_piece(out, class, is_share ? name : size);
    if (is_share && !alone)
        fprintf(out, " %.*s%%", (int)digits, class + name + 1);
}

/* "n:46/v:54" as "n 46%, v 54%". */
static void s_show_pos(s_line_t *line, const char *pos)
{
    bool alone = !strchr(pos, '/'), first = true;

    while (*pos) {
        size_t size = strcspn(pos, "/");
        if (size > 0 && first)
            s_item(line);
        else if (size > 0)
            fputs(", ", line->out);
        if (size > 0)
            s_show_class(line->out, pos, size, alone);
        first = first && size == 0;
        pos += size + (pos[size] == '/');
    }
}

static void s_show_stars(s_line_t *line, bool symbols, uint32_t stars)
{
    FILE *out = s_item(line);

    for (uint32_t i = 0; i < stars && i < STARS_MAX; i++)
        fputs(symbols ? "★" : "*", out);
}

static void s_show_number(s_line_t *line, const char *what, uint32_t number)
{
    if (number > 0)
        fprintf(s_item(line), "%s %" PRIu32, what, number);
}

static void s_show_details(const page_t *page, const lexmq_entry_t *entry, int indent)
{
    s_line_t line;

    s_begin(&line, "  ");
    s_show_pos(&line, entry->pos ? entry->pos : "");
    if (entry->collins > 0)
        s_show_stars(&line, page->symbols, entry->collins);
    for (size_t i = 0; i < entry->tag_count; i++)
        s_name(&line, "", entry->tags[i]);
    s_show_number(&line, "Oxford", entry->oxford > 0 ? 3000 : 0);
    s_show_number(&line, "BNC rank", entry->bnc_rank);
    s_show_number(&line, "modern rank", entry->modern_rank);
    s_show_number(&line, "frequency", entry->frequency);
    s_end(&line, page, indent);
}

/* What a letter of `forms` says, NULL when it is not for people: 1 only says which form of 0 the word is. */
static const char *s_form_name(char code)
{
    static const struct {
        char code;
        const char *name;
    } names[] = {
        {'p', "past"},         {'d', "past participle"}, {'i', "present participle"},
        {'3', "third person"}, {'r', "comparative"},     {'t', "superlative"},
        {'s', "plural"},       {'0', "form of"},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == code)
            return names[i].name;
    return NULL;
}

static void s_show_forms(const page_t *page, const char *forms, int indent)
{
    s_line_t line;

    s_begin(&line, ", ");
    while (*forms) {
        size_t size = strcspn(forms, "/");
        const char *name = size > 2 && forms[1] == ':' ? s_form_name(forms[0]) : NULL;
        if (name) {
            fprintf(s_item(&line), "%s ", name);
            s_piece(line.out, forms + 2, size - 2);
        }
        forms += size + (forms[size] == '/');
    }
    s_end(&line, page, indent);
}

static void s_show_aliases(const page_t *page, const lexmq_entry_t *entry, int indent)
{
    s_line_t line;

    s_begin(&line, ", ");
    for (size_t i = 0; i < entry->alias_count; i++)
        s_name(&line, i == 0 ? "also" : "", entry->aliases[i]);
    s_end(&line, page, indent);
}

void show_fields(const page_t *page, const lexmq_entry_t *entry, int indent)
{
    s_line_t line;

    s_show_details(page, entry, indent);
    s_show_forms(page, entry->forms ? entry->forms : "", indent);
    s_show_aliases(page, entry, indent);
    s_begin(&line, "");
    if (entry->audio && *entry->audio)
        s_name(&line, "audio", entry->audio);
    s_end(&line, page, indent);
}

/* The first headwords of the entries, each once. Returns how many; more than NAMES_MAX: there are others. */
static size_t s_headwords(const lexmq_definition_t *word, const char *names[NAMES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < word->entry_count && count <= NAMES_MAX; i++) {
        const char *headword = word->entries[i].headword;
        bool known = false;
        for (size_t at = 0; at < count && !known; at++)
            known = strcmp(names[at], headword) == 0;
        if (known)
            continue;
        if (count < NAMES_MAX)
            names[count] = headword;
        count++;
    }
    return count;
}

void show_way(const page_t *page, const lexmq_definition_t *word)
{
    const char *names[NAMES_MAX];
    s_line_t line;

    if (!word->rule || strcmp(word->rule, "exact") == 0)
        return;
    size_t count = s_headwords(word, names);
    s_begin(&line, "");
    s_name(&line, "", word->word);
    fputs(page->symbols ? " → " : " -> ", line.out);
    for (size_t i = 0; i < count && i < NAMES_MAX; i++) {
        fputs(i > 0 ? ", " : "", line.out);
        text_print(line.out, names[i]);
    }
    fputs(count > NAMES_MAX ? ", ... (" : " (", line.out);
    text_print(line.out, word->rule);
    putc(')', line.out);
    s_end(&line, page, 0);
}
