"""Nobody who looks at a stack from outside finds a secret: not in arguments, environments and logs, and as root not in the memory of
a server once a login is answered; what a server must keep lies in locked memory that goes into no core."""

import os
import re
import signal
import subprocess
import unittest

import pexpect
from zmq.utils import z85

from tests.system import memory
from tests.system.stack import BUILD, LEXMQ, LIMIT, Stack, wait_until

SERVERS = ("gateway", "auth-1", "lookup-1", "lookup-2", "history-1")
PASSWORD = "Zanzibar-kumquat-4711-obelisk"
NEW_PASSWORD = "Yokohama-rambutan-1337-dolmen"
WRONG_PASSWORD = "Xanadu-persimmon-2718-menhir"


def setUpModule():
    global stack
    if os.geteuid() != 0:
        raise unittest.SkipTest("only root can read the memory of processes that keep others out")
    symbols = subprocess.run(["readelf", "--dyn-syms", "--wide", LEXMQ], stdout=subprocess.PIPE, check=True).stdout
    if b"__asan_init" in symbols or b"__tsan_init" in symbols:
        raise unittest.SkipTest("a sanitizer keeps freed memory as it was, to look at it")
    stack = Stack()
    stack.environment.update(LEXMQ_LOG_REQUESTS="1", LEXMQ_LOG_LEVEL="debug")
    stack.up()
    use()


def tearDownModule():
    stack.close()


def use():
    """Everything that sends a password."""
    stack.register("ann", password=PASSWORD)
    stack.lexmq("login", "ann", "--password-stdin", session="other", stdin=WRONG_PASSWORD + "\n", code=3)
    stack.lexmq("login", "ann", "--password-stdin", session="other", stdin=PASSWORD + "\n")
    stack.lexmq("passwd", "--password-stdin", stdin=f"{PASSWORD}\n{NEW_PASSWORD}\n")
    stack.lexmq("login", "ann", "--password-stdin", stdin=NEW_PASSWORD + "\n")
    stack.lexmq("lookup", "abandon")
    stack.register("bob", password=PASSWORD, session="bob")
    stack.lexmq("delete-account", "--password-stdin", session="bob", stdin=PASSWORD + "\n")


def key_file(*names):
    with open(os.path.join(stack.var, "keys", *names)) as file:
        return file.read()


def curve_key(server):
    service = server.split("-")[0]
    file = ("gateway", "gateway.cert_secret") if service == "gateway" else (service, "curve.cert_secret")
    return re.search(r'secret-key = "(.*)"', key_file(*file))[1]


def database_password(server):
    return key_file(server.split("-")[0], "db.password").splitlines()[0]


def token(session):
    with open(os.path.join(stack.var, session)) as file:
        return re.search(r"^token (\w+)$", file.read(), re.M)[1]


