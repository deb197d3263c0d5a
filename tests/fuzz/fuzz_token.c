/* Session tokens from strangers, and the files of token keys and secrets.
 *
 * Parts: a token as it is; changes to a genuine token, in pairs of place and byte; a file of public keys; a file with a secret.
 * A token that differs from the genuine one in any byte must be refused. */

#include <sodium.h>

#include "common/log.h"
#include "common/random.h"
#include "common/secret.h"
#include "common/token_keys.h"
#include "tests/fuzz/fuzz_files.h"

typedef struct {
    lex_signer_t *signer;
    lex_verifier_t *verifier;
    lex_claims_t claims;
    unsigned char token[LEX_TOKEN_MAX];
    size_t size;
} s_genuine_t;

static s_genuine_t *s_genuine(void)
{
    static s_genuine_t self;
    if (self.signer)
        return &self;
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES],
        seed[crypto_sign_SEEDBYTES] = "the same key in each run";
    char public_hex[2 * sizeof public + 1], secret_hex[2 * sizeof secret + 1];
    fuzz_files_t files;
    lex_log_setup("fuzz", "error", "text");
    lex_random_setup();
    crypto_sign_seed_keypair(public, secret, seed);
    sodium_bin2hex(public_hex, sizeof public_hex, public, sizeof public);
    sodium_bin2hex(secret_hex, sizeof secret_hex, secret, sizeof secret);
    fuzz_files_open(&files);
    self.signer = lex_signer_new(fuzz_files_add(&files, "secret", secret_hex, strlen(secret_hex)));
    self.verifier =
        lex_verifier_new(fuzz_files_add(&files, "public", public_hex, strlen(public_hex)));
    FUZZ_CHECK(self.signer && self.verifier);
    fuzz_files_close(&files);
    self.claims =
        (lex_claims_t){.user = 7, .issued = 1700000000000, .expires = INT64_MAX, .name = "Ann"};
    self.size = lex_signer_sign(self.signer, &self.claims, self.token);
    return &self;
}

/* What is not genuine is refused, however it is asked for; the cache is filled, and asked again. */
static void s_check(const s_genuine_t *genuine, const uint8_t *token, size_t size)
{
    lex_claims_t claims;
    bool same = size == genuine->size && memcmp(token, genuine->token, size) == 0;
    lex_code_t expected = same ? LEX_OK : LEX_UNAUTHORIZED;
    FUZZ_CHECK(lex_verifier_check(genuine->verifier, token, size, 1, &claims) == expected);
    FUZZ_CHECK(lex_verifier_check_genuine(genuine->verifier, token, size, &claims) == expected);
    FUZZ_CHECK(!same || strcmp(claims.name, genuine->claims.name) == 0);
    if (lex_token_decode(token, size, &claims))
        FUZZ_CHECK(strlen(claims.name) <= LEX_TOKEN_NAME_MAX && claims.expires >= 0);
}

static void s_check_changed(const s_genuine_t *genuine, const uint8_t *changes, size_t size)
{
    unsigned char token[LEX_TOKEN_MAX];
    size_t token_size = genuine->size;
    memcpy(token, genuine->token, token_size);
    for (; size >= 2; changes += 2, size -= 2)
        token[changes[0] % token_size] ^= changes[1];
    s_check(genuine, token, token_size);
    if (size > 0)
        s_check(genuine, token, changes[0] < token_size ? changes[0] : token_size);
}

/* What revocation does to the genuine token: a verifier of its own, since it stays. */
static void s_check_keys(const s_genuine_t *genuine, fuzz_files_t *files, const uint8_t *data,
                         size_t size)
{
    lex_token_keys_t keys;
    lex_claims_t claims;
    const char *path = fuzz_files_add(files, "keys", data, size);
    if (lex_token_keys_load(&keys, path) != 0)
        return;
    FUZZ_CHECK(keys.count >= 1 && keys.count <= LEX_TOKEN_KEYS_MAX);
    lex_verifier_t *verifier = lex_verifier_new(path);
    FUZZ_CHECK(verifier);
    lex_code_t code = lex_verifier_check(verifier, genuine->token, genuine->size, 1, &claims);
    if (code == LEX_OK) {
        lex_verifier_revoke_user(verifier, 7, INT64_MAX, INT64_MAX);
        FUZZ_CHECK(lex_verifier_check(verifier, genuine->token, genuine->size, 1, &claims) !=
                   LEX_OK);
    }
    lex_verifier_destroy(&verifier);
}

static void s_check_secret(fuzz_files_t *files, const uint8_t *data, size_t size)
{
    const char *path = fuzz_files_add(files, "secret", data, size);
    char *secret = lex_secret_read(path);
    if (secret) {
        FUZZ_CHECK(*secret && strlen(secret) <= 4096 && !strchr(secret, '\n'));
        lex_secret_free(&secret);
    }
    lex_signer_t *signer = lex_signer_new(path);
    lex_signer_destroy(&signer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const s_genuine_t *genuine = s_genuine();
    size_t part_size;
    fuzz_files_t files;
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    lex_log_setup("fuzz", "error", "text");
    s_check(genuine, part, part_size);
    part = fuzz_part(&data, &size, &part_size);
    s_check_changed(genuine, part, part_size);
    fuzz_files_open(&files);
    part = fuzz_part(&data, &size, &part_size);
    s_check_keys(genuine, &files, part, part_size);
    s_check_secret(&files, data, size);
    fuzz_files_close(&files);
    return 0;
}
