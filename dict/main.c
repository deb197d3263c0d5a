/* lexmq-dict: puts dictionaries into the database and takes them out. */

#include <czmq.h>

#include "common/config.h"
#include "common/harden.h"
#include "common/random.h"
#include "common/settings.h"
#include "dict/commands.h"
#include "dict/interrupt.h"

int main(int argc, char **argv)
{
    int code = EXIT_DONE;
    lex_harden(LEX_FILES_USUAL); /* an export is for whoever asked for it */
    lex_config_t *config = lex_config_new(&commands_program, argc, argv, &code);
    if (!config)
        return code;
    zsys_handler_set(NULL);
    lex_settings_log(config, commands_program.program);
    lex_random_setup();
    interrupt_setup();
    code = commands_run(config);
    lex_config_destroy(&config);
    return code;
}
