"""Every kind of key is changed under load: nobody has an error, no look-up is lost, and what was taken out is refused in the end."""

import os
import shutil
import subprocess
import unittest

from tests.system.stack import BUILD, TOP, Stack, load_report, wait_until

CLEAN = {"failed": 0, "wrong": 0, "missing": 0, "twice": 0, "foreign": 0, "unsettled": 0}
PASSWORD = "correct horse\n"


def setUpModule():
    global stack
    stack = Stack().up()


def tearDownModule():
    stack.close()


def keygen(*arguments, code=0):
    result = subprocess.run([os.path.join(BUILD, "bin", "lexmq-keygen"), *arguments, os.path.join(stack.var, "keys")],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
    if result.returncode != code:
        raise AssertionError(f"lexmq-keygen {' '.join(arguments)} ended with {result.returncode}:\n{result.stdout}")
    return result.stdout


def key_file(*names):
    return os.path.join(stack.var, "keys", *names)


class Rotation(unittest.TestCase):
    def setUp(self):
        self.load = stack.load(8, 0)
        self.assertEqual(self.load.stdout.readline().strip(), "started")

    def settle(self, **expected):
        report = load_report(self.load)
        if report["unrecorded"]:
            # What went by the journal comes after what did not.
            expected.pop("out_of_order", None)
        for key, value in dict(CLEAN, **expected).items():
            self.assertEqual(report[key], value, report)
        return report

    def tearDown(self):
        if self.load.poll() is None:
            self.load.kill()
            self.load.communicate()

    def client(self, key, code):
        """A client that knows the gateway by this key file alone."""
        return stack.lexmq("status", "--server-key", key, "--timeout", "5", code=code)

    def test_gateway(self):
        old = key_file("..", "tmp", "old.cert")
        shutil.copy(key_file("public", "gateway.cert"), old)
        keygen("rotate", "gateway", "prepare")
        # Who keeps running has to know both keys before the switch: the workers start anew, one by one, and these clients as well.
        stack.script("restart", "history", "lookup", "auth")
        self.settle(out_of_order=0)
        self.setUp()
        keygen("rotate", "gateway", "switch")
        self.client(old, 0)  # nothing changes before the gateway is started anew
        stack.script("restart", "gateway")
        new = key_file("..", "tmp", "new.cert")
        shutil.copy(key_file("public", "gateway.cert"), new)
        self.client(old, 4)
        self.client(new, 0)
        stack.register("between", session="between")
        self.settle()  # the old connections broke, and every client found the new key by itself
        self.setUp()
        keygen("rotate", "gateway", "finish")
        stack.script("restart", "history", "lookup", "auth")
        self.client(key_file("public", "gateway.cert"), 0)
        stack.lexmq("lookup", "abandon", session="between")
        self.settle(out_of_order=0)

    def test_workers(self):
        for name in ("lookup", "history", "auth"):
            secret = key_file(name, "curve.cert_secret")
            with open(secret) as file:
                before = file.read()
            keygen("rotate", name, "prepare")
            keygen("rotate", name, "switch")
            stack.script("restart", name)
            keygen("rotate", name, "finish")
            with open(secret) as file:
                self.assertNotEqual(file.read(), before)
            # The old key is worth nothing any more.
            old = key_file("..", "tmp", name + ".cert_secret")
            with open(os.open(old, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(before)
            wait_until(lambda: "certificates read again: 3 workers" in stack.log("gateway"), "the gateway has read the folder")
        log = key_file("..", "log", "stranger.log")
        with open(log, "w") as file:
            stranger = subprocess.Popen([os.path.join(BUILD, "bin", "lexmq-lookup"), "--config", os.path.join(stack.var, "etc", "lookup.zpl"),
                                         "--certificate", key_file("..", "tmp", "lookup.cert_secret")], env=stack.environment,
                                        stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        try:
            # By its own account the gateway is not there: it is never let in.
            wait_until(lambda: "is not there" in stack.log("stranger"), "it has tried")
            self.assertNotIn("ready for", stack.log("stranger"))
            self.assertEqual(stack.workers("lookup"), 2)
        finally:
            stranger.kill()
            stranger.wait()
        self.settle(out_of_order=0)

    def test_signing_key(self):
        stack.register("old hand", session="old")
        keygen("rotate", "token", "prepare")
        keygen("rotate", "token", "switch")
        stack.lexmq("login", "old hand", "--password-stdin", stdin=PASSWORD, session="still old")  # auth has its key from its start
        stack.script("restart", "auth")
        stack.lexmq("login", "old hand", "--password-stdin", stdin=PASSWORD, session="new")
        for session in ("old", "still old", "new"):
            for _ in range(2):  # both workers
                answer = stack.lexmq_json("lookup", "--json", "abandon", session=session)[0]
                self.assertTrue(answer["found"])
            stack.lexmq("whoami", session=session)
            stack.lexmq("history", session=session)
        self.assertIn("less than 24 hours", keygen("rotate", "token", "finish", code=1))
        self.settle(out_of_order=0)  # the load's sessions are of the old key
        self.setUp()
        keygen("rotate", "token", "finish", "--keep", "0")
        for session in ("old", "still old"):
            wait_until(lambda: stack.lexmq_result("lookup", "abandon", session=session).returncode == 3, "lookup refuses it")
            wait_until(lambda: stack.lexmq_result("history", session=session).returncode == 3, "history refuses it")
            wait_until(lambda: stack.lexmq_result("whoami", session=session).returncode == 3, "auth refuses it")
        stack.lexmq("lookup", "abandon", session="new")
        stack.lexmq("whoami", session="new")
        self.settle(out_of_order=0)

    def bootstrap(self):
        result = subprocess.run([os.path.join(BUILD, "bin", "lexmq-migrate"), "bootstrap", "--db-hosts", "unix:" + stack.socket(), "--db-user",
                                 subprocess.run(["id", "-un"], stdout=subprocess.PIPE, text=True).stdout.strip(), "--keys", key_file(),
                                 "--sql", os.path.join(TOP, "sql")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_database_passwords(self):
        old = {}
        for name in ("auth", "lookup", "history"):
            old[name] = key_file("..", "tmp", name + ".password")
            shutil.copy(key_file(name, "db.password"), old[name])
        keygen("passwords")
        self.bootstrap()
        # Every connection is a new one now: nobody holds on to what the old password opened.
        stack.sql("".join(f"KILL USER lexmq_{name};" for name in old))
        stack.register("after", session="after")
        self.assertTrue(stack.lexmq_json("lookup", "--json", "abandon", session="after")[0]["found"])
        wait_until(lambda: len(stack.lexmq_json("history", "--json", session="after")) == 1, "it is in the history")
        for name, path in old.items():
            with open(path) as file:
                password = file.read().strip()
            refused = subprocess.run(["mariadb", "--no-defaults", "--socket", stack.socket(), "--user", "lexmq_" + name, "-e", "SELECT 1"],
                                     env=dict(os.environ, MYSQL_PWD=password), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertIn("Access denied", refused.stdout)
        self.settle()

    def test_database_password_file_first(self):
        """The moment between: connections that stand go on, and what wants a new one has it soon after."""
        keygen("passwords")
        stack.sql("KILL USER lexmq_history")
        stack.register("patient", session="patient")
        self.assertTrue(stack.lexmq_json("lookup", "--json", "abandon", session="patient")[0]["found"])
        self.bootstrap()
        wait_until(lambda: stack.lexmq_result("history", "--json", session="patient").stdout.count("abandon") == 1, "it is in the history")
        self.settle()


if __name__ == "__main__":
    unittest.main()
