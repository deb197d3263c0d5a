-- Dictionaries, their versions and their entries. Schema: lexmq_dict (the default schema of the connection).
--
-- A dictionary shows exactly one version at a time: the one that dictionaries.version names. An import fills a
-- new version in state 'loading', which nobody reads, and then changes that one column: readers see the old
-- version whole or the new version whole. There are no foreign keys, because entries are deleted in chunks long
-- after their version has left sight, and because a version is loaded before its dictionary points at it.
--
-- Words and names are compared byte by byte (utf8mb4_bin): "Polish" and "polish" are two headwords. Folding
-- of case and accents is the reader's work, not a collation's.

CREATE TABLE dictionaries (
    id         INT UNSIGNED NOT NULL AUTO_INCREMENT,
    name       VARCHAR(64) NOT NULL,
    title      VARCHAR(255) NOT NULL,
    position   INT UNSIGNED NOT NULL,
    version    INT UNSIGNED NULL,
    created_at BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY dictionaries_name (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- state: 'loading', 'active' or 'retired'. entries and text_bytes (the sizes of its texts added up) are exact
-- once a version is active. source is the file's name without its folder, format the reader's name.
CREATE TABLE versions (
    id            INT UNSIGNED NOT NULL AUTO_INCREMENT,
    dictionary_id INT UNSIGNED NOT NULL,
    state         VARCHAR(16) NOT NULL,
    entries       INT UNSIGNED NOT NULL,
    text_bytes    BIGINT UNSIGNED NOT NULL,
    source        VARCHAR(255) NOT NULL,
    format        VARCHAR(32) NOT NULL,
    created_at    BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    KEY versions_dictionary (dictionary_id, state)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- ordinal counts from 0 in the order of the source file; several rows of a version may have the same headword.
CREATE TABLE entries (
    version_id INT UNSIGNED NOT NULL,
    ordinal    INT UNSIGNED NOT NULL,
    headword   VARCHAR(255) NOT NULL,
    text       MEDIUMTEXT NOT NULL,
    PRIMARY KEY (version_id, ordinal)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a reader may see; it orders by position, then by name. A view that runs with its definer's rights would
-- stop working with the account that made it, so this one runs with its caller's.
CREATE SQL SECURITY INVOKER VIEW active AS
SELECT d.id, d.name, d.title, d.position, v.id AS version, v.entries, v.text_bytes
  FROM dictionaries d
  JOIN versions v ON v.id = d.version AND v.dictionary_id = d.id
 WHERE v.state = 'active';
