# The settings files of a stack, written anew at each start. Sourced by scripts/stack.

config_write() { # FILE: from standard input, atomically
    cat >"$1.new"
    mv "$1.new" "$1"
}

# The certificates stay in the settings; the switch goes before them.
config_insecure() {
    [ "${LEXMQ_STACK_INSECURE:-0}" != 1 ] || echo "insecure = 1"
}

config_worker() { # SERVICE
    cat <<EOF
$(config_insecure)
gateways = "tcp://127.0.0.1:$BACK_PORT"
gateway-certificate = "$VAR/keys/public/gateway.cert"
certificate = "$VAR/keys/$1/curve.cert_secret"
token-keys = "$VAR/keys/public/token.public"
db-hosts = "unix:$SOCKET"
db-password-file = "$VAR/keys/$1/db.password"
EOF
}

config_make() {
    config_write "$VAR/etc/gateway.zpl" <<EOF
$(config_insecure)
front = "tcp://127.0.0.1:$FRONT_PORT"
back = "tcp://127.0.0.1:$BACK_PORT"
certificate = "$VAR/keys/gateway/gateway.cert_secret"
workers = "$VAR/keys/gateway/workers"
EOF
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
db-hosts = "unix:$SOCKET"
db-password-file = "$VAR/keys/import/db.password"
EOF
    config_write "$VAR/client.zpl" <<EOF
$(config_insecure)
gateway = "tcp://127.0.0.1:$FRONT_PORT"
server-key = "$VAR/keys/public/gateway.cert"
session = "$VAR/session"
EOF
}
