-- What people looked up. Schema: lexmq_history (the default schema of the connection).
--
-- lookups has one row a word. All it is ever asked for is one user's rows in the order of `id`, so it is
-- stored in that order: a page of somebody's history is one short run of the clustered index, and clearing it is
-- the deletion of such a run. `lookups_once` makes a record that is sent again change nothing; `lookups_id`
-- is there because AUTO_INCREMENT wants an index that begins with it.
--
-- There is no index by time and none by word. A search walks one user's rows in the order of `id` and looks at each:
-- the rows lie together and are few compared to all, whereas every further index would cost about a
-- microsecond for every word that anybody looks up, and a column for the word's key as much again.
--
-- Words are compared byte by byte (utf8mb4_bin). Times are UTC milliseconds, by the clock of the lookup
-- worker: nothing is sorted by them.

CREATE TABLE lookups (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id    BIGINT UNSIGNED NOT NULL,
    request_id BINARY(16) NOT NULL,
    position   SMALLINT UNSIGNED NOT NULL,
    time       BIGINT UNSIGNED NOT NULL,
    found      BOOLEAN NOT NULL,
    word       VARCHAR(255) NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE KEY lookups_once (user_id, request_id, position),
    KEY lookups_id (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- A clear that was asked for. It removes the rows up to `bound`, which was the user's last when it was first
-- asked, and is `done` when none is left; asked again after that it removes nothing. Rows are forgotten after a day.
CREATE TABLE clears (
    user_id    BIGINT UNSIGNED NOT NULL,
    request_id BINARY(16) NOT NULL,
    bound      BIGINT UNSIGNED NOT NULL,
    cleared    BIGINT UNSIGNED NOT NULL,
    done       BOOLEAN NOT NULL,
    created_at BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (user_id, request_id),
    KEY clears_created (created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Users whose records are refused for good, numbered in the order in which they were erased, without gaps.
CREATE TABLE erased (
    user_id    BIGINT UNSIGNED NOT NULL,
    number     BIGINT UNSIGNED NOT NULL,
    erased_at  BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (user_id),
    UNIQUE KEY erased_number (number)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row: how many users were erased. Whoever writes records holds it shared until the commit, whoever erases
-- a user takes it exclusively: so a commit either comes first, and its rows are erased, or knows that the user is.
CREATE TABLE gate (
    id       TINYINT UNSIGNED NOT NULL,
    erasures BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO gate (id, erasures) VALUES (1, 0);
