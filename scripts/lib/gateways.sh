# The gateways of a stack, one or several side by side, each with a pair of ports: front, back. Sourced by scripts/stack.

gateways_names() {
    local number
    [ "$GATEWAYS" != 1 ] || { echo gateway; return 0; }
    for ((number = 1; number <= GATEWAYS; number++)); do
        echo "gateway-$number"
    done
}

gateway_port() { # NAME -> its front port; the back is the next
    local number=${1#gateway-}
    [ "$number" != gateway ] || number=1
    echo $((FRONT_PORT + 2 * (number - 1)))
}

gateway_front() { echo "tcp://127.0.0.1:$(gateway_port "$1")"; }
gateway_back() { echo "tcp://127.0.0.1:$(($(gateway_port "$1") + 1))"; }

gateways_list() { # FUNCTION -> what it says of each gateway, comma-separated
    local name list=
    for name in $(gateways_names); do
        list="$list,$("$1" "$name")"
    done
    echo "${list#,}"
}

gateways_fronts() { gateways_list gateway_front; }
gateways_backs() { gateways_list gateway_back; }

gateways_start() {
    local name
    for name in $(gateways_names); do
        LEXMQ_METRICS=$(metrics_address "$name") process_start "$name" "$BIN/lexmq-gateway" --config "$VAR/etc/$name.zpl"
    done
    for name in $(gateways_names); do
        process_await "$name" 10 client --gateway "$(gateway_front "$name")" --timeout "${LEXMQ_STACK_PATIENCE:-1}" status
    done
}

# True when one of them runs.
gateways_run() {
    local name
    for name in $(gateways_names); do
        process_pid "$name" >/dev/null && return 0
    done
    return 1
}

# True when every gateway that runs counts at least N workers of every service named.
workers_registered() { # SERVICE N ...
    local name
    for name in $(gateways_names); do
        process_pid "$name" >/dev/null || continue
        gateway_counts "$name" "$@" || return 1
    done
}

gateway_counts() { # NAME SERVICE N ...
    local status workers
    status=$(client --gateway "$(gateway_front "$1")" --timeout $((2 * ${LEXMQ_STACK_PATIENCE:-1})) status --json) || return 1
    shift
    while [ $# -gt 0 ]; do
        workers=$(printf '%s' "$status" | tr -d ' \n' | grep -o "\"service\":\"$1\",\"workers\":[0-9]*" | grep -o '[0-9]*$')
        [ "${workers:-0}" -ge "$2" ] || return 1
        shift 2
    done
}
