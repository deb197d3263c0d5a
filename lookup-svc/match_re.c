#include "lookup-svc/match_re.h"

#include <stdio.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/memory.h"
#include "common/text.h"
#include "common/utf8.h"

#define RE_NEST_MAX  50u    /* groups in groups; the compiler calls itself for each */
#define RE_HEAP_KIB  1024u  /* for one word */
#define RE_DEPTH_MAX 10000u /* frames of backtracking, without JIT */

struct match_re {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    bool jit;
};

void match_re_destroy(match_re_t **self_p)
{
    match_re_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    pcre2_match_data_free(self->data);
    pcre2_match_context_free(self->context);
    pcre2_code_free(self->code);
    free(self);
}

/* The pattern itself may only lower the limits, by (*LIMIT_MATCH=…) and its like. */
static pcre2_match_context *s_limits(void)
{
    pcre2_match_context *context = lex_allocated(pcre2_match_context_create(NULL));
    pcre2_set_depth_limit(context, RE_DEPTH_MAX);
    pcre2_set_heap_limit(context, RE_HEAP_KIB);
    return context;
}

match_re_t *match_re_new(const char *pattern, size_t size, char *why, size_t max)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = lex_allocated(pcre2_compile_context_create(NULL));
    pcre2_set_parens_nest_limit(context, RE_NEST_MAX);
    /* \C could stop in the middle of a character. */
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, size,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS |
                                         PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY,
                                     &error, &offset, context);
    pcre2_compile_context_free(context);
    if (!code) {
        char message[128];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
        snprintf(why, max, "%s at byte %zu", message, (size_t)offset);
        return NULL;
    }
    match_re_t *self = lex_calloc(1, sizeof *self);
    self->code = code;
    self->data = lex_allocated(pcre2_match_data_create(1, NULL));
    self->context = s_limits();
    /* Where the system gives no memory that can be executed, the interpreter does it. */
    self->jit = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
    return self;
}

int match_re_test(const match_re_t *self, const char *word, size_t size)
{
    /* PCRE2 must not see what is not UTF-8, and its own check takes longer. */
    if (lex_utf8_ascii(word, size) != size && !lex_text_is_utf8(word, size))
        return 0;
    /* PCRE2 counts anew from each byte on where a match may begin. */
    pcre2_set_match_limit(self->context, MATCH_RE_STEPS / (uint32_t)(size + 1));
    int rc = self->jit ? pcre2_jit_match(self->code, (PCRE2_SPTR)word, size, 0, 0, self->data,
                                         self->context)
                       : pcre2_match(self->code, (PCRE2_SPTR)word, size, 0, PCRE2_NO_UTF_CHECK,
                                     self->data, self->context);
    /* 0 says that it matched and that there is no room for all the groups, which nobody asked for. */
    if (rc >= 0)
        return 1;
    return rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
