/* What libzmq holds for a connection, from numbers of the kernel and of the loop. */

#include "tests/unit/gateway/unit.h"

#include "gateway/backlog.h"

typedef struct {
    backlog_t backlog;
    backlog_sample_t now;
} s_link_t;

static s_link_t s_link(void)
{
    s_link_t link = {.now = {.taken = 1000, .given = 5000}}; /* of an older connection */
    backlog_begin(&link.backlog, link.now.taken, link.now.given, 0);
    return link;
}

/* A second passes: so much comes and so much of it is taken. */
static uint64_t s_unread(s_link_t *link, uint64_t comes, uint64_t is_taken, bool is_dry)
{
    link->now.received += comes;
    link->now.taken += is_taken;
    link->now.was_dry = is_dry;
    backlog_look(&link->backlog, &link->now);
    return link->backlog.unread;
}

static uint64_t s_unsent(s_link_t *link, uint64_t is_given, uint64_t is_acked, bool is_all_acked)
{
    link->now.given += is_given;
    link->now.acked += is_acked;
    link->now.is_all_acked = is_all_acked;
    backlog_look(&link->backlog, &link->now);
    return link->backlog.unsent;
}

static void test_what_is_not_taken_is_unread(void **state)
{
    (void)state;
    s_link_t link = s_link();
    assert_int_equal(s_unread(&link, 100, 100, false), 0);
    assert_int_equal(s_unread(&link, 700, 0, false), 700);
    assert_int_equal(s_unread(&link, 300, 0, false), 1000);
    assert_int_equal(s_unread(&link, 0, 600, false), 400);
}

static void test_late_messages_of_the_last_connection(void **state)
{
    (void)state;
    s_link_t link = s_link();
    assert_int_equal(s_unread(&link, 100, 900, false), 0);
    assert_int_equal(s_unread(&link, 500, 0, false), 500); /* they count no further */
}

static void test_heartbeats_are_forgotten_with_a_message(void **state)
{
    (void)state;
    s_link_t link = s_link();
    for (int i = 0; i < 10; i++)
        s_unread(&link, 50, 0, true);
    assert_int_equal(link.backlog.unread, 500);
    /* Of the last two looks and this one. */
    assert_int_equal(s_unread(&link, 70, 20, true), 120);
    assert_int_equal(s_unread(&link, 0, 0, true), 120);
}

static void test_a_message_proves_nothing_when_the_loop_lags(void **state)
{
    (void)state;
    s_link_t link = s_link();
    s_unread(&link, 5000, 0, false);
    s_unread(&link, 5000, 0, false);
    assert_int_equal(s_unread(&link, 0, 100, true), 9900);
    /* Now it has been empty, but nothing was taken since. */
    assert_int_equal(s_unread(&link, 100, 0, true), 10000);
}

/* 3,000 bytes had come, of which 2,000 had been taken. */
static void test_what_came_before_it_was_known_is_in_doubt(void **state)
{
    (void)state;
    s_link_t link = {.now = {.taken = 2000, .received = 3000}};
    backlog_begin(&link.backlog, 2000, 0, 3000);
    assert_int_equal(s_unread(&link, 0, 0, true), 0);
    assert_int_equal(link.backlog.doubt, 3000);
    assert_int_equal(s_unread(&link, 500, 0, true), 500); /* nothing was taken since */
    assert_int_equal(link.backlog.doubt, 3000);
    assert_int_equal(s_unread(&link, 0, 1500, false), 0);
    assert_int_equal(link.backlog.doubt, 0);
    assert_int_equal(s_unread(&link, 800, 0, false), 800);
}

static void test_a_doubt_stays_while_nothing_proves_it_wrong(void **state)
{
    (void)state;
    s_link_t link = {.now = {.received = 3000}};
    backlog_begin(&link.backlog, 0, 0, 3000);
    for (int i = 0; i < 5; i++) /* messages are taken, but of how long ago? */
        s_unread(&link, 100, 100, false);
    for (int i = 0; i < 5; i++) /* all that was complete is taken, and one is not */
        s_unread(&link, 100, 0, true);
    assert_int_equal(link.backlog.doubt, 3000);
    s_unread(&link, 100, 100, true);
    assert_int_equal(link.backlog.doubt, 0);
}

static void test_what_is_not_acked_is_unsent(void **state)
{
    (void)state;
    s_link_t link = s_link();
    assert_int_equal(s_unsent(&link, 300, 0, false), 300);
    assert_int_equal(s_unsent(&link, 500, 200, false), 600);
    assert_int_equal(s_unsent(&link, 0, 600, true), 0);
}

static void test_heartbeats_are_no_credit(void **state)
{
    (void)state;
    s_link_t link = s_link();
    assert_int_equal(s_unsent(&link, 0, 5000, true), 0);
    assert_int_equal(s_unsent(&link, 400, 0, false), 400);
}

static void test_nothing_moves_and_nothing_waits(void **state)
{
    (void)state;
    s_link_t link = s_link();
    s_unsent(&link, 900, 100, false);
    assert_int_equal(s_unsent(&link, 0, 0, false), 800); /* it does not read */
    assert_int_equal(s_unsent(&link, 0, 0, true), 0);    /* 800 went to another connection */
    assert_int_equal(s_unsent(&link, 60, 10, false), 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_taken_is_unread),
        cmocka_unit_test(test_late_messages_of_the_last_connection),
        cmocka_unit_test(test_heartbeats_are_forgotten_with_a_message),
        cmocka_unit_test(test_a_message_proves_nothing_when_the_loop_lags),
        cmocka_unit_test(test_what_came_before_it_was_known_is_in_doubt),
        cmocka_unit_test(test_a_doubt_stays_while_nothing_proves_it_wrong),
        cmocka_unit_test(test_what_is_not_acked_is_unsent),
        cmocka_unit_test(test_heartbeats_are_no_credit),
        cmocka_unit_test(test_nothing_moves_and_nothing_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
