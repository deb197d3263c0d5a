"""The client program against hostile gateways, dictionaries and folders; and where a password may be seen."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

import pexpect

from tests.system.attack_gateway import POISON, HostileGateway
from tests.system.stack import LEXMQ, Stack

LIMIT = 20
PASSWORD = "never to be seen 1"
# What a terminal obeys, or what misleads its reader; a terminal's own line ends are CR LF.
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff]")
COMMANDS = (["whoami"], ["whoami", "--json"], ["lookup", "a", "b"], ["lookup", "--json", "a", "b"],
            ["match", "a"], ["match", "--json", "a"], ["suggest", "a"], ["suggest", "--json", "a"], ["history"], ["history", "--all"],
            ["history", "--json"], ["history", "--csv"], ["dicts"], ["dicts", "--json"], ["status"], ["status", "--json"],
            ["top", "--once"])


class Hostile(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="lexmq-test-")
        self.addCleanup(shutil.rmtree, self.home)
        self.gateway = self.serve()

    def serve(self, **options):
        gateway = HostileGateway(**options)
        self.addCleanup(gateway.close)
        return gateway

    def environment(self, gateway):
        checker = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS") or name == "VALGRIND_OPTS"}
        return {**checker, "HOME": self.home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "dumb", "LEXMQ_GATEWAY": gateway.endpoint,
                "LEXMQ_INSECURE": "1", "LEXMQ_TIMEOUT": "5"}

    def run_piped(self, gateway, *arguments, stdin=""):
        result = subprocess.run([LEXMQ, *arguments], env=self.environment(gateway), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, timeout=LIMIT)
        return result.stdout

    def run_on_terminal(self, gateway, *arguments):
        child = pexpect.spawn(LEXMQ, list(arguments), env=self.environment(gateway), timeout=LIMIT, encoding="utf-8", dimensions=(50, 100))
        child.expect(pexpect.EOF)
        child.close()
        return child.before.replace("\r\n", "\n")

    def assert_clean(self, shown, what):
        self.assertIn("safe", shown, what)  # it is the answer indeed
        found = OBEYED.search(shown)
        self.assertIsNone(found, (what, found and shown[max(0, found.start() - 40):found.end() + 40]))
        # Nor may an answer make a line of its own that looks like one of ours.
        self.assertNotIn("\nlexmq: fake", shown, what)

    def log_in(self):
        shown = self.run_piped(self.gateway, "login", "a", "--password-stdin", stdin=PASSWORD + "\n")
        self.assert_clean(shown, "login")

    def test_nothing_of_an_answer_is_obeyed(self):
        self.log_in()
        with open(os.path.join(self.home, ".local", "state", "lexmq", "session")) as file:
            self.assertEqual(len(file.read().splitlines()), 3)
        for command in COMMANDS:
            with self.subTest(command=command):
                if "--csv" not in command:
                    self.assert_clean(self.run_piped(self.gateway, *command), command)
                shown = self.run_on_terminal(self.gateway, *command)
                # The text of an entry has lines of its own, indented.
                self.assert_clean(shown.replace("\n  lexmq: fake", ""), command)
        self.assertIn(POISON.split("\r")[0].encode(), subprocess.run(
            [LEXMQ, "history", "--csv"], env=self.environment(self.gateway), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=LIMIT).stdout)  # a file is as it is

    def test_nothing_of_a_refusal_is_obeyed(self):
        self.log_in()
        refusing = self.serve(refuses=True)
        for command in COMMANDS:
            with self.subTest(command=command):
                self.assert_clean(self.run_on_terminal(refusing, *command), command)

    def test_screens(self):
        answers = ["1", "a", PASSWORD, "1", "a", "##", "2", "1", "2", "2", "3", "3"]
        self.assert_clean(self.run_piped(self.gateway, stdin="\n".join(answers) + "\n").replace("\n  lexmq: fake", ""), "screens")

    def test_token_is_shown_where_it_is_from(self):
        """A login shows the token of the session before: to the gateway that gave it, and to no other."""
        self.log_in()
        other = self.serve()
        self.run_piped(other, "login", "a", "--password-stdin", stdin=PASSWORD + "\n")
        self.assertEqual([("tok" in request) for request in other.asked], [False])
        self.run_piped(other, "login", "a", "--password-stdin", stdin=PASSWORD + "\n")  # in place of the session that stands
        self.run_piped(other, "logout")
        self.run_piped(other, "login", "a", "--password-stdin", stdin=PASSWORD + "\n")  # after it
        self.assertEqual([("tok" in request) for request in other.asked], [False, True, True, True])
        self.run_piped(other, "logout")
        self.run_piped(self.gateway, "login", "a", "--password-stdin", stdin=PASSWORD + "\n")
        self.assertNotIn("tok", self.gateway.asked[-1])

    def test_password_in_arguments_is_refused_unsaid(self):
        """There is no way to give one as an argument, and one that is given all the same is not said again."""
        for command in (["login", "a", PASSWORD], ["login", "a", "--password", PASSWORD], ["login", "a", "--password=" + PASSWORD],
                        ["register", "a", PASSWORD], ["passwd", PASSWORD]):
            shown = self.run_piped(self.gateway, *command)
            self.assertIn("lexmq", shown)
            self.assertNotIn(PASSWORD, shown, command)


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(LEXMQ_PASSWORD_OPS="1", LEXMQ_PASSWORD_MEMORY="1").up()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def path(self, name):
        return os.path.join(self.stack.var, name)

    def test_session_file(self):
        """0600 whatever the umask; refused when others may read it, when it is somebody else's, a link, or no file."""
        self.addCleanup(os.umask, os.umask(0))
        self.stack.register("files", session="new/folder/session")
        self.assertEqual(os.stat(self.path("new/folder/session")).st_mode & 0o7777, 0o600)
        self.assertEqual(os.stat(self.path("new/folder")).st_mode & 0o7777, 0o700)
        self.stack.lexmq("whoami", session="new/folder/session")
        for mode in (0o604, 0o640, 0o602, 0o620, 0o666):
            os.chmod(self.path("new/folder/session"), mode)
            self.stack.lexmq("whoami", session="new/folder/session", code=3)
        os.chmod(self.path("new/folder/session"), 0o600)
        os.symlink(self.path("new/folder/session"), self.path("link"))
        self.stack.lexmq("whoami", session="link", code=3)
        os.mkfifo(self.path("pipe"), 0o600)
        self.stack.lexmq("whoami", session="pipe", code=3)  # and does not wait for a writer
        if os.geteuid() == 0:
            os.chown(self.path("new/folder/session"), 65534, 65534)
            self.stack.lexmq("whoami", session="new/folder/session", code=3)

    def test_links_are_not_followed(self):
        """A link in the place of the file is replaced; what it leads to stays as it was."""
        with open(self.path("precious"), "w") as file:
            file.write("precious")
        for name in ("trap", "trap.earlier"):
            os.symlink(self.path("precious"), self.path(name))
        self.stack.register("links", session="trap")
        self.assertFalse(os.path.islink(self.path("trap")))
        self.stack.lexmq("logout", session="trap")
        self.assertFalse(os.path.islink(self.path("trap.earlier")))
        self.assertEqual(os.stat(self.path("trap.earlier")).st_mode & 0o7777, 0o600)
        with open(self.path("precious")) as file:
            self.assertEqual(file.read(), "precious")

    def test_a_password_is_kept_nowhere(self):
        """Not in a log, a file of the stack or of the client, nor in the database as text; nor does the token of a session get into a log."""
        self.stack.register("secretive", password=PASSWORD, session="secretive")
        self.stack.lexmq("login", "secretive", "--password-stdin", stdin=PASSWORD + " wrong\n", session="wrong", code=3)
        self.stack.lexmq("passwd", "--password-stdin", stdin=f"{PASSWORD}\n{PASSWORD} two\n", session="secretive")
        child = pexpect.spawn(LEXMQ, env=self.stack.client_environment("secretive"), timeout=LIMIT, encoding="utf-8", dimensions=(30, 90))
        child.expect("> ?$")
        child.sendline("1")
        child.expect("Name: ")
        child.sendline("secretive")
        child.expect("Password: ")
        child.waitnoecho(LIMIT)
        child.sendline(PASSWORD + " two")
        child.expect("(?i)log out")
        child.close(force=True)
        with open(self.path("secretive")) as file:
            token = re.search("token ([0-9a-f]+)", file.read()).group(1)
        for folder, _, names in os.walk(self.stack.var):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        content = file.read()
                    self.assertNotIn(PASSWORD.encode(), content, path)
                    if folder.endswith("/log"):
                        self.assertNotIn(token.encode(), content, path)


if __name__ == "__main__":
    unittest.main()
