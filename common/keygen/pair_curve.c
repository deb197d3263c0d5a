#include <czmq.h>
#include <sodium.h>

#include "common/curve.h"
#include "common/keygen/files.h"
#include "common/keygen/pairs.h"
#include "common/log.h"

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

static bool s_belong_together(const char *secret, const char *public, const char *key)
{
    char other[LEX_CURVE_KEY_SIZE];
    if (lex_curve_read_public(public, other) == -1)
        return false;
    if (streq(key, other))
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
