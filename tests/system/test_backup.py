"""Backup under load, and restore: what was there is there again, once; what cannot be restored changes nothing."""

import glob
import hashlib
import io
import gzip
import os
import shutil
import signal
import subprocess
import tarfile
import unittest

from tests.system.stack import BUILD, TOP, Stack, load_report, wait_until

WORDS = ["abandon", "Abandon", "café", "放弃", "nobody knows this", "it's \"quoted\"; -- USE `lexmq_auth`;"]
SCHEMAS = ("lexmq_auth", "lexmq_dict", "lexmq_history")
PROCESSES = ("auth-1", "lookup-1", "lookup-2", "history-1", "gateway", "database")


def setUpModule():
    global stack
    stack = Stack().up()


def tearDownModule():
    stack.close()


def history(user, where=None):
    return (where or stack).lexmq("history", "--all", "--json", session=user)


def words(user):
    return [record["word"] for record in stack.lexmq_json("history", "--all", "--json", session=user)]


def dictionaries(where):
    """Every row, as the server prints it."""
    return where.sql("SELECT * FROM lexmq_dict.dictionaries ORDER BY id; SELECT * FROM lexmq_dict.versions ORDER BY id;"
                     "SELECT * FROM lexmq_dict.entries ORDER BY version_id, ordinal; SELECT * FROM lexmq_dict.active ORDER BY id")


def wipe():
    stack.sql("".join(f"DROP DATABASE {schema};" for schema in SCHEMAS))


def journals():
    return glob.glob(os.path.join(stack.var, "journal", "*.journal"))


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def held():
    """True when a record waits in a journal."""
    return any(os.path.exists(path) and os.path.getsize(path) > 8 for path in journals())


