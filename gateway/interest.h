/* What the gateway's libzmq wants to hear of its connections.
 *
 * When a queue is full libzmq (4.3.4) asks for no more input from that connection. epoll tells of a reset all the same, libzmq notes the
 * error and waits, and if then anything is to be sent on the connection, such as the answer to a heartbeat that lies among what was received
 * before, an assertion ends the process: any peer could end us. So this file has an epoll_ctl and an epoll_wait of its own, which libzmq calls in
 * place of the C library's: a connection from which no input is wanted leaves the epoll set until it is. A reset is then found when reading
 * goes on, where libzmq expects it. */

#ifndef GATEWAY_INTEREST_H
#define GATEWAY_INTEREST_H

#include <stdbool.h>

/* True when libzmq calls ours, as seen since the process began to use sockets. */
bool interest_is_ours(void);

#endif
