#include "client/usage.h"

#include <stddef.h>

static const lex_setting_t s_settings[] = {
    {"gateway", "A,B", NULL,
     "gateways, HOST:PORT each, tried in order [where logged in, else 127.0.0.1:5555]"},
    {"server-key", "KEYS", NULL,
     "the gateways' public key or certificate file, or several with commas between [gateway.cert, "
     "see below]"},
    {"insecure", NULL, NULL, "no encryption, for gateways started with --insecure"},
    {"timeout", "S", "10", "seconds a request may take with all its tries"},
    {"session", "FILE", NULL, "where the login is kept [~/.local/state/lexmq/session]"},
    {NULL, NULL, NULL, NULL},
};

static const char s_usage[] = "[OPTION]… [COMMAND [ARGUMENT]…]";

static const char s_epilogue[] =
    "Commands, with their own options; without a command lexmq asks what to do:\n"
    "  register NAME [--field KEY=VALUE]... [--password-stdin]\n"
    "                     make an account and stay logged in\n"
    "  login NAME [--password-stdin]\n"
    "  logout\n"
    "  whoami [--json]\n"
    "  passwd [--password-stdin]\n"
    "                     change the password; the old and the new one, a line each\n"
    "  delete-account [--password-stdin]\n"
    "  sessions [--json]  where the account is logged in\n"
    "  revoke ID          end one of these sessions\n"
    "  lookup [--dict D] [--json] WORD... | -\n"
    "                     look words up; - reads them from the standard input, one a line\n"
    "  suggest PREFIX [--limit N] [--dict D] [--json]\n"
    "                     words that begin with PREFIX\n"
    "  match PATTERN [--strategy S] [--limit N | --all] [--dict D] [--tag T]... [--collins N]\n"
    "      [--max-rank N] [--sort word|rank] [--distance N] [--skip N] [--count N] [--json]\n"
    "                     words that match PATTERN [--limit 20]; with all of these tags, at least\n"
    "                     N Collins stars, at most that rank by frequency\n"
    "  history [--last N | --all] [--json | --csv]\n"
    "                     what was looked up, newest last [--last 10]\n"
    "  history clear      forget it\n"
    "  dicts [--json]     the dictionaries\n"
    "  status [--json]    how the gateways, their services and workers are\n"
    "  top [--interval SECONDS] [--once | --batch N]\n"
    "                     the same live, keys: q s w space ? 1-9; --batch: N looks as plain text\n"
    "  help               print this\n"
    "\n"
    "Strategies of match; a PATTERN with * or ? is a wildcard unless another is named, any\n"
    "other one a prefix:\n"
    "  exact      the word itself, accents and letter case aside\n"
    "  prefix     words that begin with it\n"
    "  nprefix    the same; --skip passes over some, --count says how many follow\n"
    "  suffix     words that end with it\n"
    "  substring  words that have it anywhere\n"
    "  word       phrases of which it is a word\n"
    "  first      phrases of which it is the first word\n"
    "  last       phrases of which it is the last word\n"
    "  wildcard   * is any characters, ? is one; \\* and \\? are themselves\n"
    "  re         a regular expression as in Perl, anywhere in the word\n"
    "  soundex    words that sound alike in English\n"
    "  lev        words that are one edit away, or two with --distance 2\n"
    "  reading    Chinese words by their pinyin, with tones or without\n"
    "  text       words that have all of these words in their explanation, best first\n"
    "\n"
    "Passwords are asked for without echo, or come as lines of the standard input with\n"
    "--password-stdin. Settings are read from --config, else $LEXMQ_CONFIG, else\n"
    "~/.config/lexmq/client.zpl, else /etc/lexmq/client.zpl; gateway.cert is looked for in\n"
    "~/.config/lexmq, then in /etc/lexmq.\n"
    "\n"
    "Exit: 0 done or found, 1 a word was not found or nothing matches, 2 usage, 3 not logged in\n"
    "or refused, 4 gateway unreachable or timed out, 5 fault of the server.";

static const lex_program_t s_program = {
    .program = "lexmq",
    .summary = "Looks words up in the dictionaries of a Lexmq server.",
    .usage = s_usage,
    .epilogue = s_epilogue,
    .settings = s_settings,
};

const lex_program_t *usage_program(void)
{
    return &s_program;
}

void usage_print(void)
{
    char name[] = "lexmq", help[] = "--help";
    char *argv[] = {name, help, NULL};
    int ignored;
    lex_config_t *config = lex_config_new(usage_program(), 2, argv, &ignored);

    lex_config_destroy(&config);
}
