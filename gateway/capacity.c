#include "gateway/capacity.h"

#include <sys/resource.h>

#include "common/log.h"

static uint64_t s_lesser(uint64_t one, uint64_t other)
{
    return one < other ? one : other;
}

void capacity_share(uint64_t files, unsigned wanted, unsigned connections[SIDES])
{
    uint64_t rest = files - s_lesser(CAPACITY_RESERVE, files / 8);
    uint64_t back = s_lesser(CAPACITY_BACK, rest / 4);
    uint64_t front = s_lesser(wanted, rest - back);
    connections[SIDE_BACK] = back ? (unsigned)back : 1;
    connections[SIDE_FRONT] = front ? (unsigned)front : 1;
}

void capacity_claim(unsigned wanted, unsigned connections[SIDES])
{
    struct rlimit limit;
    uint64_t files = 0;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        files = limit.rlim_cur;
    capacity_share(files, wanted, connections);
    if (connections[SIDE_FRONT] < wanted)
        lex_warning("%llu open files are allowed: at most %u connections on the front, not %u",
                    (unsigned long long)files, connections[SIDE_FRONT], wanted);
}