class Secrets(unittest.TestCase):
    def assert_nowhere(self, pid, secret, what):
        for address, region in memory.find(pid, secret):
            self.fail(f"{what} at {address:x} in {region}: {memory.around(pid, address)}")

    def test_no_server_remembers_a_password(self):
        for server in SERVERS:
            for password in (PASSWORD, NEW_PASSWORD, WRONG_PASSWORD):
                self.assert_nowhere(stack.pid(server), password.encode(), f"{server}: {password}")

    def test_no_server_remembers_the_password_of_its_database_account(self):
        for server in SERVERS[1:]:
            self.assert_nowhere(stack.pid(server), database_password(server).encode(), server)

    def assert_locked(self, places, what):
        for _, region in places:
            flags = region.flags.split()
            self.assertTrue("dd" in flags and "lo" in flags, f"{what}: {region}")

    def test_the_signing_key_is_locked_away(self):
        key = bytes.fromhex(key_file("auth", "token.secret").strip())
        places = memory.find(stack.pid("auth-1"), key[:32])
        self.assertEqual(len(places), 1, places)
        self.assert_locked(places, "signing key")
        self.assertNotIn("w", places[0][1].rights)
        self.assert_nowhere(stack.pid("auth-1"), key[:32].hex().encode(), "the signing key's text")
        for server in SERVERS:
            if server != "auth-1":
                self.assert_nowhere(stack.pid(server), key[:32], server)

    def test_the_text_of_a_curve_key_is_locked_away(self):
        """libzmq keeps the key itself, in each socket and connection: docs/hardening.md."""
        for server in SERVERS:
            text = curve_key(server)
            self.assert_locked(memory.find(stack.pid(server), text.encode()), server)
            self.assertTrue(memory.find(stack.pid(server), z85.decode(text)), "the search finds what is there")

    def test_arguments_environments_and_logs(self):
        secrets = [PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, token("session"), token("other"), key_file("auth", "token.secret").strip()]
        secrets += [curve_key(server) for server in SERVERS] + [database_password(server) for server in SERVERS[1:]]
        for server in SERVERS:
            for name in ("cmdline", "environ"):
                with open(f"/proc/{stack.pid(server)}/{name}", errors="replace") as file:
                    text = file.read()
                for secret in secrets:
                    self.assertNotIn(secret, text, f"{server} {name}")
        for name in os.listdir(os.path.join(stack.var, "log")):
            log = stack.log(name[:-4])
            for secret in secrets:
                self.assertNotIn(secret, log, name)
                self.assertNotIn(secret[:24], log, name)

    def test_the_program_forgets_a_password_that_was_typed(self):
        """It stays open for hours."""
        child = pexpect.spawn(LEXMQ, env=stack.client_environment("typed"), timeout=LIMIT, encoding="utf-8")
        self.addCleanup(child.close, force=True)
        child.expect("3\\) quit")
        child.sendline("1")
        child.expect("Name: ")
        child.sendline("ann")
        child.expect("Password: ")
        child.sendline(NEW_PASSWORD)
        child.expect("Welcome, ann")
        self.assert_nowhere(child.pid, NEW_PASSWORD.encode(), "lexmq")

    def test_the_sandbox_is_closed(self):
        for server in SERVERS:
            with open(f"/proc/{stack.pid(server)}/status") as file:
                status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
            self.assertEqual((status["Seccomp"], status["NoNewPrivs"]), ("2", "1"), server)
            with open(f"/proc/{stack.pid(server)}/limits") as file:
                self.assertRegex(file.read(), r"Max core file size\s+0\s+0\s", server)
            self.assertNotIn("going on without", stack.log(server))
            self.assertIn("sandbox: closed", stack.log(server))

    def test_the_database_comes_back_to_closed_servers(self):
        stack.kill("database")
        stack.script("up")
        wait_until(lambda: stack.lexmq_json("lookup", "ability", "--json")[0]["recorded"], "a look-up is recorded again", 60)
        stack.lexmq("login", "ann", "--password-stdin", session="back", stdin=NEW_PASSWORD + "\n")
        for server in SERVERS[1:]:
            self.assert_nowhere(stack.pid(server), database_password(server).encode(), server)


class Others(unittest.TestCase):
    def test_nobody_but_root_may_look_into_a_server(self):
        """/proc/PID of a process that keeps others out belongs to root, whoever runs it; and --sandbox off lets them in."""
        for mode, owner in (("on", 0), ("off", 65534)):
            process = subprocess.Popen([os.path.join(BUILD, "bin", "lexmq-gateway"), "--insecure", "--front", "tcp://127.0.0.1:*", "--back",
                                        "tcp://127.0.0.1:*", "--sandbox", mode], stderr=subprocess.PIPE, text=True, user=65534, group=65534)
            try:
                wait_until(lambda: "front bound" in process.stderr.readline(), "the gateway runs")
                self.assertEqual(os.stat(f"/proc/{process.pid}/environ").st_uid, owner, mode)
                self.assertEqual(os.stat(f"/proc/{process.pid}/mem").st_uid, owner, mode)
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=LIMIT)

    def test_a_mode_that_is_none(self):
        result = subprocess.run([os.path.join(BUILD, "bin", "lexmq-gateway"), "--insecure", "--sandbox", "some"], stderr=subprocess.PIPE,
                                text=True, timeout=LIMIT)
        self.assertEqual(result.returncode, 2)
        self.assertIn("neither on nor off nor require", result.stderr)


if __name__ == "__main__":
    unittest.main()
