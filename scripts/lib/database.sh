# The private MariaDB of a stack, on a unix socket under its var folder, unless it is given servers that run already. Sourced by
# scripts/stack.

# DB_HOSTS for the services, DB_ADMIN for the administrator; DB_GIVEN is empty when the server is our own, at SOCKET.
database_choose() {
    SOCKET=$(database_socket)
    DB_GIVEN=${LEXMQ_STACK_DB_HOSTS:-}
    DB_HOSTS=${DB_GIVEN:-unix:$SOCKET}
    DB_ADMIN=${LEXMQ_STACK_DB_ADMIN:-$DB_HOSTS}
}

# A unix socket's path holds 107 bytes at most; a deep checkout gets one under TMPDIR instead.
database_socket() {
    local socket="$VAR/run/mysqld.sock"
    if [ "${#socket}" -gt 100 ]; then
        socket="${TMPDIR:-/tmp}/lexmq-$(id -u)-$(printf %s "$VAR" | cksum | cut -d' ' -f1).sock"
    fi
    echo "$socket"
}

# A folder of its own for temporary tables: two servers that share one remove each other's.
database_create() {
    [ -e "$VAR/db/.complete" ] && return 0
    say "making the database"
    rm -rf "$VAR/db"
    mkdir -p "$VAR/db"
    local as_user=()
    [ "$(id -u)" != 0 ] || as_user=(--user=root)
    mariadb-install-db --no-defaults "${as_user[@]}" --datadir="$VAR/db" --tmpdir="$VAR/tmp" --skip-test-db --auth-root-authentication-method=socket \
        --auth-root-socket-user="$(id -un)" >"$VAR/log/database-install.log" 2>&1 ||
        fail "mariadb-install-db failed; the end of its log:" database-install
    # Written last: a half-made database is made anew.
    touch "$VAR/db/.complete"
}

database_answers() {
    mariadb --no-defaults --socket="$SOCKET" --user="$(id -un)" -e 'SELECT 1' >/dev/null 2>&1
}

database_start() {
    database_create
    local as_user=()
    [ "$(id -u)" != 0 ] || as_user=(--user=root)
    process_start database mariadbd --no-defaults "${as_user[@]}" --datadir="$VAR/db" --tmpdir="$VAR/tmp" --socket="$SOCKET" --skip-networking \
        --pid-file="$VAR/run/mysqld.own-pid" --character-set-server=utf8mb4 --skip-name-resolve --max-allowed-packet=64M \
        --innodb-buffer-pool-size="${LEXMQ_DB_MEMORY:-256M}" --innodb-log-file-size=256M --innodb-flush-log-at-trx-commit=1 \
        --max-connections=200 --performance-schema=OFF
    process_await database 60 database_answers
}

database_prepare() {
    "$BIN/lexmq-keygen" "$VAR/keys" >>"$VAR/log/keygen.log" 2>&1 || fail "lexmq-keygen failed; the end of its log:" keygen
    "$BIN/lexmq-migrate" bootstrap --db-hosts "$DB_ADMIN" --db-user "$(id -un)" --keys "$VAR/keys" --sql "$TOP/sql" \
        >"$VAR/log/migrate.log" 2>&1 || fail "lexmq-migrate failed; the end of its log:" migrate
}
