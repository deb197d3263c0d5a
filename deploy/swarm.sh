#!/usr/bin/env bash
# Lexmq on a swarm; run on a manager. docs/swarm.md explains.
#   deploy/swarm.sh keys              makes what is missing in the keys folder, then the secrets and configs of what is there
#   deploy/swarm.sh deploy            the same, then starts or updates the stack: schemas first, then service after service, each
#                                     whole again before the next, so that there is always a gateway and a worker of every kind
#   deploy/swarm.sh keygen WORD…      lexmq-keygen WORD… on the keys folder, as to change a key; `deploy` then brings it to who needs it
#   deploy/swarm.sh status            services, tasks, nodes
#   deploy/swarm.sh dict WORD…        lexmq-dict; a file to import is named by its path on this machine
#   deploy/swarm.sh prune             removes secrets and configs that the stack no longer uses
#   deploy/swarm.sh remove            removes the stack, its secrets and configs; volumes and the keys folder stay
# Environment: LEXMQ_STACK (the stack's name, lexmq), LEXMQ_KEYS (folder, var/swarm-keys), LEXMQ_LIMIT (seconds for one service to
# get whole, 300), LEXMQ_OVERRIDE (a second stack file, none), and what deploy/swarm.yml names.
set -eu

TOP=$(cd "$(dirname "$0")/.." && pwd)
STACK=${LEXMQ_STACK:-lexmq}
KEYS=$(realpath -m "${LEXMQ_KEYS:-$TOP/var/swarm-keys}")
LIMIT=${LEXMQ_LIMIT:-300}
IMAGE="${LEXMQ_REGISTRY:-}lexmq:${LEXMQ_TAG:-latest}"

# What a service needs to get healthy comes before it. One gateway at a time: clients and workers are on the other meanwhile.
ORDER="db init gateway-1 gateway-2 history-svc auth-svc lookup-node lookup-svc"

# NAME in deploy/swarm.yml and the file in the keys folder.
SECRETS="db-root=db-root/password gateway=gateway/gateway.cert_secret
  auth-curve=auth/curve.cert_secret auth-token=auth/token.secret auth-db=auth/db.password
  lookup-curve=lookup/curve.cert_secret lookup-db=lookup/db.password
  history-curve=history/curve.cert_secret history-db=history/db.password
  import-db=import/db.password migrate-db=migrate/db.password"
CONFIGS="gateway-cert=public/gateway.cert token-public=public/token.public
  auth-cert=gateway/workers/auth.cert lookup-cert=gateway/workers/lookup.cert history-cert=gateway/workers/history.cert"

say() { echo "swarm: $*"; }
fail() {
    echo "swarm: $*" >&2
    exit 1
}

# ---- keys ----

# In a container without a network, whose user is this one: what it makes is ours.
# shellcheck disable=SC2120
keygen() {
    docker run --rm --network none --read-only --cap-drop ALL --user "$(id -u):$(id -g)" -v "$KEYS:/keys" "$IMAGE" lexmq-keygen "$@" /keys
}

keys_make() {
    (umask 077 && mkdir -p "$KEYS/db-root")
    # shellcheck disable=SC2119
    keygen
    [ -s "$KEYS/db-root/password" ] ||
        (umask 077 && od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' >"$KEYS/db-root/new" && echo >>"$KEYS/db-root/new" &&
            mv "$KEYS/db-root/new" "$KEYS/db-root/password")
}

# The file's content is in the name: a new key is a new secret, and only the services that have it are updated. 48 bits of a hash of
# 192 random bits or more tell nobody anything.
object_name() { # NAME FILE
    echo "$STACK-$1-$(sha256sum <"$2" | cut -c1-12)"
}

# Makes secrets or configs, as far as they are missing, and exports the names for deploy/swarm.yml.
objects_make() { # secret|config NAME=FILE…
    local kind=$1 pair name file object
    shift
    for pair in "$@"; do
        name=${pair%%=*} file=$KEYS/${pair#*=}
        [ -s "$file" ] || fail "$file is missing"
        object=$(object_name "$name" "$file")
        docker "$kind" inspect "$object" >/dev/null 2>&1 || {
            docker "$kind" create --label "lexmq.stack=$STACK" "$object" "$file" >/dev/null
            say "made $kind $object"
        }
        name=${name//-/_}
        export "NAME_${name^^}=$object"
    done
}

keys() {
    keys_make
    # shellcheck disable=SC2086
    objects_make secret $SECRETS
    # shellcheck disable=SC2086
    objects_make config $CONFIGS
}

# What is in use cannot be removed: docker refuses.
prune() {
    local kind object
    for kind in secret config; do
        for object in $(docker "$kind" ls --quiet --filter "label=lexmq.stack=$STACK"); do
            docker "$kind" rm "$object" >/dev/null 2>&1 || continue
            say "removed an unused $kind"
        done
    done
}

# ---- deploying ----

# deploy/swarm.yml with one service alone. Other services of the stack are left as they are.
only() { # SERVICE
    awk -v wanted="$1" '
        /^[a-z]/ { section = $1; keep = 1 }
        section == "services:" && /^  [a-z0-9-]+:/ { keep = $1 == wanted ":" }
        section == "services:" && /^  #/ { keep = 0 }
        keep' "$TOP/deploy/swarm.yml"
}

inspect() { # SERVICE FORMAT
    docker service inspect --format "$2" "${STACK}_$1"
}

# What tasks are made from; empty when there is no such service yet.
template() { # SERVICE
    inspect "$1" '{{json .Spec.TaskTemplate}}' 2>/dev/null || true
}

# updating, completed, paused, rollback_…; empty when no update has begun since the service was last changed.
update_state() { # SERVICE
    inspect "$1" '{{with .UpdateStatus}}{{.State}}{{end}}'
}

# Tasks that should run; a service of one task a node has as many as the swarm gave it.
wanted() { # SERVICE TASKS
    local count
    count=$(inspect "$1" '{{with .Spec.Mode.Replicated}}{{.Replicas}}{{end}}')
    echo "${count:-$(grep -c '^Running ' <<<"$2")}"
}

# As many tasks run as are wanted; a task with a health check runs when it is healthy. The one of init must have ended well.
is_whole() { # SERVICE
    local tasks running
    tasks=$(docker service ps --format '{{.DesiredState}} {{.CurrentState}}' "${STACK}_$1")
    case "$1" in
    init) [[ "${tasks%%$'\n'*}" == *" Complete "* ]] ;;
    *)
        running=$(grep -c '^Running Running ' <<<"$tasks") || return 1
        [ "$running" = "$(wanted "$1" "$tasks")" ]
        ;;
    esac
}

