-- Accounts, their sessions, and what follows from them. Schema: lexmq_auth (the default schema of the connection).
--
-- Times are UTC milliseconds. request_id is the 16-byte `id` of docs/protocol.md section 3: its unique keys make a
-- request that is sent twice do its work once. There are no foreign keys: sessions outlive their account until
-- they expire, so that a request that was repeated late finds that it was answered already.

-- name is shown as typed (NFC); name_key is its form for uniqueness (NFKC, casefold), compared byte by byte.
-- sessions_from: no session is issued before it; it is the issued_before of the account's last revocation.
-- logins counts sessions opened; every login changes the row, so that a login and a change of the password
-- cannot both pass unseen, on a cluster neither.
CREATE TABLE users (
    id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    name          VARCHAR(128) NOT NULL,
    name_key      VARBINARY(255) NOT NULL,
    password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at    BIGINT UNSIGNED NOT NULL,
    sessions_from BIGINT UNSIGNED NOT NULL,
    logins        BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY users_name (name_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE profiles (
    user_id    BIGINT UNSIGNED NOT NULL,
    attribute  VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    text       VARCHAR(256) NOT NULL,
    PRIMARY KEY (user_id, attribute)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- request_id: of the register, login or passwd that opened the session. revoked_by: of the request that ended it.
CREATE TABLE sessions (
    id         BINARY(16) NOT NULL,
    user_id    BIGINT UNSIGNED NOT NULL,
    request_id BINARY(16) NOT NULL,
    issued_at  BIGINT UNSIGNED NOT NULL,
    expires_at BIGINT UNSIGNED NOT NULL,
    revoked_at BIGINT UNSIGNED NULL,
    revoked_by BINARY(16) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY sessions_request (request_id),
    KEY sessions_user (user_id, issued_at),
    KEY sessions_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- With a session_id: that session. Without: all of user_id's that were issued before issued_before.
CREATE TABLE revocations (
    id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    session_id    BINARY(16) NULL,
    user_id       BIGINT UNSIGNED NOT NULL,
    issued_before BIGINT UNSIGNED NULL,
    expires_at    BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY revocations_session (session_id),
    KEY revocations_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- What the other services may read (docs/protocol.md section 8). It runs with the rights of its definer, the
-- migrator, because its readers have none on the table. The definer is who runs this file.
CREATE SQL SECURITY DEFINER VIEW revoked AS
SELECT id, session_id, user_id, issued_before, expires_at FROM revocations;

-- Wrong passwords in a row, per name. name_hash is BLAKE2b-128 of the name's key: what people type for a name may
-- be their password. No attempt is looked at before not_before.
CREATE TABLE throttle (
    name_hash    BINARY(16) NOT NULL,
    failures     INT UNSIGNED NOT NULL,
    last_failure BIGINT UNSIGNED NOT NULL,
    not_before   BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (name_hash),
    KEY throttle_age (last_failure)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Wrong passwords over all names, by second. Each is counted in a shard taken at random: one row for all would make
-- the workers queue for it.
CREATE TABLE throttle_window (
    second   BIGINT UNSIGNED NOT NULL,
    shard    SMALLINT UNSIGNED NOT NULL,
    failures INT UNSIGNED NOT NULL,
    PRIMARY KEY (second, shard)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Accounts deleted, for as long as a token of theirs could come with the same request again.
CREATE TABLE deletions (
    request_id BINARY(16) NOT NULL,
    user_id    BIGINT UNSIGNED NOT NULL,
    expires_at BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (request_id),
    KEY deletions_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Deleted accounts whose history is still to be erased; a row goes when history-svc has said that nothing is left.
-- not_before: until then one worker has it in hand.
CREATE TABLE erasures (
    user_id    BIGINT UNSIGNED NOT NULL,
    not_before BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (user_id),
    KEY erasures_due (not_before)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
