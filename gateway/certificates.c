#include "gateway/certificates.h"

#include <czmq.h>
#include <dirent.h>
#include <sys/stat.h>

#include "common/curve.h"
#include "common/log.h"
#include "common/memory.h"

#define CERTIFICATES_MAX 10000 /* files read from the folder */
#define KEY_CHARACTERS   40

typedef struct {
    char *lists[2]; /* by certificate_list_t: comma-separated names */
} certificate_t;

struct certificates {
    char *folder;
    uint64_t fingerprint; /* of the names, sizes and times of its files */
    zhashx_t *by_key;     /* certificate_t by public key */
};

static void s_certificate_free(void **item)
{
    certificate_t *self = *item;
    free(self->lists[CERTIFICATE_SERVICES]);
    free(self->lists[CERTIFICATE_CALLS]);
    free(self);
    *item = NULL;
}

static zhashx_t *s_hash_new(void)
{
    zhashx_t *hash = zhashx_new();
    zhashx_set_destructor(hash, s_certificate_free);
    return hash;
}

/* Hidden files are somebody's temporary ones. */
static bool s_is_certificate(const char *name)
{
    size_t size = strlen(name);
    return name[0] != '.' && size > 5 && streq(name + size - 5, ".cert");
}

/* FNV-1a, continued from `hash`. */
static uint64_t s_mix(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *byte = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * 0x100000001b3u;
    return hash;
}

/* Calls `visit` for each certificate file. 0, or -1 with errno when the folder cannot be read. */
static int s_walk(const char *folder,
                  void (*visit)(void *arg, const char *path, struct stat *status), void *arg)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return -1;
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) && count < CERTIFICATES_MAX;) {
        struct stat status;
        if (!s_is_certificate(entry->d_name) ||
            fstatat(dirfd(directory), entry->d_name, &status, 0) == -1 || !S_ISREG(status.st_mode))
            continue;
        char *path = lex_format("%s/%s", folder, entry->d_name);
        visit(arg, path, &status);
        free(path);
        count++;
    }
    closedir(directory);
    return 0;
}

/* A sum, because the order in which a folder lists its files means nothing. */
static void s_add_fingerprint(void *arg, const char *path, struct stat *status)
{
    uint64_t *sum = arg;
    uint64_t hash = s_mix(0xcbf29ce484222325u, path, strlen(path));
    hash = s_mix(hash, &status->st_ino, sizeof status->st_ino);
    hash = s_mix(hash, &status->st_size, sizeof status->st_size);
    hash = s_mix(hash, &status->st_mtim, sizeof status->st_mtim);
    *sum += s_mix(hash, &status->st_ctim, sizeof status->st_ctim);
}

/* A file has two keys while one takes the place of the other. */
static void s_add(zhashx_t *by_key, const char *path, zconfig_t *root, const char *key)
{
    unsigned char binary[32];
    if (strlen(key) != KEY_CHARACTERS || !zmq_z85_decode(binary, key))
        lex_error("certificate %s is not usable: no public key in it", path);
    else if (zhashx_lookup(by_key, key))
        lex_error("certificate %s is ignored: another file has the same key", path);
    else {
        certificate_t *certificate = lex_calloc(1, sizeof *certificate);
        certificate->lists[CERTIFICATE_SERVICES] =
            lex_strdup(zconfig_get(root, "metadata/services", ""));
        certificate->lists[CERTIFICATE_CALLS] = lex_strdup(zconfig_get(root, "metadata/calls", ""));
        zhashx_insert(by_key, key, certificate);
    }
}

static void s_load(void *arg, const char *path, struct stat *status)
{
    (void)status;
    zhashx_t *by_key = arg;
    zconfig_t *root = lex_curve_load(path);
    zconfig_t *item = root ? lex_curve_next_key(root, NULL) : NULL;
    if (!item)
        lex_error("certificate %s is not usable: no public key in it", path);
    for (; item; item = lex_curve_next_key(root, item))
        s_add(by_key, path, root, zconfig_value(item));
    zconfig_destroy(&root);
}

bool certificates_refresh(certificates_t *self)
{
    static int64_t logged;
    uint64_t fingerprint = 0;
    if (s_walk(self->folder, s_add_fingerprint, &fingerprint) == -1 && errno != ENOENT) {
        if (lex_log_due(&logged, 10000))
            lex_error("certificates in %s cannot be read: %s", self->folder, strerror(errno));
        return false;
    }
    if (fingerprint == self->fingerprint)
        return false;
    zhashx_t *by_key = s_hash_new();
    if (s_walk(self->folder, s_load, by_key) == -1 && errno != ENOENT) {
        zhashx_destroy(&by_key);
        return false;
    }
    zhashx_destroy(&self->by_key);
    self->by_key = by_key;
    self->fingerprint = fingerprint;
    return true;
}

certificates_t *certificates_new(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory) {
        lex_error("certificates in %s cannot be read: %s", folder, strerror(errno));
        return NULL;
    }
    closedir(directory);
    certificates_t *self = lex_calloc(1, sizeof *self);
    self->folder = lex_strdup(folder);
    self->by_key = s_hash_new();
    certificates_refresh(self);
    return self;
}

void certificates_destroy(certificates_t **self_p)
{
    certificates_t *self = *self_p;
    if (self) {
        zhashx_destroy(&self->by_key);
        free(self->folder);
        free(self);
        *self_p = NULL;
    }
}

bool certificates_know(const certificates_t *self, const char *key)
{
    return zhashx_lookup(self->by_key, key) != NULL;
}

bool certificates_allow(const certificates_t *self, const char *key, certificate_list_t list,
                        const char *name, size_t size)
{
    const certificate_t *certificate = zhashx_lookup(self->by_key, key);
    const char *item = certificate ? certificate->lists[list] : "";
    while (*item) {
        item += strspn(item, ", ");
        size_t length = strcspn(item, ", ");
        if (length == size && memcmp(item, name, size) == 0)
            return size > 0;
        item += length;
    }
    return false;
}

size_t certificates_count(const certificates_t *self)
{
    return zhashx_size(self->by_key);
}
