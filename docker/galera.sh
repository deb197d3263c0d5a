#!/bin/bash
# A node of a Galera cluster in containers: docker/db.sh with the options that make its server one. The container's host name is
# the node's name. From the environment: LEXMQ_GALERA_NODES (the names of all, comma-separated; the first makes the cluster when there
# has never been one), LEXMQ_GALERA_BOOTSTRAP (the name of the node that is to begin the cluster again, by a person's decision).
#   lexmq-db-galera             becomes mariadbd
#   lexmq-db-galera position    says what this node has, UUID:NUMBER, while it does not run
set -eu

STATE=/var/lib/lexmq-db/data/grastate.dat
PASSWORD_FILE=/secrets/db-root/password
PASSWORD_WAIT=300 # seconds
NODE=$(hostname)
FIRST=${LEXMQ_GALERA_NODES%%,*}

# A node that serves: one that still looks for its cluster takes no SQL connections.
somebody_serves() {
    local node
    for node in ${LEXMQ_GALERA_NODES//,/ }; do
        [ "$node" = "$NODE" ] || ! timeout 2 bash -c ": </dev/tcp/$node/3306" 2>/dev/null || return 0
    done
    return 1
}

# The cluster begins with this node: at the very first start, or because it was the last to leave, which Galera has noted. Never
# beside a cluster that is there: a first node that has lost its volume joins like any other.
begins() {
    [ "${LEXMQ_GALERA_BOOTSTRAP:-}" != "$NODE" ] || return 0
    if [ -e "$STATE" ]; then
        grep -q '^safe_to_bootstrap: 1' "$STATE" || return 1
    elif [ "$NODE" != "$FIRST" ]; then
        return 1
    fi
    ! somebody_serves
}

# The administrator's password is the first node's to make.
password_await() {
    local end=$((SECONDS + PASSWORD_WAIT))
    until [ -s "$PASSWORD_FILE" ] || [ "$NODE" = "$FIRST" ]; do
        [ "$SECONDS" -lt "$end" ] || {
            echo "no administrator's password: does $FIRST run?" >&2
            exit 1
        }
        sleep 0.5
    done
}

# What this node has: with it, one that was killed is sent what it missed and not everything.
position() {
    [ -e "$STATE" ] || return 0
    mkdir -p /tmp/lexmq-db /var/lib/lexmq-db/tmp
    mariadbd --wsrep-recover --wsrep-cluster-address=gcomm:// --skip-networking 2>&1 |
        sed -n 's/.*Recovered position: *\([0-9a-f-]*:[0-9]*\).*/\1/p' | tail -n 1
}

# Of whom data is asked, the last of the list first: the services begin with the first, and who gives everything takes no changes
# meanwhile. The comma at the end: else of anybody.
donors() {
    local node list=
    for node in ${LEXMQ_GALERA_NODES//,/ }; do
        list="$node,$list"
    done
    echo "$list"
}

if [ "${1:-}" = position ]; then
    position
    exit 0
fi
password_await
position=$(position)
options=("--wsrep-cluster-address=gcomm://$LEXMQ_GALERA_NODES" "--wsrep-node-name=$NODE" "--wsrep-node-address=$NODE" "--wsrep-sst-donor=$(donors)")
[ -z "$position" ] || options+=("--wsrep-start-position=$position")
if begins; then
    # What Galera would refuse otherwise, after a stop that left no node marked.
    [ "${LEXMQ_GALERA_BOOTSTRAP:-}" != "$NODE" ] || [ ! -e "$STATE" ] || sed -i 's/^safe_to_bootstrap: 0/safe_to_bootstrap: 1/' "$STATE"
    options+=(--wsrep-new-cluster)
fi
exec lexmq-db "${options[@]}"
