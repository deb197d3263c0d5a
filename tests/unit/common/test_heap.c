/* Linked with common/heap/free.c, as every program is. What was freed is read again, on purpose: glibc keeps it mapped. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <czmq.h>
#include <malloc.h>

#include "common/harden.h"

/* Past what the allocator itself writes into a free block: two links, and with large blocks two more. */
#define LINKS 32
#define BYTE  0xA7

/* The compiler knows what free means and would warn, or leave the reading out. */
static unsigned char *volatile s_block;

static bool s_is_clear(size_t size)
{
    for (size_t i = LINKS; i < size; i++)
        if (s_block[i] == BYTE)
            return false;
    return true;
}

static void s_fill(size_t size)
{
    s_block = malloc(size);
    assert_non_null(s_block);
    memset(s_block, BYTE, size);
}

static void test_free_wipes(void **state)
{
    (void)state;
    static const size_t sizes[] = {48, 200, 1000, 5000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        /* Behind it, so that the block does not melt into the unused rest of the heap and go to the kernel. */
        s_fill(sizes[i]);
        void *behind = malloc(64);
        free(s_block);
        assert_true(s_is_clear(sizes[i]));
        free(behind);
    }
    free(NULL);
}

static void test_realloc_wipes_what_it_leaves(void **state)
{
    (void)state;
    s_fill(500);
    void *behind = malloc(64);
    unsigned char *moved = realloc(s_block, 5000);
    assert_non_null(moved);
    assert_ptr_not_equal(moved, s_block);
    assert_true(s_is_clear(500));
    for (int i = 0; i < 500; i++)
        assert_int_equal(moved[i], BYTE);
    memset(moved, BYTE, 5000);
    s_block = moved;
    void *after = malloc(64);
    unsigned char *smaller = realloc(moved, 100);
    assert_ptr_equal(smaller, s_block);
    for (int i = 0; i < 100; i++)
        assert_int_equal(smaller[i], BYTE);
    for (int i = 100 + LINKS; i < 5000; i++)
        assert_int_not_equal(s_block[i], BYTE);
    free(smaller);
    free(behind);
    free(after);
}

static void test_large_blocks_live(void **state)
{
    (void)state;
    unsigned char *large = malloc(64 << 20);
    assert_non_null(large);
    large[0] = large[(64 << 20) - 1] = BYTE;
    unsigned char *larger = realloc(large, 96 << 20);
    assert_non_null(larger);
    assert_int_equal(larger[0], BYTE);
    unsigned char *small = realloc(larger, 100);
    assert_non_null(small);
    assert_int_equal(small[0], BYTE);
    free(small);
    void *aligned = NULL;
    assert_int_equal(posix_memalign(&aligned, 4096, 10000), 0);
    memset(aligned, BYTE, 10000);
    free(aligned);
}

/* A library's block goes the same way: this is what the whole is for. */
/* Bytes in memory: proc(5), statm, the second number, in pages. */
static long s_resident(void)
{
    long total = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &total, &pages), 2);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* Most of what is allocated for a connection is not. */
static void test_what_was_never_used_takes_no_memory(void **state)
{
    (void)state;
    enum { BLOCKS = 4000, SIZE = 16000 };
    static char *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(SIZE);
        assert_non_null(blocks[i]);
        blocks[i][0] = BYTE;
    }
    long before = s_resident();
    for (int i = 0; i < BLOCKS - 1; i++) /* the last one keeps the rest in the heap */
        free(blocks[i]);
    assert_true(s_resident() < before + (long)BLOCKS * SIZE / 8);
    free(blocks[BLOCKS - 1]);
}

static void test_libraries_free_the_same_way(void **state)
{
    (void)state;
    zmq_msg_t message;
    void *behind;
    assert_int_equal(zmq_msg_init_size(&message, 300), 0);
    s_block = zmq_msg_data(&message);
    memset(s_block, BYTE, 300);
    behind = malloc(64);
    zmq_msg_close(&message);
    assert_true(s_is_clear(300));
    free(behind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_free_wipes),
        cmocka_unit_test(test_realloc_wipes_what_it_leaves),
        cmocka_unit_test(test_large_blocks_live),
        cmocka_unit_test(test_what_was_never_used_takes_no_memory),
        cmocka_unit_test(test_libraries_free_the_same_way),
    };
    if (lex_harden_is_instrumented()) {
        print_message("[  SKIPPED ] a memory tool has its own free\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
