# The settings files of a stack, written anew at each start. Sourced by scripts/stack.

config_write() { # FILE: from standard input, atomically
    cat >"$1.new"
    mv "$1.new" "$1"
}

# The certificates stay in the settings; the switch goes before them.
config_insecure() {
    [ "${LEXMQ_STACK_INSECURE:-0}" != 1 ] || echo "insecure = 1"
}

# Workers of a service share their settings, so this goes by the environment: the gateway has the front port + 10, gateway N
# of several + 90 + N, worker N of auth + 100 + N, of history + 200 + N, of lookup + 300 + N.
metrics_address() { # NAME, e.g. lookup-2
    if [ "${LEXMQ_STACK_METRICS:-0}" != 1 ]; then
        echo "${LEXMQ_METRICS:-}"
        return
    fi
    case "$1" in
    gateway) echo "127.0.0.1:$((FRONT_PORT + 10))" ;;
    gateway-*) echo "127.0.0.1:$((FRONT_PORT + 90 + ${1#*-}))" ;;
    auth-*) echo "127.0.0.1:$((FRONT_PORT + 100 + ${1#*-}))" ;;
    history-*) echo "127.0.0.1:$((FRONT_PORT + 200 + ${1#*-}))" ;;
    lookup-*) echo "127.0.0.1:$((FRONT_PORT + 300 + ${1#*-}))" ;;
    esac
}

config_worker() { # SERVICE
    cat <<EOF
$(config_insecure)
gateways = "$(gateways_backs)"
gateway-certificate = "$VAR/keys/public/gateway.cert"
certificate = "$VAR/keys/$1/curve.cert_secret"
token-keys = "$VAR/keys/public/token.public"
db-hosts = "$DB_HOSTS"
db-password-file = "$VAR/keys/$1/db.password"
EOF
}

config_make() {
    local gateway
    for gateway in $(gateways_names); do
        config_write "$VAR/etc/$gateway.zpl" <<EOF
$(config_insecure)
front = "$(gateway_front "$gateway")"
back = "$(gateway_back "$gateway")"
certificate = "$VAR/keys/gateway/gateway.cert_secret"
workers = "$VAR/keys/gateway/workers"
EOF
    done
    {
        config_worker auth
        echo "signing-key = \"$VAR/keys/auth/token.secret\""
    } | config_write "$VAR/etc/auth.zpl"
    {
        config_worker lookup
        echo "index-dir = \"$VAR/index\""
        echo "journal-dir = \"$VAR/journal\""
    } | config_write "$VAR/etc/lookup.zpl"
    config_worker history | config_write "$VAR/etc/history.zpl"
    config_write "$VAR/etc/import.zpl" <<EOF
db-hosts = "$DB_HOSTS"
db-password-file = "$VAR/keys/import/db.password"
EOF
    config_write "$VAR/client.zpl" <<EOF
$(config_insecure)
gateway = "$(gateways_fronts)"
server-key = "$VAR/keys/public/gateway.cert"
session = "$VAR/session"
EOF
}
