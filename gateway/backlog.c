#include "gateway/backlog.h"

void backlog_begin(backlog_t *self, uint64_t taken, uint64_t given, uint64_t read)
{
    *self = (backlog_t){.taken_base = taken - read,
                        .given_base = given,
                        .doubt = read,
                        .last = {.taken = taken, .given = given}};
}

/* Numbers are unsigned and may have wrapped below nothing. */
static bool s_is_negative(uint64_t number)
{
    return (int64_t)number < 0;
}

static void s_look_unread(backlog_t *self, const backlog_sample_t *now)
{
    uint64_t unread = now->received - (now->taken - self->taken_base);
    if (s_is_negative(unread)) /* messages of the descriptor's last connection were taken late */
        unread = 0;
    uint64_t most = now->received - self->received_before;
    if (self->last.was_dry && now->taken != self->last.taken) {
        if (unread > most)
            unread = most;
        if (self->received_before >= self->doubt)
            self->doubt = 0;
    }
    self->taken_base = now->taken - (now->received - unread);
    self->unread = unread;
}

static void s_look_unsent(backlog_t *self, const backlog_sample_t *now)
{
    uint64_t unsent = now->given - self->given_base - now->acked;
    bool stands_still =
        now->is_all_acked && now->given == self->last.given && now->acked == self->last.acked;
    if (s_is_negative(unsent) || stands_still) {
        unsent = 0;
        self->given_base = now->given - now->acked;
    }
    self->unsent = unsent;
}

void backlog_look(backlog_t *self, const backlog_sample_t *sample)
{
    s_look_unread(self, sample);
    s_look_unsent(self, sample);
    self->received_before = self->last.received;
    self->last = *sample;
}
