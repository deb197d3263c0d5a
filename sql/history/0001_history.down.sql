-- Takes back 0001_history.sql: nothing that anybody looked up is known after this. Schema: lexmq_history.
-- loses all look-ups: SELECT 1

DROP TABLE lookups, clears, erased, gate;
