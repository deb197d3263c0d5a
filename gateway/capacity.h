/* How many connections the gateway may have open, by the descriptors that the system gives it. Every connection is one. libzmq
 * spins when it can accept none for want of a descriptor, so that must not come to pass. */

#ifndef GATEWAY_CAPACITY_H
#define GATEWAY_CAPACITY_H

#include <stdint.h>

#include "gateway/meter.h"

/* On the back: 4,096 sessions keep 0.4 of a core busy with their heartbeats alone (docs/scaling.md). */
#define CAPACITY_BACK 4096

/* For what else is open, and for connections that are accepted before the guard has refused those before them: as many as may
 * wait for accept. */
#define CAPACITY_RESERVE 1024

/* Most connections of each side: on the front `wanted`, on the back CAPACITY_BACK, or less where `files` descriptors are not
 * enough: an eighth of them then stays in reserve, the back has a quarter of the rest at most, and the front what is left. At least
 * 1 each. */
void capacity_share(uint64_t files, unsigned wanted, unsigned connections[SIDES]);

/* The same by this process's limit, which is raised as far as it goes; with a warning when the front has less than is wanted. */
void capacity_claim(unsigned wanted, unsigned connections[SIDES]);

#endif
