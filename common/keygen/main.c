#include <czmq.h>
#include <stdio.h>

#include "common/config.h"
#include "common/keygen/keys.h"
#include "common/random.h"
#include "common/settings.h"

static const lex_setting_t s_settings[] = {
    {"services", "NAMES", NULL, "worker: what it may serve, comma-separated"},
    {"calls", "NAMES", NULL, "worker: which services it may call, comma-separated"},
    LEX_LOG_SETTINGS,
    {NULL, NULL, NULL, NULL},
};

static const char *s_list(const lex_config_t *config, const char *name)
{
    const char *list = lex_config_get(config, name);
    return list ? list : "";
}

static int s_run(const lex_config_t *config)
{
    int count = lex_config_arguments(config);
    if (count == 1)
        return keys_make(lex_config_argument(config, 0), stdout) == 0 ? 0 : 1;
    if (count == 3 && streq(lex_config_argument(config, 0), "worker")) {
        int rc = keys_make_worker(lex_config_argument(config, 2), lex_config_argument(config, 1),
                                  s_list(config, "services"), s_list(config, "calls"), stdout);
        return rc == 0 ? 0 : 1;
    }
    fprintf(stderr, "lexmq-keygen: give a folder, or: worker NAME FOLDER (--help tells more)\n");
    return 2;
}

int main(int argc, char **argv)
{
    static const lex_program_t program = {
        .program = "lexmq-keygen",
        .summary = "Makes what is missing in a keys folder; never overwrites.",
        .usage =
            "[OPTION]… FOLDER\n       lexmq-keygen worker NAME --services A,B [--calls C] FOLDER",
        .epilogue =
            "The second form makes a new certificate for one worker, in place of an old one.",
        .settings = s_settings,
    };
    int exit_code = 0;
    zsys_handler_set(NULL);
    lex_config_t *config = lex_config_new(&program, argc, argv, &exit_code);
    if (!config)
        return exit_code;
    lex_settings_log(config, program.program);
    lex_random_setup();
    exit_code = s_run(config);
    lex_config_destroy(&config);
    return exit_code;
}