wait_whole() { # SERVICE TEMPLATE-BEFORE
    local end=$((SECONDS + LIMIT)) state pending=
    # The manager begins an update a moment after it took it.
    [ -z "$2" ] || [ "$2" = "$(template "$1")" ] || pending=yes
    while :; do
        state=$(update_state "$1")
        case "$state" in
        rollback_completed) fail "$1 was taken back to what it was: $(last_error "$1")" ;;
        paused | rollback_paused) fail "the update of $1 stopped: $(last_error "$1")" ;;
        updating | rollback_started) ;;
        completed) is_whole "$1" && return ;;
        *) [ -z "$pending" ] && is_whole "$1" && return ;;
        esac
        [ $SECONDS -lt $end ] || fail "$1 is not whole within $LIMIT s: $(last_error "$1")"
        sleep 0.5
    done
}

# The newest first; nothing when tasks are merely not there yet.
last_error() { # SERVICE
    docker service ps --no-trunc --format '{{.Node}}: {{.CurrentState}}: {{.Error}}' "${STACK}_$1" | grep -v ': $' | head -1
}

# A label that no node has is found by this rather than by tasks that wait for ever.
label_check() { # LABEL VALUE
    local node
    for node in $(docker node ls --quiet); do
        [ "$(docker node inspect --format "{{index .Spec.Labels \"$1\"}}" "$node")" != "$2" ] || return 0
    done
    fail "no node has the label $1=$2: docker node update --label-add $1=$2 NODE"
}

# With a registry every node runs what its tag means now; without, what was loaded under that tag.
stack_deploy() { # -c FILE…
    local resolve=never
    [ -z "${LEXMQ_REGISTRY:-}" ] || resolve=always
    docker stack deploy --with-registry-auth --resolve-image "$resolve" "$@" "$STACK" >/dev/null
}

deploy() {
    local service begin before
    label_check lexmq.db yes
    label_check lexmq.gateway 1
    label_check lexmq.gateway 2
    keys
    for service in $ORDER; do
        begin=$SECONDS before=$(template "$service")
        stack_deploy -c <(only "$service") ${LEXMQ_OVERRIDE:+-c "$LEXMQ_OVERRIDE"}
        wait_whole "$service" "$before"
        say "$service is whole, $((SECONDS - begin)) s"
    done
}

status() {
    docker node ls
    docker service ls --filter "label=com.docker.stack.namespace=$STACK"
    docker stack ps --filter desired-state=running "$STACK"
}

# On the manager, in the stack's own network: the password comes from the keys folder.
dict() {
    local words=() mounts=() word
    for word in "$@"; do
        if [ -f "$word" ]; then
            mounts+=(-v "$(realpath "$word"):/files/$(basename "$word"):ro")
            word=/files/$(basename "$word")
        fi
        words+=("$word")
    done
    docker run --rm --init --read-only --cap-drop ALL --user "$(id -u):$(id -g)" --tmpfs /tmp --network "${STACK}_data" \
        -v "$KEYS/import/db.password:/keys/import/db.password:ro" ${mounts[@]+"${mounts[@]}"} \
        -e LEXMQ_DB_HOSTS=db:3306 -e LEXMQ_DB_PASSWORD_FILE=/keys/import/db.password "$IMAGE" lexmq-dict "${words[@]}"
}

remove() {
    local end=$((SECONDS + LIMIT))
    docker stack rm "$STACK"
    # Networks go when the last container has.
    until [ -z "$(docker network ls --quiet --filter "label=com.docker.stack.namespace=$STACK")" ] &&
        [ -z "$(docker ps --quiet --filter "label=com.docker.stack.namespace=$STACK")" ]; do
        [ $SECONDS -lt $end ] || fail "the stack is not gone within $LIMIT s"
        docker stack rm "$STACK" >/dev/null 2>&1 || true
        sleep 0.5
    done
    prune
}

case "${1:-}" in
keys | deploy | status | prune | remove) "$1" ;;
keygen | dict) "$@" ;;
*)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
