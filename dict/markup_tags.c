#include "dict/markup_tags.h"

#include <stdlib.h>
#include <string.h>

#define HTML  (1u << MARKUP_HTML | 1u << MARKUP_MEDIAWIKI)
#define XDXF  (1u << MARKUP_XDXF)
#define WIKI  (1u << MARKUP_MEDIAWIKI)
#define PANGO (1u << MARKUP_PANGO)
#define ALL   (HTML | XDXF | PANGO)

typedef struct {
    const char *name;
    unsigned kinds; /* XDXF's <tr> is a transcription, HTML's a row */
    tag_t tag;
} s_rule_t;

/* Sorted by name. */
static const s_rule_t s_rules[] = {
    {"address", HTML, TAG_BLOCK}, {"ar", XDXF, TAG_BLOCK},      {"article", HTML, TAG_BLOCK},
    {"aside", HTML, TAG_BLOCK},   {"audio", ALL, TAG_GONE},     {"blockquote", ALL, TAG_BLOCK},
    {"body", HTML, TAG_BLOCK},    {"br", ALL, TAG_LINE},        {"caption", HTML, TAG_BLOCK},
    {"center", HTML, TAG_BLOCK},  {"dd", HTML, TAG_BLOCK},      {"def", XDXF, TAG_BLOCK},
    {"details", HTML, TAG_BLOCK}, {"div", ALL, TAG_BLOCK},      {"dl", HTML, TAG_BLOCK},
    {"dt", HTML, TAG_BLOCK},      {"ex", XDXF, TAG_BLOCK},      {"figure", HTML, TAG_BLOCK},
    {"footer", HTML, TAG_BLOCK},  {"form", HTML, TAG_BLOCK},    {"gallery", WIKI, TAG_GONE},
    {"h1", ALL, TAG_BLOCK},       {"h2", ALL, TAG_BLOCK},       {"h3", ALL, TAG_BLOCK},
    {"h4", ALL, TAG_BLOCK},       {"h5", ALL, TAG_BLOCK},       {"h6", ALL, TAG_BLOCK},
    {"head", HTML, TAG_GONE},     {"header", HTML, TAG_BLOCK},  {"hr", ALL, TAG_BLOCK},
    {"k", XDXF, TAG_KEY},         {"li", ALL, TAG_ITEM},        {"main", HTML, TAG_BLOCK},
    {"nav", HTML, TAG_BLOCK},     {"object", ALL, TAG_GONE},    {"ol", ALL, TAG_LIST},
    {"p", ALL, TAG_BLOCK},        {"pre", ALL, TAG_EXACT},      {"ref", WIKI, TAG_GONE},
    {"rref", XDXF, TAG_GONE},     {"script", ALL, TAG_GONE},    {"section", HTML, TAG_BLOCK},
    {"style", ALL, TAG_GONE},     {"summary", HTML, TAG_BLOCK}, {"svg", ALL, TAG_GONE},
    {"table", HTML, TAG_BLOCK},   {"td", HTML, TAG_CELL},       {"template", HTML, TAG_GONE},
    {"textarea", HTML, TAG_GONE}, {"th", HTML, TAG_CELL},       {"tr", HTML, TAG_BLOCK},
    {"ul", ALL, TAG_LIST},        {"video", ALL, TAG_GONE},
};

#define RULES (sizeof(s_rules) / sizeof(s_rules[0]))
_Static_assert(RULES <= TAGS_MAX, "every rule has a place");

static int s_compare(const void *key, const void *item)
{
    return strcmp(key, ((const s_rule_t *)item)->name);
}

tag_t tag_find(markup_kind_t kind, const char *name, size_t *place)
{
    if (kind == MARKUP_POWERWORD)
        return TAG_BLOCK;
    const s_rule_t *rule = bsearch(name, s_rules, RULES, sizeof(s_rules[0]), s_compare);
    if (!rule || !(rule->kinds & 1u << kind))
        return TAG_INLINE;
    *place = (size_t)(rule - s_rules);
    return rule->tag;
}
