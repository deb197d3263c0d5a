-- Takes back 0002_fields.sql, for programs that know neither fields nor dictionaries of lemmas. Schema: lexmq_dict.
-- loses fields of entries: SELECT EXISTS (SELECT 1 FROM entries WHERE COALESCE(phonetic, reading, pos, tags, forms, aliases, audio, detail) IS NOT NULL OR collins > 0 OR oxford > 0 OR bnc_rank > 0 OR modern_rank > 0 OR frequency > 0 OR translation_bytes > 0)
-- loses dictionaries of lemmas: SELECT EXISTS (SELECT 1 FROM dictionaries d JOIN versions v ON v.id = d.version WHERE v.kind <> 'words')

DROP VIEW active;

-- To such programs a dictionary of lemmas would be one to search; without a version it is none.
UPDATE dictionaries d JOIN versions v ON v.id = d.version
   SET d.version = NULL, v.state = 'retired'
 WHERE v.kind <> 'words';

CREATE SQL SECURITY INVOKER VIEW active AS
SELECT d.id, d.name, d.title, d.position, v.id AS version, v.entries, v.text_bytes
  FROM dictionaries d
  JOIN versions v ON v.id = d.version AND v.dictionary_id = d.id
 WHERE v.state = 'active';

ALTER TABLE versions
    DROP COLUMN kind;

ALTER TABLE entries
    DROP COLUMN phonetic,
    DROP COLUMN reading,
    DROP COLUMN pos,
    DROP COLUMN tags,
    DROP COLUMN forms,
    DROP COLUMN aliases,
    DROP COLUMN audio,
    DROP COLUMN detail,
    DROP COLUMN collins,
    DROP COLUMN oxford,
    DROP COLUMN bnc_rank,
    DROP COLUMN modern_rank,
    DROP COLUMN frequency,
    DROP COLUMN translation_bytes;
