"""lexmq-migrate on a stack that is in use: back to an older schema and up again, what is refused, what a person has to mend."""

import os
import shutil
import subprocess
import unittest

from tests.system.stack import BUILD, TOP, Stack

SHAPE = ("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT FROM information_schema.COLUMNS "
         "WHERE TABLE_SCHEMA = 'lexmq_dict' ORDER BY TABLE_NAME, ORDINAL_POSITION")


class Migrations(unittest.TestCase):
    def setUp(self):
        self.stack = Stack().up()
        self.addCleanup(self.stack.close)
        self.sql = os.path.join(self.stack.var, "sql")
        shutil.copytree(os.path.join(TOP, "sql"), self.sql, ignore=shutil.ignore_patterns("*.c", "*.h"))

    def migrate(self, *arguments, code=0):
        result = subprocess.run([os.path.join(BUILD, "bin", "lexmq-migrate"), *arguments, "--db-hosts", "unix:" + self.stack.socket(),
                                 "--keys", os.path.join(self.stack.var, "keys"), "--sql", self.sql],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        self.assertEqual(result.returncode, code, result.stdout)
        return result.stdout

    def write(self, name, text):
        with open(os.path.join(self.sql, name), "w") as file:
            file.write(text)

    def test_back_and_up_again(self):
        stack = self.stack
        stack.register("ann")
        stack.lexmq("lookup", "abandon")
        stack.sql("UPDATE lexmq_dict.entries SET phonetic = 'x' ORDER BY ordinal LIMIT 1")
        self.migrate("status")
        shape, entries = stack.sql(SHAPE), stack.sql("SELECT headword, text FROM lexmq_dict.entries ORDER BY version_id, ordinal")
        self.assertIn("loses fields of entries", self.migrate("rollback", "dict", "1", code=1))
        self.assertEqual(stack.sql(SHAPE), shape)
        self.migrate("rollback", "dict", "1", "--lose-data")
        self.assertIn("pending", self.migrate("status", code=1))
        self.assertNotIn("phonetic", stack.sql(SHAPE))
        self.assertEqual(stack.sql("SELECT headword, text FROM lexmq_dict.entries ORDER BY version_id, ordinal"), entries)
        # Who runs has its index, and goes on.
        stack.lexmq("lookup", "abandon")
        self.migrate("up")
        self.assertEqual(stack.sql(SHAPE), shape)
        self.migrate("status")
        stack.lexmq("lookup", "abandon")
        self.assertEqual([r["word"] for r in stack.lexmq_json("history", "--json")], ["abandon"] * 3)
        self.migrate("rollback", "history", "0", code=1)
        self.migrate("rollback", "auth", "0", code=1)
        self.assertEqual(len(stack.lexmq_json("history", "--json")), 3)

    def test_what_failed_halfway_waits_for_a_person(self):
        self.write("history/0002_some.sql", "CREATE TABLE some (n INT); CREATE TABLE lookups (n INT);")
        shown = self.migrate("up", code=1)
        self.assertIn("0002_some did before it failed is not undone", shown)
        self.assertIn("failed", self.migrate("status", code=1))
        shown = self.migrate("up", code=1)
        self.assertIn("began and did not end", shown)
        self.assertIn("mark", shown)
        self.migrate("mark", "history", "1", "applied", code=1)
        self.stack.sql("DROP TABLE lexmq_history.some")
        self.migrate("mark", "history", "2", "pending")
        self.write("history/0002_some.sql", "CREATE TABLE some (n INT);")
        self.migrate("up")
        self.migrate("status")
        self.write("history/0002_some.down.sql", "-- loses nothing\nDROP TABLE some;")
        self.migrate("rollback", "history", "1")
        self.assertEqual(self.stack.sql("SHOW TABLES FROM lexmq_history LIKE 'some'"), "")

    def test_usage(self):
        for arguments in (["rollback"], ["rollback", "dict"], ["rollback", "words", "1"], ["rollback", "dict", "x"], ["rollback", "dict", "12345"],
                          ["mark", "dict", "1"], ["mark", "dict", "1", "done"], ["up", "dict"], ["down"]):
            self.migrate(*arguments, code=2)
        self.migrate("rollback", "dict", "2")  # is there already


if __name__ == "__main__":
    unittest.main()
