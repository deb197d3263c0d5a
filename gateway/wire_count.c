#include "gateway/wire_count.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

bool wire_count(int fd, wire_count_t *count)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == -1 ||
        size < offsetof(struct tcp_info, tcpi_bytes_retrans))
        return false;
    *count = (wire_count_t){.received = info.tcpi_bytes_received,
                            .acked = info.tcpi_bytes_acked,
                            .sent = info.tcpi_bytes_sent,
                            .is_all_acked = info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0};
    return true;
}

uint64_t wire_unread(int fd)
{
    int bytes = 0;
    return ioctl(fd, SIOCINQ, &bytes) == 0 && bytes > 0 ? (uint64_t)bytes : 0;
}
