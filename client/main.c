/* lexmq: the Lexmq client for terminals and scripts. */

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "client/command.h"
#include "client/screen.h"
#include "common/harden.h"

/* Lines are edited by the character, so libedit must know that ours are UTF-8, also where nobody has set a locale. */
static void s_set_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv)
{
    int code;

    lex_harden(LEX_FILES_PRIVATE);
    s_set_locale();
    options_t *options = options_new(argc, argv, &code);
    if (!options)
        return client_finish(code);
    if (options->argument_count > 0)
        code = command_run(options);
    else if (options->given)
        code = client_say(EXIT_USAGE, "--%s needs a command; lexmq --help lists them",
                          options_name(options->given));
    else
        code = screen_run(options);
    options_destroy(&options);
    return code;
}
