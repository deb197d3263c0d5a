/* lexmq-lookup: the worker that looks words up. This file only wires its parts together. */

#include <czmq.h>

#include "common/config.h"
#include "common/harden.h"
#include "common/random.h"
#include "common/revocation.h"
#include "common/settings.h"
#include "lookup-svc/catalogue.h"
#include "lookup-svc/database_source.h"
#include "lookup-svc/folder.h"
#include "lookup-svc/recorder.h"
#include "lookup-svc/service.h"
#include "lookup-svc/sync.h"
#include "lookup-svc/watch.h"

#define TIME_MAX_MS       3600000
#define JOURNAL_BYTES_MIN (1 << 20)
#define JOURNAL_BYTES_MAX (INT64_C(1) << 40)

static const lex_setting_t s_settings[] = {
    LEX_LOG_SETTINGS,
    LEX_WATCH_SETTINGS,
    LEX_SANDBOX_SETTINGS,
    LEX_DB_SETTINGS("lexmq_lookup"),
    LEX_WORKER_SETTINGS("2"),
    {"token-keys", "FILE", NULL, "public keys of the session tokens"},
    {"index-dir", "DIR", NULL, "folder of the dictionary indexes, shared by the workers of a host"},
    {"poll", "MS", "1000", "interval between looks for new versions and revoked sessions"},
    {"record-wait", "MS", "250", "longest time that a reply is held for the history"},
    {"journal-dir", "DIR", NULL,
     "folder for records that the history did not take in time; none: lost"},
    {"journal-bytes", "BYTES", "67108864", "most bytes of the journal"},
    {NULL, NULL, NULL, NULL}};

static const lex_program_t s_program = {
    .program = "lexmq-lookup",
    .summary = "Looks words up in the dictionaries of Lexmq and has every look-up recorded.",
    .settings = s_settings};

/* Patterns that users send are compiled to code by PCRE2. */
static const lex_settings_needs_t s_needs = {
    .reads = (const char *const[]){"token-keys", "certificate", "gateway-certificate",
                                   "db-password-file", NULL},
    .writes = (const char *const[]){"index-dir", "journal-dir", NULL},
    .makes_code = true,
};

typedef struct {
    lex_verifier_t *verifier;
    lex_worker_t *worker;
    lex_revocation_t *revocation;
    recorder_t *recorder;
    catalogue_t *catalogue;
    folder_t *folder;
    database_source_t *database;
    source_t source;
    sync_t *sync;
    service_t service;
    watch_t watch;
} s_parts_t;

/* What may fail, in this order. */
static int s_prepare(s_parts_t *self, const lex_config_t *config,
                     const lex_worker_options_t *worker)
{
    self->verifier = lex_verifier_new(lex_config_require(config, "token-keys"));
    if (self->verifier)
        self->folder = folder_new(lex_config_require(config, "index-dir"));
    if (self->folder)
        self->worker = lex_worker_new(worker);
    return self->worker ? 0 : -1;
}

/* A worker that does not know its dictionaries yet would only turn requests away that another one can answer. */
static bool s_is_known(void *arg)
{
    snapshot_t *snapshot = catalogue_acquire(arg);
    bool known = snapshot != NULL;
    snapshot_destroy(&snapshot);
    return known;
}

static void s_start(s_parts_t *self, const lex_config_t *config, const lex_db_options_t *database)
{
    recorder_options_t recorder = {
        .wait_ms = (unsigned)lex_config_number(config, "record-wait", 1, TIME_MAX_MS),
        .journal_dir = lex_config_get(config, "journal-dir"),
        .journal_bytes = (uint64_t)lex_config_number(config, "journal-bytes", JOURNAL_BYTES_MIN,
                                                     JOURNAL_BYTES_MAX)};
    int poll_ms = (int)lex_config_number(config, "poll", 10, TIME_MAX_MS);
    self->revocation = lex_revocation_new(database, self->verifier, poll_ms);
    self->recorder = recorder_new(self->worker, &recorder);
    self->catalogue = catalogue_new();
    self->database = database_source_new(database);
    self->source = database_source(self->database);
    self->sync = sync_new(self->catalogue, self->folder, &self->source, poll_ms);
    self->service = (service_t){.catalogue = self->catalogue, .recorder = self->recorder};
    lex_worker_set_verifier(self->worker, self->verifier);
    lex_worker_serve(self->worker, service_table(), &self->service);
    lex_worker_open_when(self->worker, s_is_known, self->catalogue);
    self->watch = (watch_t){.catalogue = self->catalogue,
                            .recorder = self->recorder,
                            .sync = self->sync,
                            .revocation = self->revocation};
    lex_worker_inspect(self->worker, watch_inspect, &self->watch);
}

/* The worker goes before what its handlers use, except the recorder, which uses the worker. */
static void s_destroy(s_parts_t *self)
{
    sync_destroy(&self->sync);
    lex_revocation_destroy(&self->revocation);
    recorder_destroy(&self->recorder);
    lex_worker_destroy(&self->worker);
    database_source_destroy(&self->database);
    catalogue_destroy(&self->catalogue);
    folder_destroy(&self->folder);
    lex_verifier_destroy(&self->verifier);
}

int main(int argc, char **argv)
{
    int rc = 0;
    lex_harden(LEX_FILES_PRIVATE);
    lex_config_t *config = lex_config_new(&s_program, argc, argv, &rc);
    if (!config)
        return rc;
    zsys_handler_set(NULL);
    lex_settings_log(config, s_program.program);
    lex_settings_watch(config);
    lex_settings_seal(config, &s_needs);
    lex_random_setup();
    lex_worker_options_t worker = lex_settings_worker(config);
    lex_db_options_t database = lex_settings_db(config, "lexmq_dict");
    s_parts_t parts = {0};
    rc = s_prepare(&parts, config, &worker);
    if (rc == 0) {
        s_start(&parts, config, &database);
        rc = lex_worker_run(parts.worker);
    }
    s_destroy(&parts);
    lex_config_destroy(&config);
    return rc == 0 ? 0 : 1;
}
