/* The operations of auth: arguments from a stranger, rows from a database. */

#include "auth-svc/service.h"
#include "tests/fuzz/fuzz_database.h"
#include "tests/fuzz/fuzz_ops.h"

#define MEMORY 8192 /* the least that Argon2id takes: what it costs is not what is looked at */

static const ops_op_t s_ops[] = {
    {.service = "auth", .op = "register"}, {.service = "auth", .op = "login"},
    {.service = "auth", .op = "logout"},   {.service = "auth", .op = "whoami"},
    {.service = "auth", .op = "passwd"},   {.service = "auth", .op = "sessions"},
    {.service = "auth", .op = "revoke"},   {.service = "auth", .op = "delete"},
};

static ops_t *s_open(void)
{
    static ops_t self;
    static auth_t auth;
    static service_t service;
    static char hash[PASSWORD_HASH_SIZE];
    static const char password[] = "password";
    if (self.worker)
        return &self;
    ops_open(&self);
    passwords_t *passwords = passwords_new(1, MEMORY);
    FUZZ_CHECK(passwords && passwords_hash(passwords, password, strlen(password), hash) == 0);
    fuzz_answer_text = hash;
    auth = (auth_t){.passwords = passwords, .signer = self.signer, .session_ms = 3600000};
    lex_db_options_t database = {.hosts = "nowhere", .user = "nobody"};
    service = (service_t){.auth = &auth,
                          .verifier = self.verifier,
                          .connections = lex_db_pool_new(&database, 1),
                          .housekeeper = housekeeper_new(self.worker, &database)};
    service_serve(&service, self.worker);
    return &self;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ops_t *self = s_open();
    size_t part_size;
    const uint8_t *part = fuzz_part(&data, &size, &part_size);
    fuzz_answers = data;
    fuzz_answers_size = size;
    ops_run(self, s_ops, sizeof s_ops / sizeof *s_ops, part, part_size);
    return 0;
}
