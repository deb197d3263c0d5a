#!/bin/bash
# Healthy: the program in this container answers 200 to what it is asked, over HTTP at the port of LEXMQ_METRICS.
#   lexmq-health livez|healthz|readyz
# What it answers else, a line for each reason, is what `docker inspect` shows of the check.
set -eu

exec 3<>"/dev/tcp/127.0.0.1/${LEXMQ_METRICS##*:}"
printf 'GET /%s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
IFS=$' \r' read -r _ status reason <&3
while IFS= read -r header <&3 && [ "$header" != $'\r' ]; do :; done
cat <&3
[ "$status" = 200 ] || {
    echo "$status $reason"
    exit 1
}
