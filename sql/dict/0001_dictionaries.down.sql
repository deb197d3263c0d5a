-- Takes back 0001_dictionaries.sql: every dictionary is gone after this. Schema: lexmq_dict.
-- loses all dictionaries: SELECT 1

DROP VIEW active;
DROP TABLE dictionaries, versions, entries;
