#include "common/keygen/keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/keygen/files.h"
#include "common/keygen/pairs.h"
#include "common/log.h"
#include "common/mdp.h"
#include "common/memory.h"

#define PASSWORD_CHARACTERS 32 /* of 64 kinds: 192 bits */
#define WORKER_NAME_MAX     32

typedef struct {
    const char *folder;
    FILE *out;
} s_place_t;

static char *s_path(const s_place_t *place, const char *name)
{
    return lex_format("%s/%s", place->folder, name);
}

static void s_say(const s_place_t *place, const char *path)
{
    fprintf(place->out, "made %s\n", path);
}

static int s_folder(const s_place_t *place, const char *name, mode_t mode)
{
    char *path = s_path(place, name);
    int rc = keygen_folder(path, mode);
    if (rc == 1)
        s_say(place, path);
    free(path);
    return rc == -1 ? -1 : 0;
}

static int s_password(const s_place_t *place, const char *name, bool replace)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    _Static_assert(sizeof alphabet - 1 == 64, "a character is six random bits");
    char *path = s_path(place, name);
    int rc = 0;
    if (replace || !keygen_exists(path)) {
        unsigned char text[PASSWORD_CHARACTERS + 1];
        randombytes_buf(text, PASSWORD_CHARACTERS);
        for (int i = 0; i < PASSWORD_CHARACTERS; i++)
            text[i] = (unsigned char)alphabet[text[i] & 63];
        text[PASSWORD_CHARACTERS] = '\n';
        rc = keygen_write(path, KEYGEN_SECRET_MODE, text, sizeof text);
        sodium_memzero(text, sizeof text);
        if (rc == 0)
            s_say(place, path);
    }
    free(path);
    return rc;
}

static int s_say_pair(const s_place_t *place, pair_outcome_t outcome, char *secret, char *public)
{
    if (outcome > 0 && outcome & PAIR_MADE_SECRET)
        s_say(place, secret);
    if (outcome > 0 && outcome & PAIR_MADE_PUBLIC)
        s_say(place, public);
    free(secret);
    free(public);
    return outcome == PAIR_FAILED ? -1 : 0;
}

static int s_gateway(const s_place_t *place)
{
    char *secret = s_path(place, "gateway/gateway.cert_secret");
    char *public = s_path(place, "public/gateway.cert");
    return s_say_pair(place, pair_make_curve(secret, public, NULL, NULL, false), secret, public);
}

static int s_token(const s_place_t *place)
{
    char *secret = s_path(place, "auth/token.secret");
    char *public = s_path(place, "public/token.public");
    return s_say_pair(place, pair_make_token(secret, public), secret, public);
}

static int s_worker(const s_place_t *place, const char *name, const char *services,
                    const char *calls, bool replace)
{
    char *secret = lex_format("%s/%s/curve.cert_secret", place->folder, name);
    char *public = lex_format("%s/gateway/workers/%s.cert", place->folder, name);
    return s_say_pair(place, pair_make_curve(secret, public, services, calls, replace), secret,
                      public);
}

/* What docs/protocol.md lets each of our workers serve and call. */
static int s_workers(const s_place_t *place)
{
    if (s_worker(place, "auth", "auth", "history.erase", false) == -1 ||
        s_worker(place, "lookup", "lookup", "history.record", false) == -1)
        return -1;
    return s_worker(place, "history", "history,history.record,history.erase", "", false);
}

