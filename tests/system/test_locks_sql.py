"""What each database account may do, asked of the server itself with the account's own password: the table below, and nothing else."""

import os
import re
import subprocess
import tempfile
import unittest

from tests.system.attack_database import HostileDatabase
from tests.system.stack import BUILD, Stack

ALL = "SELECT INSERT UPDATE DELETE"
KEEP = "SELECT INSERT DELETE"

# account: {table: rights}. docs/security.md shows the same.
RIGHTS = {
    "auth": {"lexmq_auth.users": ALL, "lexmq_auth.profiles": KEEP, "lexmq_auth.sessions": ALL, "lexmq_auth.revocations": ALL,
             "lexmq_auth.throttle": ALL, "lexmq_auth.throttle_window": ALL, "lexmq_auth.deletions": KEEP, "lexmq_auth.erasures": ALL},
    "lookup": {"lexmq_dict.active": "SELECT", "lexmq_dict.dictionaries": "SELECT", "lexmq_dict.versions": "SELECT",
               "lexmq_dict.entries": "SELECT", "lexmq_auth.revoked": "SELECT"},
    "history": {"lexmq_history.lookups": ALL, "lexmq_history.clears": ALL, "lexmq_history.erased": "SELECT INSERT",
                "lexmq_history.gate": "SELECT UPDATE", "lexmq_auth.revoked": "SELECT"},
    "import": {"lexmq_dict.active": "SELECT", "lexmq_dict.dictionaries": ALL, "lexmq_dict.versions": ALL, "lexmq_dict.entries": KEEP},
}
SCHEMAS = ("lexmq_auth", "lexmq_dict", "lexmq_history")
# For want of a right; 1045 behind a login is FILE's. A statement that gets as far as its columns was allowed.
REFUSED = re.compile(r"ERROR (?:(?:1044|1142|1143|1227|1370|1419) |1045 \(28000\) at line)")
ALLOWED = re.compile(r"ERROR (?:1048|1364) ")


def setUpModule():
    global stack
    stack = Stack().up()


def tearDownModule():
    stack.close()


def run_as(account, script):
    """Each statement of the script by itself; the output has an ERROR line for each that failed."""
    with open(os.path.join(stack.var, "keys", account, "db.password")) as file:
        password = file.read().strip()
    return subprocess.run(["mariadb", "--no-defaults", "--force", "--unbuffered", "-N", "-B", "--socket", stack.socket(), "--user", "lexmq_" + account],
                          env=dict(os.environ, MYSQL_PWD=password), input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60).stdout


