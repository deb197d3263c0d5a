# Programs of a stack as background processes: a pid file and a log each. Sourced by scripts/stack.
# A pid file holds "PID STARTTIME", so that a pid the kernel has given to somebody else is never signalled.

process_start_time() { # PID
    # Field 22 of /proc/PID/stat; the program's name in field 2 may hold blanks.
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

process_pid() { # NAME -> prints the pid when it is running
    local pid started
    read -r pid started 2>/dev/null <"$VAR/run/$1.pid" || return 1
    [ -n "$started" ] && [ "$(process_start_time "$pid")" = "$started" ] || return 1
    # A zombie is gone.
    [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -c1)" != Z ] || return 1
    echo "$pid"
}

process_start() { # NAME PROGRAM ARGUMENT...
    local name=$1
    shift
    process_pid "$name" >/dev/null && return 0
    # Of the log only what this run adds matters to those who wait for a line in it.
    : >"$VAR/log/$name.log"
    # The wrapper gets the name and the command, and runs it under its own pid (exec): what valgrind and its like need.
    [ -z "${LEXMQ_STACK_WRAP:-}" ] || set -- "$LEXMQ_STACK_WRAP" "$name" "$@"
    setsid nohup "$@" >>"$VAR/log/$name.log" 2>&1 </dev/null &
    local pid=$!
    disown "$pid" 2>/dev/null || true
    echo "$pid $(process_start_time "$pid")" >"$VAR/run/$name.pid"
}

process_await() { # NAME SECONDS COMMAND...: until COMMAND succeeds; fails when the process ends or time is up
    local name=$1 end=$((SECONDS + $2 * ${LEXMQ_STACK_PATIENCE:-1}))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! process_pid "$name" >/dev/null; then
            fail "$name ended at start; the end of its log:" "$name"
        elif [ "$SECONDS" -ge "$end" ]; then
            fail "$name is not ready in time; the end of its log:" "$name"
        fi
        sleep 0.05
    done
}

process_stop() { # SECONDS NAME...: SIGTERM to all, waits for all, SIGKILL to what is left after SECONDS
    local end=$((SECONDS + $1 * ${LEXMQ_STACK_PATIENCE:-1})) name pid
    shift
    for name in "$@"; do
        pid=$(process_pid "$name") && kill -TERM "$pid" 2>/dev/null
    done
    for name in "$@"; do
        while pid=$(process_pid "$name"); do
            if [ "$SECONDS" -ge "$end" ]; then
                echo "stack: $name did not stop in time and is killed" >&2
                kill -KILL "$pid" 2>/dev/null
            fi
            sleep 0.05
        done
        rm -f "$VAR/run/$name.pid"
    done
    return 0
}

process_names() { # PREFIX -> names with a pid file, by number
    local file
    for file in "$VAR"/run/"$1"*.pid; do
        [ -e "$file" ] && basename "$file" .pid
    done | sort -V
}

fail() { # MESSAGE [LOG NAME]
    echo "stack: $1" >&2
    [ -z "${2:-}" ] || tail -n 15 "$VAR/log/$2.log" >&2
    exit 1
}
