#!/bin/sh
# Healthy: this very container has a connection to a gateway, and that gateway counts a worker of the service.
#   lexmq-worker-health SERVICE
set -eu

# In /proc/net/tcp a line is "slot: local remote state …" with ports in hexadecimal; state 01 is established.
port=$(printf '%04X' "${LEXMQ_GATEWAYS##*:}")
grep -qE "^ *[0-9]+: [0-9A-F:]+ [0-9A-F]+:$port 01 " /proc/net/tcp || {
    echo "no connection to $LEXMQ_GATEWAYS"
    exit 1
}
status=$(lexmq status --json --timeout 3)
printf '%s' "$status" | tr -d ' \n' | grep -q "\"service\":\"$1\",\"workers\":[1-9]" || {
    echo "the gateway counts no worker of $1"
    exit 1
}
