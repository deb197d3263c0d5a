#include "client/page.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/text_clean.h"
#include "client/wrap.h"

#define WIDTH_USUAL 80
#define WIDTH_MIN   20 /* narrower pages are wrapped as if they had this */

/* What the environment says of the terminal; the program's own locale is UTF-8 in any case. */
static bool s_is_utf8(void)
{
    locale_t environment = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool yes = environment && strcmp(nl_langinfo_l(CODESET, environment), "UTF-8") == 0;

    if (environment)
        freelocale(environment);
    return yes;
}

page_t page_new(FILE *out)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool is_terminal = isatty(fileno(out));

    return (page_t){
        .out = out,
        .is_terminal = is_terminal,
        .colours = is_terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0,
        .symbols = !is_terminal || s_is_utf8(),
    };
}

int page_width(const page_t *self)
{
    struct winsize size;

    if (!self->is_terminal)
        return 0;
    if (ioctl(fileno(self->out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col > WIDTH_MIN ? size.ws_col : WIDTH_MIN;
    return WIDTH_USUAL;
}

void page_print(const page_t *self, page_style_t style, const char *text)
{
    static const char *const codes[] = {"", "\033[1m", "\033[2m", "\033[31m"};
    bool styled = self->colours && style != PAGE_PLAIN;

    if (styled)
        fputs(codes[style], self->out);
    text_print(self->out, text);
    if (styled)
        fputs("\033[0m", self->out);
}

void page_wrap(const page_t *self, const char *text, int indent)
{
    wrap_text(self->out, text, page_width(self), indent);
}
