/* Frames of MDP/0.2 (RFC 18) and our two extensions to it. docs/protocol.md section 2 is the contract. */

#ifndef LEX_MDP_H
#define LEX_MDP_H

#define MDP_CLIENT      "MDPC02"
#define MDP_WORKER      "MDPW02"
#define MDP_HEADER_SIZE 6

enum mdp_client_command {
    MDPC_REQUEST = 1,
    MDPC_PARTIAL = 2,
    MDPC_FINAL = 3,
};

enum mdp_worker_command {
    MDPW_READY = 1,
    MDPW_REQUEST = 2,
    MDPW_PARTIAL = 3,
    MDPW_FINAL = 4,
    MDPW_HEARTBEAT = 5,
    MDPW_DISCONNECT = 6,
    MDPW_BATCH = 7, /* extension, section 2.4 */
    MDPW_DRAIN = 8, /* extension, section 2.5 */
};

#define MDP_SERVICE_MAX     255   /* bytes in a service name */
#define MDP_ADDRESS_SIZE    8     /* bytes of the address our gateway gives a request */
#define MDP_BODY_FRAMES_MAX 16    /* body frames of one request or reply */
#define MDP_CREDIT_MAX      10000 /* READY option `credit` */
#define MDP_BATCH_MAX       256   /* READY option `batch`, and records in one BATCH of a worker */
#define MDP_BATCH_BYTES     262144 /* senders keep a packed frame of more than one record below this */
#define MDP_HEARTBEAT_MS    1000 /* default heartbeat interval, both directions */
#define MDP_LIVENESS        3    /* silent intervals after which a peer is lost */

#endif
