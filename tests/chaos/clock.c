/* A wall clock of one's own for a program, for the fault campaign: LD_PRELOAD=…/clock.so LEXMQ_CHAOS_CLOCK=FILE.
 *
 * FILE holds one int64_t in the machine's byte order: nanoseconds by which CLOCK_REALTIME is wrong. It is mapped, so whoever writes
 * into it steps the clock of every program that runs with it, at once. Other clocks, and the times of files, stay as they are.
 * Waits until a moment of the wall clock end when that clock gets there; a step during such a wait does not change it. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT  __attribute__((visibility("default")))
#define BILLION 1000000000L
/* glibc keeps in a condition which clock its waits go by: bit 1 of __wrefs, set for the monotonic one. */
#define MONOTONIC_BIT 2u

typedef int wait_function_t(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static const volatile int64_t *s_offset;
static wait_function_t *s_wait;

__attribute__((constructor)) static void s_start(void)
{
    /* The version that programs of today are linked with; dlsym may give the one before. */
    void *wait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!wait)
        wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    s_wait = (wait_function_t *)wait;
    const char *path = getenv("LEXMQ_CHAOS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *map = mmap(NULL, sizeof *s_offset, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (map != MAP_FAILED)
        s_offset = map;
}

static int64_t s_now_offset(void)
{
    return s_offset ? *s_offset : 0;
}

static void s_add(struct timespec *time, int64_t offset)
{
    int64_t nanoseconds = time->tv_nsec + offset % BILLION;
    time->tv_sec += offset / BILLION;
    if (nanoseconds < 0 || nanoseconds >= BILLION) {
        time->tv_sec += nanoseconds < 0 ? -1 : 1;
        nanoseconds += nanoseconds < 0 ? BILLION : -BILLION;
    }
    time->tv_nsec = nanoseconds;
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *time)
{
    /* By the system call: looking the next clock_gettime up may ask for the time itself. */
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        s_add(time, s_now_offset());
    return result;
}

EXPORT int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

EXPORT time_t time(time_t *result)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}

EXPORT int pthread_cond_timedwait(pthread_cond_t *restrict condition,
                                  pthread_mutex_t *restrict mutex,
                                  const struct timespec *restrict until)
{
    if (!s_wait)
        return EINVAL;
    struct timespec real = *until;
    if (!(condition->__data.__wrefs & MONOTONIC_BIT))
        s_add(&real, -s_now_offset());
    return s_wait(condition, mutex, &real);
}
