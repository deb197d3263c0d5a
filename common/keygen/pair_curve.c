#include <czmq.h>
#include <sodium.h>

#include "common/curve.h"
#include "common/keygen/files.h"
#include "common/keygen/pairs.h"
#include "common/log.h"
#include "common/memory.h"

typedef int(s_save_fn)(zcert_t *certificate, const char *path);

static int s_save(zcert_t *certificate, s_save_fn *save, const char *path, mode_t mode)
{
    char *temporary = keygen_temporary(path);
    int rc = -1;
    if (save(certificate, temporary) == 0)
        rc = keygen_move(temporary, path, mode);
    else
        lex_error("file %s: cannot be written", temporary);
    free(temporary);
    return rc;
}

static void s_set_metadata(zcert_t *certificate, const char *services, const char *calls)
{
    if (services)
        zcert_set_meta(certificate, "services", "%s", services);
    if (calls)
        zcert_set_meta(certificate, "calls", "%s", calls);
}

static int s_make_secret(const char *path, const char *services, const char *calls)
{
    zcert_t *certificate = zcert_new();
    if (!certificate) {
        lex_error("certificate %s: libzmq was built without CURVE", path);
        return -1;
    }
    s_set_metadata(certificate, services, calls);
    int rc = s_save(certificate, zcert_save_secret, path, KEYGEN_SECRET_MODE);
    sodium_memzero((void *)zcert_secret_key(certificate), 32);
    sodium_memzero((void *)zcert_secret_txt(certificate), 40);
    zcert_destroy(&certificate);
    return rc;
}

/* The public key of a good secret certificate. */
static int s_read_secret(const char *path, char key[LEX_CURVE_KEY_SIZE])
{
    lex_curve_t *curve = lex_curve_new_server(path);
    if (!curve)
        return -1;
    memcpy(key, lex_curve_public_key(curve), LEX_CURVE_KEY_SIZE);
    lex_curve_destroy(&curve);
    return 0;
}

static int s_make_public(const char *path, const char *key, const char *services, const char *calls)
{
    unsigned char public_key[32];
    unsigned char no_secret[32] = {0};
    zmq_z85_decode(public_key, key);
    zcert_t *certificate = zcert_new_from(public_key, no_secret);
    s_set_metadata(certificate, services, calls);
    int rc = s_save(certificate, zcert_save_public, path, KEYGEN_PUBLIC_MODE);
    zcert_destroy(&certificate);
    return rc;
}

/* The file may list several keys. */
static bool s_belong_together(const char *secret, const char *public, const char *key)
{
    lex_curve_keys_t keys = {0};
    if (lex_curve_read_keys(public, &keys) == -1)
        return false;
    if (lex_curve_has_key(&keys, key))
        return true;
    lex_error("certificate %s is not the public half of %s", public, secret);
    return false;
}

pair_outcome_t pair_make_curve(const char *secret, const char *public, const char *services,
                               const char *calls, bool replace)
{
    int outcome = PAIR_COMPLETE;
    char key[LEX_CURVE_KEY_SIZE];
    bool has_public = !replace && keygen_exists(public);
    if (replace || !keygen_exists(secret)) {
        if (has_public) {
            lex_error("certificate %s is there without its secret %s: restore or remove it", public,
                      secret);
            return PAIR_FAILED;
        }
        if (s_make_secret(secret, services, calls) == -1)
            return PAIR_FAILED;
        outcome |= PAIR_MADE_SECRET;
    }
    if (s_read_secret(secret, key) == -1)
        return PAIR_FAILED;
    if (has_public)
        return s_belong_together(secret, public, key) ? outcome : PAIR_FAILED;
    if (s_make_public(public, key, services, calls) == -1)
        return PAIR_FAILED;
    return outcome | PAIR_MADE_PUBLIC;
}

static int s_make_next(const char *path)
{
    return s_make_secret(path, NULL, NULL);
}

static char *s_public_of(const char *secret)
{
    char key[LEX_CURVE_KEY_SIZE];
    return s_read_secret(secret, key) == 0 ? lex_strdup(key) : NULL;
}

static int s_list(const char *public, char **keys, size_t max)
{
    lex_curve_keys_t found = {0};
    if (lex_curve_read_keys(public, &found) == -1)
        return -1;
    size_t count = found.count < max ? found.count : max;
    for (size_t i = 0; i < count; i++)
        keys[i] = lex_strdup(found.list[i]);
    return (int)count;
}

/* As zcert writes it, which knows of one key only. Quotes are no letters of Z85, and none of a service's name (keys.h). */
static int s_write(const char *public, char *const *keys, size_t count)
{
    zconfig_t *root = lex_curve_load(public);
    char *services = root ? zconfig_get(root, "metadata/services", NULL) : NULL;
    char *calls = root ? zconfig_get(root, "metadata/calls", NULL) : NULL;
    char *text = lex_format(
        "#   ZeroMQ CURVE public certificate: not secret. The first key is in use; any other is\n"
        "#   accepted while the key changes.\nmetadata\n%s%s%s%s%s%scurve\n",
        services ? "    services = \"" : "", services ? services : "", services ? "\"\n" : "",
        calls ? "    calls = \"" : "", calls ? calls : "", calls ? "\"\n" : "");
    for (size_t i = 0; i < count; i++) {
        char *longer = lex_format("%s    public-key = \"%s\"\n", text, keys[i]);
        free(text);
        text = longer;
    }
    int rc = keygen_write(public, KEYGEN_PUBLIC_MODE, text, strlen(text));
    free(text);
    zconfig_destroy(&root);
    return rc;
}

const pair_kind_t pair_curve = {s_make_next, s_public_of, s_list, s_write};
