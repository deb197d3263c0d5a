-- The least rights that work, one account a service (design: "each service seeing only its own"). Run by `lexmq-migrate bootstrap`
-- after the migrations, as an administrator; running it again changes nothing. Every account exists twice: '%' for TCP, 'localhost'
-- because a server's anonymous ''@'localhost', where there is one, would otherwise come before '%' on the Unix socket.
--
-- Rights are given by table, so that a new one is nobody's until it is named here, and nobody but the migrator touches
-- schema_migrations. Locking reads and ON DUPLICATE KEY UPDATE want UPDATE; a DELETE that has conditions wants SELECT.

GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_auth.users TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT, INSERT, DELETE ON lexmq_auth.profiles TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_auth.sessions TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_auth.revocations TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_auth.throttle TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_auth.throttle_window TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT, INSERT, DELETE ON lexmq_auth.deletions TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_auth.erasures TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';

-- `active` runs with its caller's rights, so that it takes those on its tables.
GRANT SELECT ON lexmq_dict.active TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';
GRANT SELECT ON lexmq_dict.dictionaries TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';
GRANT SELECT ON lexmq_dict.versions TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';
GRANT SELECT ON lexmq_dict.entries TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';
GRANT SELECT ON lexmq_auth.revoked TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';

GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_history.lookups TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_history.clears TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';
GRANT SELECT, INSERT ON lexmq_history.erased TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';
GRANT SELECT, UPDATE ON lexmq_history.gate TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';
GRANT SELECT ON lexmq_auth.revoked TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';

GRANT SELECT ON lexmq_dict.active TO 'lexmq_import'@'%', 'lexmq_import'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_dict.dictionaries TO 'lexmq_import'@'%', 'lexmq_import'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_dict.versions TO 'lexmq_import'@'%', 'lexmq_import'@'localhost';
GRANT SELECT, INSERT, DELETE ON lexmq_dict.entries TO 'lexmq_import'@'%', 'lexmq_import'@'localhost';

-- Rights were once given by schema. What was never given cannot be revoked, hence the GRANT; the rights by table, which are
-- there already, stay, so that no statement of a running service is refused in between.
GRANT SELECT ON lexmq_auth.* TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
REVOKE ALL PRIVILEGES ON lexmq_auth.* FROM 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';
GRANT SELECT ON lexmq_dict.* TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';
REVOKE ALL PRIVILEGES ON lexmq_dict.* FROM 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';
GRANT SELECT ON lexmq_history.* TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';
REVOKE ALL PRIVILEGES ON lexmq_history.* FROM 'lexmq_history'@'%', 'lexmq_history'@'localhost';
GRANT SELECT ON lexmq_dict.* TO 'lexmq_import'@'%', 'lexmq_import'@'localhost';
REVOKE ALL PRIVILEGES ON lexmq_dict.* FROM 'lexmq_import'@'%', 'lexmq_import'@'localhost';
