/* What a program writes to standard error, for tests of what it logs. */

#ifndef CAPTURE_H
#define CAPTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Standard error goes to a file for the length of a test. */
typedef struct {
    FILE *file;
    int kept;
    char text[1 << 20];
} capture_t;

static inline capture_t *capture_begin(void)
{
    capture_t *self = calloc(1, sizeof *self);

    self->file = tmpfile();
    assert_non_null(self->file);
    self->kept = dup(STDERR_FILENO);
    dup2(fileno(self->file), STDERR_FILENO);
    return self;
}

static inline char *capture_end(capture_t *self)
{
    dup2(self->kept, STDERR_FILENO);
    close(self->kept);
    rewind(self->file);
    size_t size = fread(self->text, 1, sizeof self->text - 1, self->file);
    self->text[size] = '\0';
    fclose(self->file);
    return self->text;
}

#endif
