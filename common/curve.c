#include "common/curve.h"

#include <sodium.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/secret.h"

#define KEY_BYTES      32
#define KEY_CHARACTERS (LEX_CURVE_KEY_SIZE - 1)
#define FILE_MAX       65536

struct lex_curve {
    char public_key[LEX_CURVE_KEY_SIZE];
    char secret_key[LEX_CURVE_KEY_SIZE];
    lex_curve_keys_t server_keys; /* none for a server */
};

/* Copies 40 characters that are a key in Z85. */
static bool s_copy_key(char out[LEX_CURVE_KEY_SIZE], const char *text)
{
    unsigned char binary[KEY_BYTES];
    bool is_good = text && strlen(text) == KEY_CHARACTERS && zmq_z85_decode(binary, text);
    if (is_good)
        memcpy(out, text, LEX_CURVE_KEY_SIZE);
    sodium_memzero(binary, sizeof binary);
    return is_good;
}

/* Not zconfig_load, which leaks when a file is no ZPL. */
zconfig_t *lex_curve_load(const char *certificate)
{
    zchunk_t *text = zchunk_slurp(certificate, FILE_MAX);
    zconfig_t *root = text ? zconfig_chunk_load(text) : NULL;
    if (text)
        sodium_memzero(zchunk_data(text), zchunk_size(text));
    zchunk_destroy(&text);
    return root;
}

int lex_curve_read_public(const char *certificate, char key[LEX_CURVE_KEY_SIZE])
{
    zconfig_t *root = lex_curve_load(certificate);
    bool is_good = root && s_copy_key(key, zconfig_get(root, "curve/public-key", NULL));
    if (!root)
        lex_error("certificate %s cannot be read", certificate);
    else if (!is_good)
        lex_error("certificate %s has no usable public key", certificate);
    zconfig_destroy(&root);
    return is_good ? 0 : -1;
}

zconfig_t *lex_curve_next_key(zconfig_t *root, zconfig_t *last)
{
    zconfig_t *curve = last ? NULL : zconfig_locate(root, "curve");
    zconfig_t *item = last ? zconfig_next(last) : curve ? zconfig_child(curve) : NULL;
    while (item && !streq(zconfig_name(item), "public-key"))
        item = zconfig_next(item);
    return item;
}

bool lex_curve_has_key(const lex_curve_keys_t *keys, const char *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (streq(keys->list[i], key))
            return true;
    return false;
}

/* True when it is a key and is there now. */
static bool s_add_key(lex_curve_keys_t *keys, const char *text)
{
    char key[LEX_CURVE_KEY_SIZE];
    if (!s_copy_key(key, text))
        return false;
    if (lex_curve_has_key(keys, key))
        return true;
    if (keys->count == LEX_CURVE_SERVER_KEYS_MAX)
        return false;
    memcpy(keys->list[keys->count++], key, sizeof key);
    return true;
}

int lex_curve_read_keys(const char *certificate, lex_curve_keys_t *keys)
{
    zconfig_t *root = lex_curve_load(certificate);
    zconfig_t *item = root ? lex_curve_next_key(root, NULL) : NULL;
    bool is_good = item != NULL;
    for (; item && is_good; item = lex_curve_next_key(root, item))
        is_good = s_add_key(keys, zconfig_value(item));
    if (!root)
        lex_error("certificate %s cannot be read", certificate);
    else if (!is_good)
        lex_error("certificate %s has no usable public key, or more than %d", certificate,
                  LEX_CURVE_SERVER_KEYS_MAX);
    zconfig_destroy(&root);
    return is_good ? 0 : -1;
}

/* lex_secret_read knows who may read a secret's file; the text of a certificate's first line is of
 * no use here. */
static bool s_is_private(const char *path)
{
    char *line = lex_secret_read(path);
    bool is_private = line != NULL;
    if (line)
        lex_secret_free(&line);
    return is_private;
}

/* The secret half, and that it belongs to the public half. */
static bool s_read_secret(lex_curve_t *self, const char *certificate)
{
    char derived[LEX_CURVE_KEY_SIZE];
    zconfig_t *root = lex_curve_load(certificate);
    char *secret = root ? zconfig_get(root, "curve/secret-key", NULL) : NULL;
    bool is_good = s_copy_key(self->secret_key, secret) &&
                   zmq_curve_public(derived, self->secret_key) == 0 &&
                   streq(derived, self->public_key);
    if (!is_good)
        lex_error("certificate %s has no secret key that belongs to its public key", certificate);
    if (secret)
        sodium_memzero(secret, strlen(secret));
    zconfig_destroy(&root);
    return is_good;
}

static bool s_load_own(lex_curve_t *self, const char *certificate)
{
    if (certificate)
        return s_is_private(certificate) &&
               lex_curve_read_public(certificate, self->public_key) == 0 &&
               s_read_secret(self, certificate);
    if (zmq_curve_keypair(self->public_key, self->secret_key) == 0)
        return true;
    lex_error("certificate cannot be made: libzmq was built without CURVE");
    return false;
}

lex_curve_t *lex_curve_new_server(const char *certificate)
{
    lex_curve_t *self = lex_secret_new(sizeof *self);
    if (!s_load_own(self, certificate))
        lex_curve_destroy(&self);
    return self;
}

/* A path of forty characters can look like a key in Z85, so a file that is there goes first. */
static bool s_load_server(lex_curve_keys_t *keys, const char *server)
{
    if (access(server, F_OK) == -1 && s_add_key(keys, server))
        return true;
    return lex_curve_read_keys(server, keys) == 0;
}

/* A comma is no letter of Z85; a file that has one in its name must stand alone. */
static bool s_load_servers(lex_curve_keys_t *keys, const char *servers)
{
    if (!strchr(servers, ',') || access(servers, F_OK) == 0)
        return s_load_server(keys, servers);
    bool is_good = true;
    for (const char *at = servers; *at && is_good;) {
        at += strspn(at, ", ");
        size_t size = strcspn(at, ",");
        while (size > 0 && at[size - 1] == ' ')
            size--;
        char *server = lex_strndup(at, size);
        is_good = size == 0 || s_load_server(keys, server);
        free(server);
        at += size + strspn(at + size, ", ");
    }
    if (is_good && keys->count == 0)
        lex_error("certificate of the gateway: none is named in \"%s\"", servers);
    return is_good && keys->count > 0;
}

lex_curve_t *lex_curve_new(const char *certificate, const char *server)
{
    lex_curve_t *self = lex_secret_new(sizeof *self);
    if (!s_load_servers(&self->server_keys, server) || !s_load_own(self, certificate))
        lex_curve_destroy(&self);
    return self;
}

void lex_curve_destroy(lex_curve_t **self_p)
{
    sodium_free(*self_p); /* which wipes */
    *self_p = NULL;
}

void lex_curve_apply_key(const lex_curve_t *self, zsock_t *socket, unsigned index)
{
    if (!self)
        return;
    zsock_set_curve_secretkey(socket, self->secret_key);
    zsock_set_curve_publickey(socket, self->public_key);
    if (self->server_keys.count > 0)
        zsock_set_curve_serverkey(socket, self->server_keys.list[index % self->server_keys.count]);
    else
        zsock_set_curve_server(socket, 1);
}

void lex_curve_apply(const lex_curve_t *self, zsock_t *socket)
{
    lex_curve_apply_key(self, socket, 0);
}

unsigned lex_curve_server_keys(const lex_curve_t *self)
{
    return self ? (unsigned)self->server_keys.count : 0;
}

const char *lex_curve_public_key(const lex_curve_t *self)
{
    return self->public_key;
}
