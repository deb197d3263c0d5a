/* A scratch folder that all tests of a program share: s_scratch, for cmocka_run_group_tests with s_setup and s_teardown. */

#ifndef LEXMQ_TESTS_DICT_SCRATCH_FIXTURE_H
#define LEXMQ_TESTS_DICT_SCRATCH_FIXTURE_H

#include "tests/unit/dict/scratch.h"

static scratch_t s_scratch;

static int s_setup(void **state)
{
    (void)state;
    scratch_open(&s_scratch);
    return 0;
}

static int s_teardown(void **state)
{
    (void)state;
    scratch_close(&s_scratch);
    return 0;
}

#endif
