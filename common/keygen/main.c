#include <czmq.h>
#include <stdio.h>

#include "common/config.h"
#include "common/harden.h"
#include "common/keygen/keys.h"
#include "common/random.h"
#include "common/settings.h"

#define KEEP_HOURS_MAX 87600

static const lex_setting_t s_settings[] = {
    {"services", "NAMES", NULL, "worker: what it may serve, comma-separated"},
    {"calls", "NAMES", NULL, "worker: which services it may call, comma-separated"},
    {"keep", "HOURS", "24",
     "rotate token finish: refused until the switch is so long ago; longer than a session lasts"},
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
    rotate_step_t step;
    if (count == 1)
        return keys_make(lex_config_argument(config, 0), stdout) == 0 ? 0 : 1;
    if (count == 3 && streq(lex_config_argument(config, 0), "worker")) {
        int rc = keys_make_worker(lex_config_argument(config, 2), lex_config_argument(config, 1),
                                  s_list(config, "services"), s_list(config, "calls"), stdout);
        return rc == 0 ? 0 : 1;
    }
    if (count == 2 && streq(lex_config_argument(config, 0), "passwords"))
        return keys_renew_passwords(lex_config_argument(config, 1), stdout) == 0 ? 0 : 1;
    if (count == 4 && streq(lex_config_argument(config, 0), "rotate") &&
        rotate_step(lex_config_argument(config, 2), &step) == 0) {
        unsigned hours = (unsigned)lex_config_number(config, "keep", 0, KEEP_HOURS_MAX);
        int rc = keys_rotate(lex_config_argument(config, 3), lex_config_argument(config, 1), step,
                             hours, stdout);
        return rc == 0 ? 0 : 1;
    }
    fprintf(stderr, "lexmq-keygen: give a folder, or: worker NAME FOLDER, rotate WHAT "
                    "prepare|switch|finish FOLDER, passwords FOLDER (--help tells more)\n");
    return 2;
}

int main(int argc, char **argv)
{
    static const lex_program_t program = {
        .program = "lexmq-keygen",
        .summary =
            "Makes what is missing in a keys folder, and changes keys while everything runs.",
        .usage =
            "[OPTION]… FOLDER\n       lexmq-keygen worker NAME --services A,B [--calls C] FOLDER\n"
            "       lexmq-keygen rotate gateway|token|NAME prepare|switch|finish FOLDER\n"
            "       lexmq-keygen passwords FOLDER",
        .epilogue = "worker     makes a new certificate for one worker, in place of an old one\n"
                    "rotate     changes the key of the gateway, the key that signs sessions or the "
                    "key of a\n"
                    "           worker while everything runs; docs/operations.md says what to "
                    "restart when\n"
                    "passwords  new passwords for all database accounts; lexmq-migrate bootstrap "
                    "sets them\n",
        .settings = s_settings,
    };
    int exit_code = 0;
    lex_harden(LEX_FILES_PRIVATE);
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
