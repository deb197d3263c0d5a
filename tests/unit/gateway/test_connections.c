/* Which connections have to go, and how many there may be. */

#include "tests/unit/gateway/unit.h"

#include "gateway/capacity.h"
#include "gateway/connections.h"

#define FILES 20

typedef struct {
    connections_t connections;
    bool is_finished[FILES]; /* the handshake */
    unsigned asked;
} s_table_t;

static bool s_is_finished(void *arg, int fd, side_t side)
{
    s_table_t *table = arg;
    (void)side;
    table->asked++;
    return table->is_finished[fd];
}

static void s_open(s_table_t *self)
{
    static const connections_limit_t limit[SIDES] = {{3, 100, 250}, {2, 1000, 1000}};
    *self = (s_table_t){0};
    connections_init(&self->connections, FILES, limit, s_is_finished, self);
}

static bool s_accept(s_table_t *self, int fd, side_t side)
{
    return connections_accepted(&self->connections, fd, side, 0, 0, 0);
}

/* The next to be ended, 0: none. */
static int s_doomed(s_table_t *self)
{
    int fd = 0;
    connections_next_doomed(&self->connections, &fd);
    return fd;
}

static void s_look(s_table_t *self, int fd, uint64_t unread, uint64_t unsent)
{
    connection_t *connection = connections_find(&self->connections, fd);
    connection->backlog.unread = unread;
    connection->backlog.unsent = unsent;
}

static void test_the_newest_is_refused(void **state)
{
    (void)state;
    s_table_t table;
    s_open(&table);
    for (int fd = 1; fd <= 3; fd++) {
        assert_true(s_accept(&table, fd, SIDE_FRONT));
        table.is_finished[fd] = true;
    }
    assert_int_equal(s_doomed(&table), 0);
    assert_true(s_accept(&table, 4, SIDE_FRONT));
    assert_int_equal(s_doomed(&table), 4);
    assert_int_equal(s_doomed(&table), 0);
    assert_int_equal(table.connections.side[SIDE_FRONT].open, 3);
    connections_closed(&table.connections, 4);
    connections_closed(&table.connections, 1);
    assert_int_equal(table.connections.side[SIDE_FRONT].open, 2);
    /* Those that have finished were asked about once. */
    unsigned asked = table.asked;
    s_accept(&table, 4, SIDE_FRONT);
    s_accept(&table, 5, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 4); /* in its handshake, so it gives way */
    assert_int_equal(table.asked, asked + 1);
    connections_close(&table.connections);
}

static void test_the_oldest_in_its_handshake_gives_way(void **state)
{
    (void)state;
    s_table_t table;
    s_open(&table);
    for (int fd = 1; fd <= 3; fd++)
        s_accept(&table, fd, SIDE_FRONT);
    table.is_finished[1] = true;
    s_accept(&table, 4, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 2);
    s_accept(&table, 5, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 3);
    connections_close(&table.connections);
}

static void test_sides_are_counted_apart(void **state)
{
    (void)state;
    s_table_t table;
    s_open(&table);
    memset(table.is_finished, true, sizeof table.is_finished);
    for (int fd = 1; fd <= 5; fd++)
        s_accept(&table, fd, fd <= 3 ? SIDE_FRONT : SIDE_BACK);
    assert_int_equal(s_doomed(&table), 0);
    s_accept(&table, 6, SIDE_BACK);
    assert_int_equal(s_doomed(&table), 6);
    connections_close(&table.connections);
}

static void test_descriptors_are_used_again(void **state)
{
    (void)state;
    s_table_t table;
    s_open(&table);
    s_accept(&table, 1, SIDE_FRONT);
    uint32_t serial = connections_find(&table.connections, 1)->serial;
    s_accept(&table, 1, SIDE_BACK); /* its end was not told */
    assert_int_not_equal(connections_find(&table.connections, 1)->serial, serial);
    assert_int_equal(table.connections.side[SIDE_FRONT].open, 0);
    assert_int_equal(table.connections.side[SIDE_BACK].open, 1);
    connections_closed(&table.connections, 1);
    connections_closed(&table.connections, 1);
    assert_null(connections_find(&table.connections, 1));
    assert_int_equal(table.connections.side[SIDE_BACK].open, 0);
    assert_false(s_accept(&table, FILES, SIDE_FRONT));
    assert_false(s_accept(&table, -1, SIDE_FRONT));
    assert_null(connections_find(&table.connections, FILES));
    connections_close(&table.connections);
}

