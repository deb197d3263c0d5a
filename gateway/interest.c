#include "gateway/interest.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTORS_MAX (1 << 20) /* the kernel's default bound; beyond it nothing is silenced */

static atomic_bool s_was_called;
static atomic_bool s_has_read
    [DESCRIPTORS_MAX]; /* input was wanted since it was added: it is no connection that is only being made */

bool interest_is_ours(void)
{
    return atomic_load_explicit(&s_was_called, memory_order_relaxed);
}

static int s_control(int epoll, int operation, int descriptor, struct epoll_event *event)
{
    return (int)syscall(SYS_epoll_ctl, epoll, operation, descriptor, event);
}

/* One that is not in the set cannot be silenced any more. */
static int s_leave(int epoll, int descriptor, struct epoll_event *event)
{
    int rc = s_control(epoll, EPOLL_CTL_DEL, descriptor, event);
    return rc == -1 && errno == ENOENT ? 0 : rc;
}

/* Into the set again, if it had left. */
static int s_change(int epoll, int descriptor, struct epoll_event *event)
{
    int rc = s_control(epoll, EPOLL_CTL_MOD, descriptor, event);
    if (rc == -1 && errno == ENOENT)
        rc = s_control(epoll, EPOLL_CTL_ADD, descriptor, event);
    return rc;
}

/* Is this where a reset must not be heard of? Edge-triggered use is not libzmq's. */
static bool s_is_stopped(int descriptor, const struct epoll_event *event)
{
    if (descriptor < 0 || descriptor >= DESCRIPTORS_MAX || event->events & EPOLLET)
        return false;
    bool wants_input = event->events & EPOLLIN;
    if (wants_input)
        atomic_store_explicit(&s_has_read[descriptor], true, memory_order_relaxed);
    return !wants_input && atomic_load_explicit(&s_has_read[descriptor], memory_order_relaxed);
}

static void s_forget(int descriptor)
{
    if (descriptor >= 0 && descriptor < DESCRIPTORS_MAX)
        atomic_store_explicit(&s_has_read[descriptor], false, memory_order_relaxed);
}

/* epoll_ctl(2) to whoever calls it, but for what is said in the header. */
__attribute__((visibility("default"))) int epoll_ctl(int epoll, int operation, int descriptor,
                                                     struct epoll_event *event)
{
    atomic_store_explicit(&s_was_called, true, memory_order_relaxed);
    if (operation == EPOLL_CTL_MOD)
        return s_is_stopped(descriptor, event) ? s_leave(epoll, descriptor, event)
                                               : s_change(epoll, descriptor, event);
    s_forget(descriptor);
    return operation == EPOLL_CTL_DEL ? s_leave(epoll, descriptor, event)
                                      : s_control(epoll, operation, descriptor, event);
}

/* epoll_wait(2) likewise: for an error libzmq would read, and read once more because there is input, though the first may have filled
 * the queue. Reading once finds the error as well. */
__attribute__((visibility("default"))) int epoll_wait(int epoll, struct epoll_event *events,
                                                      int size, int timeout)
{
    int count = (int)syscall(SYS_epoll_pwait, epoll, events, size, timeout, NULL, 0);
    for (int i = 0; i < count; i++)
        if (events[i].events & EPOLLIN)
            events[i].events &= ~(uint32_t)(EPOLLERR | EPOLLHUP);
    return count;
}
