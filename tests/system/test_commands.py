"""The commands for scripts: their output, their exit codes, and what they leave behind."""

import csv
import io
import os
import re
import stat
import unittest

from tests.system.stack import Stack, wait_until


def setUpModule():
    global stack
    stack = Stack().up()


def tearDownModule():
    stack.close()


class Account(unittest.TestCase):
    def test_register_logs_in_and_whoami_shows_the_profile(self):
        stack.lexmq(
            "register", "Ann", "--field", "email=ann@example.org", "--field", "phone=12", "--password-stdin",
            session="ann", stdin="correct horse\n")
        shown = stack.lexmq("whoami", "--json", session="ann")
        self.assertIn("Ann", shown)
        self.assertIn("ann@example.org", shown)
        mode = stat.S_IMODE(os.stat(os.path.join(stack.var, "ann")).st_mode)
        self.assertEqual(mode, 0o600)

    def test_a_name_is_taken_whatever_its_case(self):
        stack.register("Straße", session="strasse")
        stack.lexmq("register", "STRASSE", "--password-stdin", session="other", stdin="correct horse\n", code=3)
        self.assertIn("taken", stack.last_error)

    def test_wrong_password_is_refused_as_an_unknown_name_is(self):
        stack.register("wrongly", session="wrongly")
        stack.lexmq("login", "wrongly", "--password-stdin", session="x1", stdin="correct house\n", code=3)
        first = stack.last_error
        stack.lexmq("login", "nobody at all", "--password-stdin", session="x1", stdin="correct house\n", code=3)
        self.assertEqual(first, stack.last_error)

    def test_guessing_is_throttled(self):
        stack.register("guessed", session="guessed")
        said = ""
        for _ in range(8):
            stack.lexmq("login", "guessed", "--password-stdin", session="x2", stdin="guess guess\n", code=3)
            said += stack.last_error
        # A slow machine sees a delay of a second or two end before the next guess.
        self.assertRegex(said, r"(?i)wait|again in|too many")

    def test_logout_ends_the_session_everywhere(self):
        stack.register("leaver", session="leaver")
        with open(os.path.join(stack.var, "leaver"), "rb") as file:
            kept = file.read()
        stack.lexmq("logout", session="leaver")
        stack.lexmq("whoami", session="leaver", code=3)
        # The same token again, as a thief would.
        path = os.path.join(stack.var, "leaver-copy")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(descriptor, kept)
        os.close(descriptor)
        stack.lexmq("whoami", session="leaver-copy", code=3)

    def test_passwd_changes_the_password(self):
        stack.register("changer", session="changer")
        stack.lexmq("passwd", "--password-stdin", session="changer", stdin="correct horse\nbattery staple\n")
        stack.lexmq("whoami", session="changer")
        stack.lexmq("login", "changer", "--password-stdin", session="changer2", stdin="correct horse\n", code=3)
        stack.lexmq("login", "changer", "--password-stdin", session="changer2", stdin="battery staple\n")

    def test_delete_account_takes_the_history_along(self):
        stack.register("goner", session="goner")
        stack.lexmq("lookup", "abandon", session="goner")
        user = stack.sql("SELECT id FROM lexmq_auth.users WHERE name = 'goner'").strip()
        stack.lexmq("delete-account", "--password-stdin", session="goner", stdin="correct horse\n")
        wait_until(lambda: stack.sql(f"SELECT COUNT(*) FROM lexmq_history.lookups WHERE user_id = {user}").strip() == "0",
                   "the history of a deleted account is erased")
        stack.lexmq("login", "goner", "--password-stdin", session="goner", stdin="correct horse\n", code=3)
        stack.register("goner", session="goner")
        self.assertEqual(stack.lexmq_json("history", "--all", "--json", session="goner"), [])

    def test_names_and_passwords_have_rules(self):
        stack.lexmq("register", "x" * 33, "--password-stdin", session="x3", stdin="correct horse\n", code=3)
        stack.lexmq("register", "tab\tbed", "--password-stdin", session="x3", stdin="correct horse\n", code=3)
        stack.lexmq("register", "shorty", "--password-stdin", session="x3", stdin="short\n", code=3)
        self.assertIn("8", stack.last_error)


