/* How much longer than usual something may take before a test gives up waiting for it: more where a checker such as valgrind slows
 * the programs down. The Makefile sets it; tests/system has LEXMQ_TEST_PATIENCE. Limits that a test means to reach, and settings of the
 * program under test, are not multiplied. */

#ifndef TEST_PATIENCE
#define TEST_PATIENCE 1
#endif
