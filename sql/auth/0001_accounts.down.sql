-- Takes back 0001_accounts.sql: nobody has an account after this. Schema: lexmq_auth.
-- loses all accounts and sessions: SELECT 1

DROP VIEW revoked;
DROP TABLE users, profiles, sessions, revocations, throttle, throttle_window, deletions, erasures;
