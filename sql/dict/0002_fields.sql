-- What some dictionaries say of an entry beside its text (common/entry.h), and dictionaries of lemmas.
-- Schema: lexmq_dict.

-- Texts are NULL and numbers 0 where a dictionary says nothing. tags are parted by single blanks, aliases are other
-- headwords of the same entry, a line each, forms are in ECDICT's notation. translation_bytes: so many leading bytes of the text are
-- a translation, the rest, behind a line feed, is a definition.
ALTER TABLE entries
    ADD COLUMN phonetic          VARCHAR(1000) NULL,
    ADD COLUMN reading           VARCHAR(1000) NULL,
    ADD COLUMN pos               VARCHAR(1000) NULL,
    ADD COLUMN tags              VARCHAR(1000) NULL,
    ADD COLUMN forms             TEXT NULL,
    ADD COLUMN aliases           TEXT NULL,
    ADD COLUMN audio             TEXT NULL,
    ADD COLUMN detail            TEXT NULL,
    ADD COLUMN collins           INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN oxford            INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN bnc_rank          INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN modern_rank       INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN frequency         INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN translation_bytes INT UNSIGNED NOT NULL DEFAULT 0;

-- kind: 'words', or 'lemmas' for a table of inflected forms, which is never searched itself: it leads from a form that was
-- asked for to the word that the dictionaries have.
ALTER TABLE versions
    ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT 'words';

DROP VIEW active;

CREATE SQL SECURITY INVOKER VIEW active AS
SELECT d.id, d.name, d.title, d.position, v.id AS version, v.entries, v.text_bytes, v.kind
  FROM dictionaries d
  JOIN versions v ON v.id = d.version AND v.dictionary_id = d.id
 WHERE v.state = 'active';
