/* Certificates: a program's own secret one, the list of a gateway's public keys as a setting gives it, and two files in the folder
 * of the workers, parted by separators. */

#include "common/curve.h"
#include "common/log.h"
#include "gateway/certificates.h"
#include "tests/fuzz/fuzz_files.h"

/* The keys of a certificate that the folder took are known, and listed names are allowed. */
static void s_check_folder(const char *folder, const char *file)
{
    certificates_t *certificates = certificates_new(folder);
    FUZZ_CHECK(certificates);
    FUZZ_CHECK(!certificates_refresh(certificates));
    lex_curve_keys_t keys = {0};
    if (lex_curve_read_keys(file, &keys) == 0) {
        FUZZ_CHECK(keys.count >= 1 && keys.count <= LEX_CURVE_SERVER_KEYS_MAX);
        for (size_t i = 0; i < keys.count; i++)
            FUZZ_CHECK(certificates_know(certificates, keys.list[i]));
        certificates_allow(certificates, keys.list[0], CERTIFICATE_SERVICES, "lookup", 6);
        FUZZ_CHECK(!certificates_allow(certificates, keys.list[0], CERTIFICATE_CALLS, "", 0));
    }
    FUZZ_CHECK(!certificates_know(certificates, "") && !certificates_know(certificates, "x"));
    certificates_destroy(&certificates);
}

static void s_check_own(const char *path, const char *servers)
{
    lex_curve_t *curve = lex_curve_new_server(path);
    FUZZ_CHECK(!curve || strlen(lex_curve_public_key(curve)) == LEX_CURVE_KEY_SIZE - 1);
    lex_curve_destroy(&curve);
    curve = lex_curve_new(NULL, servers);
    FUZZ_CHECK(!curve || lex_curve_server_keys(curve) >= 1);
    lex_curve_destroy(&curve);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t part_size;
    fuzz_files_t files;
    lex_log_setup("fuzz", "error", "text");
    fuzz_files_open(&files);
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    const char *own = fuzz_files_add(&files, "own_secret", part, part_size);
    part = fuzz_part(&data, &size, &part_size);
    char *servers = strndup((const char *)part, part_size);
    /* Any path may be named in a setting, but none outside of our folder is of interest here. */
    s_check_own(own, strchr(servers, '/') ? own : servers);
    free(servers);
    part = fuzz_part(&data, &size, &part_size);
    fuzz_files_add(&files, "other.cert", data, size);
    s_check_folder(files.folder, fuzz_files_add(&files, "worker.cert", part, part_size));
    fuzz_files_close(&files);
    return 0;
}