class Lookup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack.register("reader", session="reader")

    def lookup(self, *arguments, **options):
        return stack.lexmq_json("lookup", "--json", *arguments, session="reader", **options)

    def test_found(self):
        (answer,) = self.lookup("abandon")
        self.assertEqual(set(answer), {"word", "found", "rule", "entries", "suggestions", "recorded", "request"})
        self.assertRegex(answer["request"], "^[0-9a-f]{32}$")
        self.assertEqual((answer["word"], answer["found"], answer["rule"], answer["recorded"]), ("abandon", True, "exact", True))
        self.assertEqual((answer["entries"][0]["dict"], answer["entries"][0]["headword"]), ("lexmq", "abandon"))
        self.assertIn("放弃", answer["entries"][0]["text"])

    def test_missed(self):
        (answer,) = self.lookup("abandom", code=1)
        self.assertEqual((answer["found"], answer["rule"], answer["entries"], answer["recorded"]), (False, None, [], True))
        self.assertIn("abandon", answer["suggestions"])

    def test_many_in_order_past_a_miss(self):
        answers = self.lookup("abandon", "no such word", "ABANDON", code=1)
        self.assertEqual([a["word"] for a in answers], ["abandon", "no such word", "ABANDON"])
        self.assertEqual([a["found"] for a in answers], [True, False, True])

    def test_words_from_standard_input(self):
        words = ["abandon", "no such word"] * 1500
        answers = self.lookup("-", stdin="\n".join(words) + "\n", code=1)
        self.assertEqual([a["word"] for a in answers], words)
        self.assertTrue(all(a["recorded"] for a in answers))

    def test_unknown_dictionary(self):
        out = stack.lexmq_result("lookup", "--dict", "klingon", "abandon", session="reader")
        self.assertNotEqual(out.returncode, 0)
        self.assertIn("klingon", out.stderr)

    def test_options_before_and_after_the_command(self):
        gateway = f"tcp://127.0.0.1:{stack.port}"
        stack.lexmq("--gateway", gateway, "--timeout", "5", "lookup", "abandon", session="reader")
        stack.lexmq("lookup", "abandon", "--gateway", gateway, "--timeout", "5", session="reader")

    def test_an_unreachable_gateway_is_passed_over(self):
        gateways = f"tcp://127.0.0.1:1,tcp://127.0.0.1:{stack.port}"
        stack.lexmq("lookup", "abandon", "--gateway", gateways, session="reader")

    def test_dicts(self):
        shown = stack.lexmq("dicts", session="reader")
        self.assertIn("lexmq", shown)

    def test_import_is_seen_without_a_restart(self):
        path = os.path.join(stack.var, "mine.txt")
        with open(path, "w", newline="") as file:
            file.write("zyzzyva          n. a weevil\r\nquokka           n. a small wallaby\r\nbroken\r\n")
        self.assertIn("3", stack.script("import", path, "mine"))

        def found():
            return stack.lexmq_result("lookup", "--dict", "mine", "--json", "quokka", session="reader").returncode == 0
        wait_until(found, "the imported word")


class History(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack.register("Historian", session="historian")
        for number in range(12):
            stack.lexmq("lookup", f"word {number}", session="historian", code=1)
        stack.lexmq("lookup", "abandon", session="historian")

    def test_last_ten_by_default_newest_last(self):
        records = stack.lexmq_json("history", "--json", session="historian")
        self.assertEqual([r["word"] for r in records], [f"word {n}" for n in range(3, 12)] + ["abandon"])

    def test_record(self):
        record = stack.lexmq_json("history", "--last", "1", "--json", session="historian")[0]
        self.assertEqual(set(record), {"name", "word", "time", "found"})
        self.assertEqual((record["name"], record["word"], record["found"]), ("Historian", "abandon", True))
        self.assertRegex(record["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_all_and_csv(self):
        rows = list(csv.reader(io.StringIO(stack.lexmq("history", "--all", "--csv", session="historian"))))
        self.assertEqual(len(rows), 14)
        self.assertEqual(rows[0], ["name", "word", "time", "found"])
        self.assertEqual(rows[1][:2], ["Historian", "word 0"])

    def test_plain(self):
        lines = stack.lexmq("history", "--last", "2", session="historian").splitlines()
        self.assertTrue(any(re.match(r"Historian +abandon +\d{4}-", line) for line in lines), lines)

    def test_nobody_sees_anothers(self):
        stack.register("stranger", session="stranger")
        self.assertEqual(stack.lexmq_json("history", "--all", "--json", session="stranger"), [])


class Failures(unittest.TestCase):
    def test_usage(self):
        stack.lexmq("frobnicate", code=2)
        stack.lexmq("lookup", "--no-such-option", "x", code=2)
        stack.lexmq("history", "--last", "many", code=2)

    def test_not_logged_in(self):
        stack.lexmq("lookup", "abandon", session="none", code=3)
        self.assertRegex(stack.last_error, "(?i)not logged in")

    def test_gateway_unreachable(self):
        stack.register("sailor", session="sailor")
        stack.lexmq("lookup", "abandon", "--gateway", "tcp://127.0.0.1:1", "--timeout", "1", session="sailor", code=4)

    def test_status(self):
        status = stack.status()
        services = {s["service"]: s for s in status["services"]}
        self.assertEqual(services["lookup"]["workers"], 2)
        self.assertEqual(services["auth"]["workers"], 1)
        self.assertIn("lookup", stack.lexmq("status"))
        self.assertIn("lookup-2", stack.script("status"))


if __name__ == "__main__":
    unittest.main()
