-- The least rights that work, one account a service (design: "each service seeing only its own"). Run by `lexmq-migrate bootstrap`
-- after the migrations, as an administrator; running it again changes nothing. Every account exists twice: '%' for TCP, 'localhost'
-- because a server's anonymous ''@'localhost', where there is one, would otherwise come before '%' on the Unix socket.

GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_auth.* TO 'lexmq_auth'@'%', 'lexmq_auth'@'localhost';

GRANT SELECT ON lexmq_dict.* TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';
GRANT SELECT ON lexmq_auth.revoked TO 'lexmq_lookup'@'%', 'lexmq_lookup'@'localhost';

GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_history.* TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';
GRANT SELECT ON lexmq_auth.revoked TO 'lexmq_history'@'%', 'lexmq_history'@'localhost';

GRANT SELECT, INSERT, UPDATE, DELETE ON lexmq_dict.* TO 'lexmq_import'@'%', 'lexmq_import'@'localhost';