class Backup(unittest.TestCase):
    def backup(self, name="backup"):
        path = os.path.join(stack.var, "tmp", f"{self.id()}.{name}")
        stack.script("backup", path)
        return path

    def refused(self, path, sentence):
        """The restore fails, says why, and nothing has changed: not a row, not a process."""
        before = self.everything()
        with self.assertRaisesRegex(AssertionError, sentence):
            stack.script("restore", path)
        self.assertEqual(self.everything(), before)
        self.assertEqual(glob.glob(os.path.join(stack.var, "backup", "restore.*")), [])

    def everything(self):
        rows = subprocess.run(["mariadb-dump", "--no-defaults", "--socket", stack.socket(), "--skip-dump-date", "--databases", *SCHEMAS],
                              stdout=subprocess.PIPE, check=True, timeout=60).stdout
        pids = [stack.running(name) and stack.pid(name) for name in PROCESSES]
        return hashlib.sha256(rows).hexdigest(), pids

    def test_everything_is_back_after_a_wipe(self):
        stack.register("ann", session="ann")
        for word in WORDS:
            stack.lexmq_result("lookup", word, session="ann")
        self.assertEqual(words("ann"), WORDS)
        mine, entries = history("ann"), dictionaries(stack)
        load = stack.load(5, 0)
        self.assertEqual(load.stdout.readline().strip(), "started")
        rows = "SELECT COUNT(*) FROM lexmq_history.lookups"
        before = int(stack.sql(rows))
        path = self.backup()
        after = int(stack.sql(rows))
        self.assertGreater(after, before)  # it was under load indeed
        report = load_report(load)
        for key in ("failed", "wrong", "missing", "twice", "foreign", "unsettled", "unrecorded"):
            self.assertEqual(report[key], 0, report)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

        stack.lexmq("lookup", "abandon", session="ann")
        wipe()
        stack.script("restore", path)
        self.assertEqual(history("ann"), mine)
        self.assertEqual(dictionaries(stack), entries)
        self.assertTrue(before <= int(stack.sql(rows)) <= after)
        self.assertEqual(stack.sql("SELECT COUNT(*) FROM lexmq_history.lookups l LEFT JOIN lexmq_auth.users u ON u.id = l.user_id "
                                   "WHERE u.id IS NULL").strip(), "0")  # of one moment
        stack.lexmq("login", "ann", "--password-stdin", stdin="correct horse\n", session="again")
        self.assertEqual(history("again"), mine)
        stack.lexmq("lookup", "abandon", session="ann")
        self.assertEqual(words("ann"), [*WORDS, "abandon"])
        self.assertEqual(stack.sql("SHOW DATABASES LIKE 'lexmq\\_re%'"), "")
        # The file of what was replaced is a backup like any other; that was an empty server.
        self.assertEqual(len(glob.glob(os.path.join(stack.var, "backup", "before-restore-*.tar"))), 1)

    def test_look_ups_on_their_way_are_taken_along(self):
        stack.register("bob", session="bob")
        stack.lexmq("lookup", "abandon", session="bob")
        stack.kill("history-1")
        for word in ("one on its way", "two on its way"):
            stack.lexmq_result("lookup", word, session="bob")
        self.assertTrue(held())
        path = self.backup()
        copies = {name: contents(name) for name in journals()}
        stack.script("scale", "history", "1")
        delivered = ["abandon", "one on its way", "two on its way"]
        wait_until(lambda: sorted(words("bob")) == delivered, "the journal is delivered")
        wait_until(lambda: not held(), "the journal is empty")

        wipe()
        stack.script("restore", path)
        wait_until(lambda: sorted(words("bob")) == delivered, "the restored journal is delivered")
        # A journal that comes again, as after a backup that was made while it was being delivered, changes nothing.
        stack.script("restart", "lookup")
        wait_until(lambda: not held(), "the journal is empty")
        stack.signal("lookup-1", signal.SIGTERM)
        stack.signal("lookup-2", signal.SIGTERM)
        wait_until(lambda: not stack.running("lookup-1") and not stack.running("lookup-2"), "the workers are gone")
        for name, text in copies.items():
            with open(name, "wb") as file:
                file.write(text)
        stack.script("up")
        wait_until(lambda: not held(), "it is delivered again")
        self.assertEqual(sorted(words("bob")), delivered)

    def rewrite(self, path, change):
        """The same backup with another dump, its checksums in order."""
        out = path + ".changed"
        with tarfile.open(path) as old, tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as new:
            dump = gzip.compress(change(gzip.decompress(old.extractfile("lexmq.sql.gz").read())))
            for member in old.getmembers():
                data = old.extractfile(member).read() if member.isfile() else b""
                if member.name == "lexmq.sql.gz":
                    data = dump
                if member.name == "MANIFEST":
                    data = b"".join(hashlib.sha256(dump).hexdigest().encode() + line[64:] if b"lexmq.sql.gz" in line else line
                                    for line in data.splitlines(True))
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
        return out

    def test_what_cannot_be_restored_changes_nothing(self):
        stack.register("eve", session="eve")
        stack.lexmq("lookup", "abandon", session="eve")
        path = self.backup()
        whole = contents(path)
        bad = path + ".bad"

        def refused(data, sentence):
            with open(bad, "wb") as file:
                file.write(data)
            self.refused(bad, sentence)

        refused(b"", "is no backup")
        refused(b"some other file\n" * 1000, "is no backup")
        refused(whole[:len(whole) // 2], "not all of it|damaged|cannot be unpacked|no backup")
        middle = whole.index(b"lexmq.sql.gz", 512) + 512 + 5000
        refused(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:], "damaged")
        foreign = io.BytesIO()
        with tarfile.open(fileobj=foreign, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("../journal/x"))
        refused(foreign.getvalue(), "is no backup of Lexmq")
        self.refused(path + ".none", "there is no file")
        # One whose dump fails in its middle, one without a schema, and one that fails at the very last step.
        self.refused(self.rewrite(path, lambda dump: dump.replace(b"USE `lexmq_history`;", b"NONSENSE;", 1)), "cannot be loaded")
        self.refused(self.rewrite(path, lambda dump: dump.split(b"CREATE DATABASE")[0]), "has no lexmq_auth")

    def test_failure_at_the_last_step_is_undone(self):
        stack.register("joe", session="joe")
        stack.lexmq("lookup", "abandon", session="joe")
        path = self.backup()
        mine, rows = history("joe"), self.everything()[0]
        odd = b"USE `lexmq_auth`;\nCREATE VIEW odd AS SELECT id FROM lexmq_restore_dict.versions;\n-- Dump completed\n"
        broken = self.rewrite(path, lambda dump: dump + odd)
        with self.assertRaisesRegex(AssertionError, "the tables are as they were"):
            stack.script("restore", broken)
        self.assertEqual(self.everything()[0], rows)
        stack.script("up")
        self.assertEqual(history("joe"), mine)
        stack.script("restore", path)
        self.assertEqual(history("joe"), mine)

    def test_restore_that_is_cut_off(self):
        stack.register("zoe", session="zoe")
        stack.lexmq("lookup", "abandon", session="zoe")
        path, mine = self.backup(), history("zoe")
        stack.lexmq("lookup", "abandon", session="zoe")
        for sign in ("lexmq\\_restore\\_history", "lexmq\\_replaced\\_history"):  # before the change-over, and about then
            restore = subprocess.Popen([os.path.join(TOP, "scripts", "stack"), "restore", path], env=stack.environment, cwd=TOP,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            wait_until(lambda: stack.sql(f"SHOW DATABASES LIKE '{sign}'") or restore.poll() is not None, "it is under way")
            os.killpg(restore.pid, signal.SIGKILL)
            restore.wait()
            stack.script("up")
            self.assertIn(len(stack.lexmq_json("history", "--json", session="zoe")), (1, 2))  # all of it, or nothing
        stack.script("restore", path)
        self.assertEqual(history("zoe"), mine)
        self.assertEqual(stack.sql("SHOW DATABASES LIKE 'lexmq\\_re%'"), "")

    def test_into_a_fresh_stack(self):
        stack.register("moe", session="moe")
        stack.lexmq("lookup", "abandon", session="moe")
        path, mine = self.backup(), history("moe")
        other = Stack()
        os.makedirs(os.path.join(other.var, "run"), exist_ok=True)
        self.addCleanup(other.close)
        other.script("restore", path)
        # Its keys are its own: who was logged in there is not here, and logs in.
        shutil.copy(os.path.join(stack.var, "moe"), os.path.join(other.var, "moe"))
        other.lexmq("history", "--all", "--json", session="moe", code=3)
        other.lexmq("login", "moe", "--password-stdin", stdin="correct horse\n", session="moe")
        self.assertEqual(history("moe", other), mine)
        self.assertEqual(dictionaries(other), dictionaries(stack))
        listed = subprocess.run([os.path.join(BUILD, "bin", "lexmq-migrate"), "status", "--db-hosts", "unix:" + other.socket(),
                                 "--keys", os.path.join(other.var, "keys"), "--sql", "sql"], stdout=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(listed.returncode, 0, listed.stdout)


if __name__ == "__main__":
    unittest.main()