static void test_too_much_unread_at_two_looks(void **state)
{
    (void)state;
    s_table_t table;
    s_open(&table);
    s_accept(&table, 1, SIDE_FRONT);
    s_accept(&table, 2, SIDE_FRONT);
    s_look(&table, 1, 101, 0);
    s_look(&table, 2, 0, 101); /* the meter's to keep */
    connections_judge(&table.connections, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 0);
    assert_int_equal(table.connections.side[SIDE_FRONT].unread, 101);
    assert_int_equal(table.connections.side[SIDE_FRONT].unsent, 101);
    s_look(&table, 1, 100, 0);
    connections_judge(&table.connections, SIDE_FRONT);
    s_look(&table, 1, 101, 0);
    connections_judge(&table.connections, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 0); /* not in a row */
    connections_judge(&table.connections, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 1);
    assert_int_equal(connections_find(&table.connections, 1)->doom, DOOM_UNREAD);
    assert_int_equal(table.connections.side[SIDE_FRONT].unread, 0);
    connections_close(&table.connections);
}

static void test_too_much_together(void **state)
{
    (void)state;
    s_table_t table;
    s_open(&table);
    for (int fd = 1; fd <= 3; fd++)
        s_accept(&table, fd, SIDE_FRONT);
    s_accept(&table, 4, SIDE_BACK);
    s_look(&table, 1, 60, 0);
    s_look(&table, 2, 70, 60);
    s_look(&table, 3, 100, 0);
    s_look(&table, 4, 900, 0);
    connections_judge(&table.connections, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 2);
    assert_int_equal(s_doomed(&table), 0);
    assert_int_equal(connections_find(&table.connections, 2)->doom, DOOM_ALL);
    connections_close(&table.connections);
}

static void s_share(uint64_t files, unsigned wanted, unsigned front, unsigned back)
{
    unsigned connections[SIDES];
    capacity_share(files, wanted, connections);
    assert_int_equal(connections[SIDE_FRONT], front);
    assert_int_equal(connections[SIDE_BACK], back);
}

/* The limit of one is 100, of all together 250. */
static void test_doubts_count_together_and_not_alone(void **state)
{
    (void)state;
    s_table_t table;
    s_open(&table);
    for (int fd = 1; fd <= 3; fd++)
        s_accept(&table, fd, SIDE_FRONT);
    connections_find(&table.connections, 1)->backlog.doubt = 200;
    for (int look = 0; look < 3; look++)
        connections_judge(&table.connections, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 0);
    assert_int_equal(table.connections.side[SIDE_FRONT].unread, 200);
    s_look(&table, 2, 60, 0);
    connections_judge(&table.connections, SIDE_FRONT);
    assert_int_equal(s_doomed(&table), 1);
    assert_int_equal(s_doomed(&table), 0);
    connections_close(&table.connections);
}

static void test_descriptors_are_shared_out(void **state)
{
    (void)state;
    s_share(20000, 10000, 10000, 4096);
    s_share(20000, 50000, 20000 - 1024 - 4096, 4096);
    s_share(1024, 10000, 672, 224); /* 128 in reserve */
    s_share(UINT64_MAX, 50000, 50000, 4096);
    s_share(0, 10, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_newest_is_refused),
        cmocka_unit_test(test_the_oldest_in_its_handshake_gives_way),
        cmocka_unit_test(test_sides_are_counted_apart),
        cmocka_unit_test(test_descriptors_are_used_again),
        cmocka_unit_test(test_too_much_unread_at_two_looks),
        cmocka_unit_test(test_too_much_together),
        cmocka_unit_test(test_doubts_count_together_and_not_alone),
        cmocka_unit_test(test_descriptors_are_shared_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