static int s_passwords(const s_place_t *place, bool replace)
{
    static const char *const names[] = {"auth/db.password", "lookup/db.password",
                                        "history/db.password", "import/db.password",
                                        "migrate/db.password"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (s_password(place, names[i], replace) == -1)
            return -1;
    return 0;
}

static int s_folders(const s_place_t *place)
{
    static const char *const closed[] = {"gateway", "gateway/workers", "auth",   "lookup",
                                         "history", "import",          "migrate"};
    if (s_folder(place, "public", KEYGEN_OPEN_MODE) == -1)
        return -1;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (s_folder(place, closed[i], KEYGEN_CLOSED_MODE) == -1)
            return -1;
    return 0;
}

/* The folder itself can be entered by everybody, for public/; what is secret lies in folders that cannot. Returns the lock. */
static int s_open(const s_place_t *place)
{
    int rc = keygen_folder(place->folder, KEYGEN_OPEN_MODE);
    if (rc == 1)
        s_say(place, place->folder);
    return rc == -1 ? -1 : keygen_lock(place->folder);
}

int keys_make(const char *folder, FILE *out)
{
    s_place_t place = {folder, out};
    mode_t mask = umask(0077);
    int lock = s_open(&place);
    bool is_good = lock != -1 && s_folders(&place) == 0 && s_gateway(&place) == 0 &&
                   s_workers(&place) == 0 && s_token(&place) == 0 &&
                   s_passwords(&place, false) == 0;
    if (lock != -1)
        close(lock);
    umask(mask);
    return is_good ? 0 : -1;
}

int keys_make_worker(const char *folder, const char *name, const char *services, const char *calls,
                     FILE *out)
{
    s_place_t place = {folder, out};
    if (!keys_is_worker_name(name)) {
        lex_error("worker name %s is not allowed: 1-32 of a-z 0-9 - _, not a folder of another use",
                  name);
        return -1;
    }
    if (!keys_is_service_list(services) || !*services || !keys_is_service_list(calls)) {
        lex_error("worker %s: --services and --calls are service names with commas between them",
                  name);
        return -1;
    }
    mode_t mask = umask(0077);
    int lock = s_open(&place);
    bool is_good = lock != -1 && s_folder(&place, "gateway", KEYGEN_CLOSED_MODE) == 0 &&
                   s_folder(&place, "gateway/workers", KEYGEN_CLOSED_MODE) == 0 &&
                   s_folder(&place, name, KEYGEN_CLOSED_MODE) == 0 &&
                   s_worker(&place, name, services, calls, true) == 0;
    if (lock != -1)
        close(lock);
    umask(mask);
    return is_good ? 0 : -1;
}

static int s_rotate(const s_place_t *place, const char *what, rotate_step_t step, unsigned hours)
{
    bool is_gateway = strcmp(what, "gateway") == 0, is_token = strcmp(what, "token") == 0;
    char *secret = is_gateway ? s_path(place, "gateway/gateway.cert_secret")
                   : is_token ? s_path(place, "auth/token.secret")
                              : lex_format("%s/%s/curve.cert_secret", place->folder, what);
    char *next = is_gateway ? s_path(place, "gateway/gateway-next.cert_secret")
                 : is_token ? s_path(place, "auth/token-next.secret")
                            : lex_format("%s/%s/curve-next.cert_secret", place->folder, what);
    char *public = is_gateway ? s_path(place, "public/gateway.cert")
                   : is_token ? s_path(place, "public/token.public")
                              : lex_format("%s/gateway/workers/%s.cert", place->folder, what);
    rotate_pair_t pair = {secret, next, public, is_token ? hours : 0};
    int rc = rotate_pair(is_token ? &pair_token : &pair_curve, &pair, step, place->out);
    free(secret);
    free(next);
    free(public);
    return rc;
}

int keys_rotate(const char *folder, const char *what, rotate_step_t step, unsigned keep_hours,
                FILE *out)
{
    s_place_t place = {folder, out};
    if (strcmp(what, "gateway") != 0 && strcmp(what, "token") != 0 && !keys_is_worker_name(what)) {
        lex_error("there is no key of %s: gateway, token, or a worker's name", what);
        return -1;
    }
    mode_t mask = umask(0077);
    int lock = keygen_lock(folder); /* must be there: a change begins with what is in use */
    int rc = lock != -1 ? s_rotate(&place, what, step, keep_hours) : -1;
    if (lock != -1)
        close(lock);
    umask(mask);
    return rc;
}

int keys_renew_passwords(const char *folder, FILE *out)
{
    s_place_t place = {folder, out};
    mode_t mask = umask(0077);
    int lock = keygen_lock(folder); /* must be there: a change begins with what is in use */
    int rc = lock != -1 ? s_passwords(&place, true) : -1;
    if (lock != -1)
        close(lock);
    umask(mask);
    return rc;
}

bool keys_is_worker_name(const char *name)
{
    static const char *const taken[] = {"public", "gateway", "import", "migrate", "token"};
    size_t size = strlen(name);
    if (size < 1 || size > WORKER_NAME_MAX || name[0] == '-' || name[0] == '_' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != size)
        return false;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(name, taken[i]) == 0)
            return false;
    return true;
}

bool keys_is_service_list(const char *list)
{
    if (!*list)
        return true;
    for (;; list++) {
        size_t size = strcspn(list, ",");
        if (size < 1 || size > MDP_SERVICE_MAX)
            return false;
        for (size_t i = 0; i < size; i++)
            /* A quote would end the value in the certificate. */
            if (list[i] < 0x21 || list[i] > 0x7e || list[i] == '"' || list[i] == '\'')
                return false;
        list += size;
        if (!*list)
            return true;
    }
}
