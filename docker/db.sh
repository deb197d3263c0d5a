#!/bin/bash
# The database of a stack in containers: makes its data folder and the administrator's password at the first start, then becomes
# mariadbd. The password lies in a volume of its own, which only this container and the one-shot `init` have.
set -eu
umask 077

VOLUME=/var/lib/lexmq-db
PASSWORD_FILE=/secrets/db-root/password
RUN=/tmp/lexmq-db

password_make() {
    [ ! -s "$PASSWORD_FILE" ] || return 0
    echo "making the administrator's password"
    od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' >"$PASSWORD_FILE.new"
    echo >>"$PASSWORD_FILE.new"
    sync "$PASSWORD_FILE.new"
    mv "$PASSWORD_FILE.new" "$PASSWORD_FILE"
}

# Made aside and renamed when it is whole: a first start that was cut off begins anew.
data_make() {
    [ ! -d "$VOLUME/data" ] || return 0
    echo "making the data folder"
    rm -rf "$VOLUME/new"
    mariadb-install-db --no-defaults --datadir="$VOLUME/new" --skip-test-db --skip-name-resolve \
        --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" >"$RUN/install.log" 2>&1 || {
        cat "$RUN/install.log" >&2
        exit 1
    }
    sync
    mv "$VOLUME/new" "$VOLUME/data"
}

# Run by the server before it takes connections, at every start: the account follows the password file, whichever of the two
# volumes is the older.
accounts_write() {
    cat >"$RUN/accounts.sql" <<EOF
CREATE USER IF NOT EXISTS 'root'@'%';
ALTER USER 'root'@'%' IDENTIFIED BY '$1';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;
EOF
    # For the health check, which goes the way that the services go.
    cat >"$RUN/health.cnf" <<EOF
[client]
protocol = tcp
host = 127.0.0.1
user = root
password = $1
connect-timeout = 3
EOF
}

# MariaDB has a log format of its own; this goes on when the shell has become mariadbd.
exec > >(exec lexmq-log-lines mariadbd) 2>&1
rm -rf "$RUN" "$VOLUME/tmp"
mkdir "$RUN" "$VOLUME/tmp"
password_make
data_make
accounts_write "$(cat "$PASSWORD_FILE")"
exec mariadbd --init-file="$RUN/accounts.sql" "$@"
