/* Who may serve and call what, and who is let in at all (docs/protocol.md section 9). */

#include "tests/unit/gateway/unit.h"

#include <czmq.h>
#include <sys/stat.h>

#include "gateway/certificates.h"
#include "gateway/zap.h"

typedef struct {
    char folder[64];
    char key[ZAP_KEY_SIZE];
    unsigned char binary[32];
} folder_t;

/* Writes a file of the folder under another name and moves it there, as lexmq-keygen does. */
static void s_write(folder_t *self, const char *name, const char *text)
{
    char path[256], temporary[256];
    snprintf(path, sizeof path, "%s/%s", self->folder, name);
    snprintf(temporary, sizeof temporary, "%s/.%s.new", self->folder, name);
    FILE *file = fopen(temporary, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(rename(temporary, path), 0);
}

static void s_write_worker(folder_t *self, const char *name, const char *key, const char *services,
                           const char *calls)
{
    char text[1024];
    snprintf(text, sizeof text,
             "metadata\n    services = \"%s\"\n    calls = \"%s\"\ncurve\n"
             "    public-key = \"%s\"\n",
             services, calls, key);
    s_write(self, name, text);
}

static int s_set_up(void **state)
{
    folder_t *self = calloc(1, sizeof *self);
    char secret[ZAP_KEY_SIZE];
    strcpy(self->folder, "/tmp/lexmq-test-certificates-XXXXXX");
    assert_non_null(mkdtemp(self->folder));
    zmq_curve_keypair(self->key, secret);
    zmq_z85_decode(self->binary, self->key);
    *state = self;
    return 0;
}

static void s_remove(folder_t *self)
{
    /* Which zdir does not see. */
    char *hidden = zsys_sprintf("%s/.hidden.cert", self->folder);
    unlink(hidden);
    zstr_free(&hidden);
    zdir_t *folder = zdir_new(self->folder, NULL);
    if (folder)
        zdir_remove(folder, true);
    zdir_destroy(&folder);
    zsys_dir_delete("%s", self->folder);
}

static int s_tear_down(void **state)
{
    s_remove(*state);
    free(*state);
    return 0;
}

static bool s_allows(certificates_t *certificates, const char *key, certificate_list_t list,
                     const char *name)
{
    return certificates_allow(certificates, key, list, name, strlen(name));
}

static void test_lists(void **state)
{
    folder_t *self = *state;
    s_write_worker(self, "w.cert", self->key, "a, b.c,dd", "e");
    certificates_t *certificates = certificates_new(self->folder);
    assert_int_equal(certificates_count(certificates), 1);
    assert_true(certificates_know(certificates, self->key));
    const char *served[] = {"a", "b.c", "dd"};
    const char *not_served[] = {"", "b", "d", "ddd", "a,", "a, b.c", "e", " "};
    for (size_t i = 0; i < sizeof served / sizeof *served; i++)
        assert_true(s_allows(certificates, self->key, CERTIFICATE_SERVICES, served[i]));
    for (size_t i = 0; i < sizeof not_served / sizeof *not_served; i++)
        assert_false(s_allows(certificates, self->key, CERTIFICATE_SERVICES, not_served[i]));
    assert_true(s_allows(certificates, self->key, CERTIFICATE_CALLS, "e"));
    assert_false(s_allows(certificates, self->key, CERTIFICATE_CALLS, "a"));
    assert_false(s_allows(certificates, "", CERTIFICATE_SERVICES, "a"));
    certificates_destroy(&certificates);
    assert_null(certificates);
    certificates_destroy(&certificates);
}

/* While a worker changes its key, its file lists two. */
static void test_two_keys_in_one_file(void **state)
{
    folder_t *self = *state;
    char other[ZAP_KEY_SIZE], secret[ZAP_KEY_SIZE], both[256];
    zmq_curve_keypair(other, secret);
    snprintf(both, sizeof both, "%s\"\n    public-key = \"%s", self->key, other);
    s_write_worker(self, "w.cert", both, "a", "e");
    certificates_t *certificates = certificates_new(self->folder);
    assert_int_equal(certificates_count(certificates), 2);
    assert_true(s_allows(certificates, self->key, CERTIFICATE_SERVICES, "a"));
    assert_true(s_allows(certificates, other, CERTIFICATE_SERVICES, "a"));
    assert_true(s_allows(certificates, other, CERTIFICATE_CALLS, "e"));
    s_write_worker(self, "w.cert", other, "a", "e");
    assert_true(certificates_refresh(certificates));
    assert_false(certificates_know(certificates, self->key));
    certificates_destroy(&certificates);
}

static void test_changes_are_seen(void **state)
{
    folder_t *self = *state;
    certificates_t *certificates = certificates_new(self->folder);
    assert_false(certificates_know(certificates, self->key));
    assert_false(certificates_refresh(certificates));
    s_write_worker(self, "w.cert", self->key, "a", "");
    assert_true(certificates_refresh(certificates));
    assert_false(certificates_refresh(certificates));
    assert_true(s_allows(certificates, self->key, CERTIFICATE_SERVICES, "a"));
    s_write_worker(self, "w.cert", self->key, "b", ""); /* of the same size */
    assert_true(certificates_refresh(certificates));
    assert_false(s_allows(certificates, self->key, CERTIFICATE_SERVICES, "a"));
    assert_true(s_allows(certificates, self->key, CERTIFICATE_SERVICES, "b"));
    char path[256];
    snprintf(path, sizeof path, "%s/w.cert", self->folder);
    unlink(path);
    assert_true(certificates_refresh(certificates));
    assert_false(certificates_know(certificates, self->key));
    s_write_worker(self, "w.cert", self->key, "a", "");
    assert_true(certificates_refresh(certificates));
    s_remove(self);
    assert_true(certificates_refresh(certificates)); /* the whole folder is gone */
    assert_false(certificates_know(certificates, self->key));
    certificates_destroy(&certificates);
}

static void test_files_that_are_no_certificates(void **state)
{
    folder_t *self = *state;
    char path[256];
    s_write(self, "empty.cert", "");
    s_write(self, "noise.cert", "\x01\x02\x03 = = =\n\t\xff\n");
    s_write(self, "short.cert", "curve\n    public-key = \"abc\"\n");
    s_write_worker(self, "bad.cert", "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~", "a", "");
    s_write_worker(self, "w.cert_secret", self->key, "a", "");
    s_write_worker(self, ".hidden.cert", self->key, "a", "");
    s_write_worker(self, "w.txt", self->key, "a", "");
    snprintf(path, sizeof path, "%s/folder.cert", self->folder);
    mkdir(path, 0700);
    certificates_t *certificates = certificates_new(self->folder);
    assert_int_equal(certificates_count(certificates), 0);
    certificates_destroy(&certificates);
    assert_null(certificates_new("/nonexistent/folder"));
}

static void test_one_key_in_two_files_counts_once(void **state)
{
    folder_t *self = *state;
    s_write_worker(self, "a.cert", self->key, "a", "");
    s_write_worker(self, "b.cert", self->key, "b", "");
    certificates_t *certificates = certificates_new(self->folder);
    assert_int_equal(certificates_count(certificates), 1);
    certificates_destroy(&certificates);
}

static void test_zap_decisions(void **state)
{
    folder_t *self = *state;
    char user[ZAP_KEY_SIZE];
    certificates_t *certificates = certificates_new(self->folder);
    assert_string_equal(zap_decide(certificates, "front", "CURVE", self->binary, 32, user), "200");
    assert_string_equal(user, self->key);
    assert_string_equal(zap_decide(certificates, "back", "CURVE", self->binary, 32, user), "400");
    s_write_worker(self, "w.cert", self->key, "a", "");
    assert_string_equal(zap_decide(certificates, "back", "CURVE", self->binary, 32, user), "200");
    assert_string_equal(user, self->key);
    const char *domains[] = {"", "global", "Front", "front ", "back2"};
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
        assert_string_equal(zap_decide(certificates, domains[i], "CURVE", self->binary, 32, user),
                            "400");
    assert_string_equal(zap_decide(certificates, "front", "NULL", "", 0, user), "400");
    assert_string_equal(zap_decide(certificates, "front", "PLAIN", self->binary, 32, user), "400");
    assert_string_equal(zap_decide(certificates, "front", "CURVE", self->binary, 31, user), "400");
    certificates_destroy(&certificates);
}

int main(void)
{
    zsys_handler_set(NULL);
#define s_test(name) cmocka_unit_test_setup_teardown(name, s_set_up, s_tear_down)
    const struct CMUnitTest tests[] = {
        s_test(test_lists),
        s_test(test_two_keys_in_one_file),
        s_test(test_changes_are_seen),
        s_test(test_files_that_are_no_certificates),
        s_test(test_one_key_in_two_files_counts_once),
        s_test(test_zap_decisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
