# Backup and restore of a stack's data: one file with the three schemas of one moment, the look-ups that history has not got yet and
# what was imported. Accounts, rights and keys are not in it. Sourced by scripts/stack.
#
# The file is a tar with MANIFEST (format, time, checksums), lexmq.sql.gz, journal/ and imported/. It is written aside and renamed when
# it is whole. A restore loads the dump into schemas of its own while everything runs, then stops the workers, backs up what there is
# and changes the tables over by one RENAME: until then nothing has changed, and after it nothing is lost.

BACKUP_FORMAT="lexmq-backup 1"
BACKUP_PARTS="auth dict history" # lexmq_…

backup_sql() { # ARGUMENT...: as the administrator
    mariadb --no-defaults --socket="$SOCKET" --user="$(id -un)" --default-character-set=utf8mb4 --batch --skip-column-names "$@"
}

# Look-ups first: one that is delivered in between is then in both, and history knows it when it comes again. The other way round
# it would be in neither.
backup_collect() { # FOLDER
    mkdir "$1/journal" "$1/imported"
    local file
    for file in "$VAR"/journal/*.journal; do
        # It may be delivered, and gone, meanwhile.
        [ ! -e "$file" ] || cp "$file" "$1/journal/" 2>/dev/null || [ ! -e "$file" ] || return 1
    done
    for file in "$VAR"/imported/*; do
        [ ! -e "$file" ] || cp "$file" "$1/imported/" || return 1
    done
    mariadb-dump --no-defaults --socket="$SOCKET" --user="$(id -un)" --default-character-set=utf8mb4 --single-transaction --quick \
        --hex-blob --skip-lock-tables --no-tablespaces --databases lexmq_auth lexmq_dict lexmq_history 2>"$VAR/log/backup.log" |
        gzip -6 >"$1/lexmq.sql.gz"
    # A dump that ended early has not this line.
    gzip -dc "$1/lexmq.sql.gz" | tail -n 1 | grep -q '^-- Dump completed' || return 1
    {
        echo "$BACKUP_FORMAT"
        date -u '+%Y-%m-%dT%H:%M:%SZ'
        (cd "$1" && find lexmq.sql.gz journal imported -type f -exec sha256sum {} +)
    } >"$1/MANIFEST"
}

backup_write() { # FILE
    local scratch
    scratch=$(mktemp -d "$1.XXXXXX") || fail "backup: nothing can be written beside $1"
    if backup_collect "$scratch" && tar -C "$scratch" -cf "$scratch.tar" MANIFEST lexmq.sql.gz journal imported &&
        sync "$scratch.tar" && mv "$scratch.tar" "$1" && sync "$(dirname "$1")"; then
        rm -rf "$scratch"
        return 0
    fi
    rm -rf "$scratch" "$scratch.tar"
    fail "backup: $1 was not written; the end of the log:" backup
}

backup_choose() {
    database_choose
    [ -z "$DB_GIVEN" ] || fail "the database servers are not this stack's own: docs/operations.md has what to do by hand"
}

backup() { # FILE
    [ -n "${1:-}" ] || fail "backup: make backup FILE=…"
    command -v mariadb-dump >/dev/null || fail "backup needs mariadb-dump: apt-get install mariadb-client"
    backup_choose
    process_pid database >/dev/null || fail "the stack is down; make up first"
    umask 077 # it holds password hashes and tokens
    backup_write "$(realpath -m "$1")"
    say "backup: $(du -h "$1" | cut -f1) in $1; the keys in ${VAR#"$PWD"/}/keys are not in it"
}

# Takes the file apart into FOLDER; refuses what is not one of ours from its first byte to its last.
restore_open() { # FILE FOLDER
    local names
    names=$(tar -tf "$1" 2>/dev/null) || fail "restore: $1 is no backup, or not all of it"
    [ -z "$(printf '%s\n' "$names" | grep -vE '^(MANIFEST|lexmq\.sql\.gz|(journal|imported)/[A-Za-z0-9._-]*)$')" ] &&
        printf '%s\n' "$names" | grep -qx MANIFEST || fail "restore: $1 is no backup of Lexmq"
    tar -C "$2" --no-same-owner -xf "$1" 2>/dev/null || fail "restore: $1 cannot be unpacked"
    [ "$(head -n 1 "$2/MANIFEST")" = "$BACKUP_FORMAT" ] || fail "restore: $1 is of another format"
    grep -q ' lexmq.sql.gz$' "$2/MANIFEST" && (cd "$2" && tail -n +3 MANIFEST | sha256sum --quiet --strict -c) >/dev/null 2>&1 ||
        fail "restore: $1 is damaged: its checksums do not fit"
}

# Loads the dump into lexmq_restore_…; only whole lines of the dump itself name a schema, text in the data stands inside of lines.
restore_stage() { # FOLDER
    local part
    for part in $BACKUP_PARTS; do
        backup_sql -e "DROP DATABASE IF EXISTS lexmq_restore_$part"
    done
    gzip -dc "$1/lexmq.sql.gz" | sed -E '/^(USE `|CREATE DATABASE )/s/`lexmq_(auth|dict|history)`/`lexmq_restore_\1`/' |
        backup_sql 2>"$VAR/log/restore.log" || fail "restore: the dump cannot be loaded, nothing was changed; the end of the log:" restore
    for part in $BACKUP_PARTS; do
        [ "$(backup_sql -e "SELECT COUNT(*) FROM lexmq_restore_$part.schema_migrations" 2>/dev/null)" ] ||
            fail "restore: the dump has no lexmq_$part, nothing was changed"
    done
}

# SQL that changes the tables over, what there was going to lexmq_replaced_….
restore_renames() {
    local part
    for part in $BACKUP_PARTS; do
        backup_sql -e "SELECT CONCAT('\`lexmq_$part\`.\`', TABLE_NAME, '\` TO \`lexmq_replaced_$part\`.\`', TABLE_NAME, '\`')
            FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'lexmq_$part' AND TABLE_TYPE = 'BASE TABLE'"
    done
    for part in $BACKUP_PARTS; do
        backup_sql -e "SELECT CONCAT('\`lexmq_restore_$part\`.\`', TABLE_NAME, '\` TO \`lexmq_$part\`.\`', TABLE_NAME, '\`')
            FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'lexmq_restore_$part' AND TABLE_TYPE = 'BASE TABLE'"
    done
}

# A view cannot be renamed into another schema, so each is made again.
restore_views() {
    local part
    for part in $BACKUP_PARTS; do
        backup_sql -e "SELECT CONCAT('DROP VIEW \`lexmq_$part\`.\`', TABLE_NAME, '\`;') FROM information_schema.VIEWS
            WHERE TABLE_SCHEMA = 'lexmq_$part'"
        backup_sql --raw -e "SELECT CONCAT('CREATE DEFINER = \`', SUBSTRING_INDEX(DEFINER, '@', 1), '\`@\`', SUBSTRING_INDEX(DEFINER, '@', -1),
            '\` SQL SECURITY ', SECURITY_TYPE, ' VIEW \`lexmq_$part\`.\`', TABLE_NAME, '\` AS ',
            REPLACE(VIEW_DEFINITION, '\`lexmq_restore_$part\`', '\`lexmq_$part\`'), ';')
            FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'lexmq_restore_$part'"
    done
}

# Tokens outlive a restore: who was shut out since the backup stays out, and no new account gets the id, and with it the tokens, of
# one that the backup does not know. On another machine than the one that made them nothing is known of those: hence the step.
RESTORE_IDS=1000000
restore_locks() {
    backup_sql 2>"$VAR/log/restore.log" <<SQL || fail "restore: revocations cannot be carried over, nothing was changed; the end of the log:" restore
SET @next = (SELECT MAX(AUTO_INCREMENT) + $RESTORE_IDS FROM information_schema.TABLES
    WHERE TABLE_SCHEMA IN ('lexmq_auth', 'lexmq_restore_auth') AND TABLE_NAME = 'users');
EXECUTE IMMEDIATE CONCAT('ALTER TABLE lexmq_restore_auth.users AUTO_INCREMENT = ', @next);
INSERT INTO lexmq_restore_auth.revocations (session_id, user_id, issued_before, expires_at)
    SELECT session_id, user_id, issued_before, expires_at FROM lexmq_auth.revocations
    ON DUPLICATE KEY UPDATE expires_at = VALUES(expires_at);
UPDATE lexmq_restore_auth.sessions s JOIN lexmq_auth.revocations r
    ON r.session_id = s.id OR (r.session_id IS NULL AND r.user_id = s.user_id AND s.issued_at < r.issued_before)
    SET s.revoked_at = COALESCE(s.revoked_at, UNIX_TIMESTAMP() * 1000);
UPDATE lexmq_restore_auth.users u JOIN
    (SELECT user_id, MAX(issued_before) AS issued FROM lexmq_auth.revocations WHERE session_id IS NULL GROUP BY user_id) r ON r.user_id = u.id
    SET u.sessions_from = GREATEST(u.sessions_from, r.issued);
SQL
}

restore_swap() {
    local part renames views
    for part in $BACKUP_PARTS; do
        backup_sql -e "DROP DATABASE IF EXISTS lexmq_replaced_$part; CREATE DATABASE lexmq_replaced_$part CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    done
    renames=$(restore_renames | paste -sd,)
    views=$(restore_views)
    backup_sql -e "RENAME TABLE $renames" 2>"$VAR/log/restore.log" ||
        fail "restore: the tables cannot be changed over, nothing was changed; the end of the log:" restore
    printf '%s\n' "$views" | backup_sql 2>"$VAR/log/restore.log" || {
        printf '%s\n' "$renames" | tr , '\n' | sed -E 's/^(.*) TO (.*)$/\2 TO \1/' | tac | paste -sd, | sed 's/^/RENAME TABLE /' | backup_sql
        fail "restore: the views cannot be made, and the tables are as they were; the end of the log:" restore
    }
}

# Index files go by the numbers of versions, which a later import gives again to other words.
restore_files() { # FOLDER
    rm -f "$VAR"/journal/*.journal "$VAR"/imported/* "$VAR"/index/*
    local file
    for file in "$1"/journal/* "$1"/imported/*; do
        [ ! -e "$file" ] || cp "$file" "$VAR/$(basename "$(dirname "$file")")/"
    done
}

restore() { # FILE
    local scratch safety part
    [ -n "${1:-}" ] || fail "restore: make restore FILE=…"
    [ -f "$1" ] || fail "restore: there is no file $1"
    command -v mariadb-dump >/dev/null || fail "restore needs mariadb-dump: apt-get install mariadb-client"
    umask 077
    stack_lock
    mkdir -p "$VAR/backup"
    rm -rf "$VAR"/backup/restore.* # of one that was killed
    scratch=$(mktemp -d "$VAR/backup/restore.XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf '$scratch'" EXIT
    restore_open "$1" "$scratch"
    backup_choose
    config_make
    database_start 9>&-
    database_prepare
    say "loading $(sed -n 2p "$scratch/MANIFEST")"
    restore_stage "$scratch"
    local workers
    workers="$(process_names lookup-) $(process_names auth-) $(process_names history-)"
    # Who looks up delivers to history as long as it is there.
    # shellcheck disable=SC2046
    process_stop 15 $(process_names lookup-) $(process_names auth-)
    # shellcheck disable=SC2046
    process_stop 15 $(process_names history-)
    safety="$VAR/backup/before-restore-$(date -u '+%Y%m%dT%H%M%SZ').tar"
    backup_write "$safety"
    restore_locks
    restore_swap
    restore_files "$scratch"
    # Rights, and migrations that are newer than the backup.
    database_prepare
    for part in $BACKUP_PARTS; do
        backup_sql -e "DROP DATABASE lexmq_restore_$part; DROP DATABASE lexmq_replaced_$part"
    done
    up_locked "$workers"
    say "restored; what there was before is in ${safety#"$PWD"/}"
}