def statement(verb, table):
    """One that changes nothing."""
    column = stack.columns[table]
    return {"SELECT": f"SELECT 1 FROM {table} LIMIT 0",
            "INSERT": f"INSERT INTO {table} ({column}) SELECT NULL FROM (SELECT 1) nothing WHERE 1 = 0",
            "UPDATE": f"UPDATE {table} SET {column} = NULL WHERE 1 = 0",
            "DELETE": f"DELETE FROM {table} WHERE 1 = 0"}[verb]


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        listed = stack.sql("SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), MIN(COLUMN_NAME) FROM information_schema.COLUMNS "
                           "WHERE TABLE_SCHEMA LIKE 'lexmq%' GROUP BY 1")
        stack.columns = dict(line.split("\t") for line in listed.splitlines())

    def outcomes(self, account, statements):
        """Those that are refused for want of a right; any other error is a failure."""
        output = run_as(account, "".join(f"SELECT {n} AS n;\n{one};\n" for n, one in enumerate(statements)))
        refused, at = set(), None
        for line in output.splitlines():
            # What follows the number of a statement is its error.
            if line.isdigit():
                at = int(line)
            elif line.startswith("ERROR") and not ALLOWED.match(line):
                self.assertRegex(line, REFUSED, (account, statements[at]))
                refused.add(statements[at])
        return refused

    def refused(self, account, statements):
        """Every one of them, for want of rights."""
        self.assertEqual(set(statements) - self.outcomes(account, statements), set(), account)

    def test_tables(self):
        """Every right on every table of ours: given when the table says so, else refused."""
        self.assertGreaterEqual(len(stack.columns), 15)
        for account, rights in RIGHTS.items():
            self.assertEqual(set(rights) - set(stack.columns), set())
            asked = {statement(verb, table): (verb, table) for table in stack.columns for verb in ALL.split()}
            refused = {asked[one] for one in self.outcomes(account, list(asked))}
            granted = {(verb, table) for table, verbs in rights.items() for verb in verbs.split()}
            self.assertEqual(refused, set(asked.values()) - granted, account)

    def test_nothing_but_tables(self):
        for account in RIGHTS:
            own = next(iter(RIGHTS[account]))
            schema = own.split(".")[0]
            self.refused(account, [
                f"DROP TABLE {own}", f"ALTER TABLE {own} ADD COLUMN more INT", f"CREATE TABLE {schema}.more (n INT)",
                f"CREATE INDEX more ON {own} ({stack.columns[own]})", f"TRUNCATE {own}", f"CREATE VIEW {schema}.more AS SELECT 1",
                f"CREATE TRIGGER {schema}.more BEFORE DELETE ON {own} FOR EACH ROW SET @n = 1",
                f"CREATE PROCEDURE {schema}.more () SELECT 1", f"LOCK TABLES {own} WRITE", f"GRANT SELECT ON {own} TO CURRENT_USER",
                f"SELECT 1 INTO OUTFILE '{stack.var}/tmp/out'", f"LOAD DATA INFILE '/etc/passwd' INTO TABLE {own}",
                f"DROP DATABASE {schema}", "CREATE DATABASE elsewhere", "CREATE USER stranger", "SELECT * FROM mysql.user",
                "SET GLOBAL general_log = 1", "FLUSH PRIVILEGES", "SHUTDOWN", "INSTALL SONAME 'ha_blackhole'", "SET PASSWORD FOR root@localhost = ''",
                "CHANGE MASTER TO MASTER_HOST = 'x'", "SHOW BINARY LOGS",
            ])
            # PROCESS would show the statements of the others; LOAD_FILE gives NULL without FILE.
            self.assertEqual(run_as(account, "SELECT DISTINCT USER FROM information_schema.PROCESSLIST;\n").strip(), "lexmq_" + account)
            self.assertEqual(run_as(account, "SELECT LOAD_FILE('/etc/passwd') IS NULL;\n").strip(), "1")

    def test_migrator(self):
        """All in our schemas, nothing outside, and nothing of it to give away."""
        output = run_as("migrate", "".join(f"CREATE TABLE {schema}.more (n INT); DROP TABLE {schema}.more;\n" for schema in SCHEMAS))
        self.assertEqual(output, "")
        self.refused("migrate", ["CREATE DATABASE elsewhere", "SELECT * FROM mysql.user", "CREATE USER stranger", "SET GLOBAL general_log = 1",
                                 "GRANT SELECT ON lexmq_auth.users TO lexmq_lookup@localhost", "SHUTDOWN",
                                 f"SELECT 1 INTO OUTFILE '{stack.var}/tmp/out'"])
        self.assertEqual(run_as("migrate", "SELECT DISTINCT USER FROM information_schema.PROCESSLIST;\n").strip(), "lexmq_migrate")

    def test_accounts_of_the_server(self):
        """No account without a name or a password, no administrator from elsewhere, and nobody but ours."""
        accounts = [line.split("\t") for line in stack.sql(
            "SELECT User, Host, IFNULL(JSON_VALUE(Priv, '$.plugin'), ''), IFNULL(JSON_VALUE(Priv, '$.authentication_string'), ''), "
            "IFNULL(JSON_VALUE(Priv, '$.account_locked'), 'false') FROM mysql.global_priv").splitlines()]
        ours = {"lexmq_" + name for name in (*RIGHTS, "migrate")}
        self.assertEqual({a[0] for a in accounts if a[0] in ours}, ours)
        for user, host, plugin, secret, locked in accounts:
            with self.subTest(user=user, host=host):
                self.assertNotEqual(user, "")
                self.assertEqual(plugin, "mysql_native_password" if user in ours else plugin)
                self.assertTrue(len(secret) > 20 or plugin == "unix_socket" or locked in ("true", "1") or secret == "invalid")
                self.assertTrue(user in ours or host == "localhost")
        self.assertEqual(stack.sql("SELECT @@skip_networking").strip(), "1")  # a stack's own server is on a socket alone

    def test_rights_of_an_older_version_are_taken_back(self):
        stack.sql("GRANT ALL PRIVILEGES ON lexmq_auth.* TO lexmq_auth@localhost, lexmq_auth@'%'")
        self.assertNotRegex(run_as("auth", "SELECT 1 FROM lexmq_auth.schema_migrations;\n"), REFUSED)
        stack.script("up")
        self.refused("auth", ["SELECT 1 FROM lexmq_auth.schema_migrations", "CREATE TABLE lexmq_auth.more (n INT)"])
        self.assertEqual(stack.sql("SELECT COUNT(*) FROM mysql.db WHERE User LIKE 'lexmq%' AND User <> 'lexmq_migrate'").strip(), "0")


class Hostile(unittest.TestCase):
    """A server that is not ours, or somebody on the way to one, learns neither the password nor a file."""

    def test_password_and_files_stay_here(self):
        with tempfile.TemporaryDirectory(prefix="lexmq-test-") as folder:
            names = [os.path.join(folder, name) for name in ("password", "file")]
            for name in names:
                with open(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                    file.write("not to be told\n")
            plugins = (b"mysql_clear_password", b"dialog", b"mysql_old_password", b"sha256_password", b"caching_sha2_password")
            ways = [{"wanted": names[1]}, *({"plugin": p} for p in plugins), *({"greeting": p} for p in plugins)]
            for way in ways:
                with self.subTest(**way):
                    heard, output = self.meet(names[0], **way)
                    self.assertNotIn(b"not to be told", b"".join(heard))
                    self.assertRegex(output, "forbidden|restricted_auth")
                    # No question for a key of the server's own making, under which the password would come, either.
                    if "wanted" not in way:
                        self.assertLessEqual(len(heard), 1)

    def meet(self, password, **way):
        """What a hostile server hears of a client, and what that says."""
        server = HostileDatabase(**way)
        try:
            result = subprocess.run([os.path.join(BUILD, "bin", "lexmq-dict"), "list", "--db-hosts", server.address, "--db-user", "lexmq_import",
                                     "--db-password-file", password], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    text=True, timeout=60)
            self.assertNotEqual(result.returncode, 0)
            return server.heard, result.stdout
        finally:
            server.close()


if __name__ == "__main__":
    unittest.main()
