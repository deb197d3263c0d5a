#include "common/keygen/rotate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/keygen/files.h"
#include "common/log.h"
#include "common/memory.h"

#define LISTED_MAX 8

typedef struct {
    const pair_kind_t *kind;
    const rotate_pair_t *pair;
    char *current; /* the public key of the secret in use */
    char *next;    /* of the next one; NULL when there is none */
    char *listed[LISTED_MAX];
    size_t count;
    FILE *out;
} s_work_t;

int rotate_step(const char *name, rotate_step_t *step)
{
    static const char *const names[] = {"prepare", "switch", "finish"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) {
            *step = (rotate_step_t)i;
            return 0;
        }
    return -1;
}

static int s_read(s_work_t *self)
{
    self->current = self->kind->public_of(self->pair->secret);
    if (!self->current)
        return -1;
    if (keygen_exists(self->pair->next)) {
        self->next = self->kind->public_of(self->pair->next);
        if (!self->next)
            return -1;
    }
    int count = self->kind->list(self->pair->public, self->listed, LISTED_MAX);
    if (count == -1)
        return -1;
    self->count = (size_t)count;
    return 0;
}

static void s_close(s_work_t *self)
{
    free(self->current);
    free(self->next);
    for (size_t i = 0; i < self->count; i++)
        free(self->listed[i]);
}

static bool s_is_listed(const s_work_t *self, const char *key)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcasecmp(self->listed[i], key) == 0)
            return true;
    return false;
}

/* The key in use, and the others that are listed or `other`. */
static int s_write(s_work_t *self, char *other, bool keep)
{
    char *keys[LISTED_MAX + 2];
    size_t count = 0;
    keys[count++] = self->current;
    for (size_t i = 0; keep && i < self->count; i++)
        if (strcasecmp(self->listed[i], self->current) != 0)
            keys[count++] = self->listed[i];
    if (other && !s_is_listed(self, other))
        keys[count++] = other;
    if (self->kind->write(self->pair->public, keys, count) == -1)
        return -1;
    fprintf(self->out, "%s lists %zu key%s\n", self->pair->public, count, count == 1 ? "" : "s");
    return 0;
}

static int s_prepare(s_work_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->listed[i], self->current) != 0 &&
            (!self->next || strcmp(self->listed[i], self->next) != 0)) {
            lex_error("file %s lists a key of an earlier change: finish that first",
                      self->pair->public);
            return -1;
        }
    if (!self->next) {
        if (self->kind->make_secret(self->pair->next) == -1)
            return -1;
        fprintf(self->out, "made %s\n", self->pair->next);
        self->next = self->kind->public_of(self->pair->next);
        if (!self->next)
            return -1;
    }
    return s_write(self, self->next, true);
}

static int s_switch(s_work_t *self)
{
    if (!self->next && self->count < 2) {
        lex_error("there is no %s: prepare comes before switch", self->pair->next);
        return -1;
    }
    if (self->next) {
        if (!s_is_listed(self, self->next)) {
            lex_error("file %s does not list the key of %s: prepare comes before switch",
                      self->pair->public, self->pair->next);
            return -1;
        }
        if (keygen_move(self->pair->next, self->pair->secret, KEYGEN_SECRET_MODE) == -1)
            return -1;
        fprintf(self->out, "%s is the new key\n", self->pair->secret);
        free(self->current);
        self->current = self->next;
        self->next = NULL;
    }
    return s_write(self, NULL, true);
}

/* Whole hours since the switch, which made the file what it is: a rename leaves its time of change. */
static double s_hours(const char *secret)
{
    struct stat status;
    if (stat(secret, &status) == -1)
        return 0;
    return difftime(time(NULL), status.st_ctime) / 3600;
}

static int s_finish(s_work_t *self)
{
    if (self->next) {
        lex_error("%s was prepared and never switched to: switch first, or remove it",
                  self->pair->next);
        return -1;
    }
    if (self->count > 1 && s_hours(self->pair->secret) < self->pair->keep_hours) {
        lex_error("the key was switched less than %u hours ago, and what the old one signed may "
                  "still be in use (--keep tells how long to wait)",
                  self->pair->keep_hours);
        return -1;
    }
    return s_write(self, NULL, false);
}

int rotate_pair(const pair_kind_t *kind, const rotate_pair_t *pair, rotate_step_t step, FILE *out)
{
    static int (*const steps[])(s_work_t *) = {s_prepare, s_switch, s_finish};
    s_work_t work = {.kind = kind, .pair = pair, .out = out};
    int rc = s_read(&work);
    if (rc == 0)
        rc = steps[step](&work);
    s_close(&work);
    return rc;
}
