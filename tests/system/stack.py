"""A whole Lexmq for a test: real programs and a real MariaDB in a scratch folder, on free ports."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.path.join(TOP, os.environ.get("LEXMQ_BUILD", "build")))
LEXMQ = os.path.join(BUILD, "bin", "lexmq")
# As in mdp_peers.py, which is a program of its own too.
PATIENCE = float(os.environ.get("LEXMQ_TEST_PATIENCE", "1"))
LIMIT = 120 * PATIENCE  # seconds, for any one command


def free_ports(count):
    """The first of `count` ports in a row that are free. All are bound to be sure, then let go."""
    for _ in range(200):
        first = random.randrange(20000, 32000 - count)
        sockets = [socket.socket() for _ in range(count)]
        try:
            for offset, one in enumerate(sockets):
                one.bind(("127.0.0.1", first + offset))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError(f"no {count} free ports in a row")


def wait_until(condition, what, seconds=30):
    end = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Stack:
    """`settings` are variables for scripts/stack."""

    def __init__(self, dictionaries="wordbook", gateways=1, **settings):
        self.var = tempfile.mkdtemp(prefix="lexmq-test-")
        self.gateways = gateways
        self.children = []
        self.port = free_ports(2 * gateways)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("LEXMQ_")}
        self.environment.update(LEXMQ_VAR=self.var, LEXMQ_PORT_BASE=str(self.port), LEXMQ_BUILD=BUILD,
                                LEXMQ_DICTIONARIES=dictionaries, LEXMQ_DB_MEMORY="64M", LEXMQ_STACK_GATEWAYS=str(gateways), LEXMQ_STACK_PATIENCE=f"{PATIENCE:.0f}", LC_ALL="C.UTF-8",
                                **settings)
        if PATIENCE > 1:
            # A request takes its time too: what the gateway, the client and a look-up that waits for the history give it otherwise.
            self.environment.update(LEXMQ_DEADLINE=f"{10000 * PATIENCE:.0f}", LEXMQ_TIMEOUT=f"{10 * PATIENCE:.0f}",
                                    LEXMQ_RECORD_WAIT=f"{250 * PATIENCE:.0f}")

    def script(self, *arguments):
        result = subprocess.run([os.path.join(TOP, "scripts", "stack"), *arguments], env=self.environment, cwd=TOP,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=LIMIT, text=True)
        if result.returncode != 0:
            raise AssertionError(f"stack {' '.join(arguments)} ended with {result.returncode}:\n{result.stdout}")
        return result.stdout

    def up(self):
        try:
            self.script("up")
        except BaseException:
            self.close()
            raise
        return self

    def close(self):
        try:
            self.script("down")
            self.check_logs()
        finally:
            for name in os.listdir(os.path.join(self.var, "run")):
                if name.endswith(".pid") and self.running(name[:-4]):
                    os.kill(self.pid(name[:-4]), signal.SIGKILL)
            for child in self.children:
                child.wait(timeout=LIMIT)
            shutil.rmtree(self.var, ignore_errors=True)

    def check_logs(self):
        """A program built with sanitizers says in its log what it did wrong, leaks when it ends."""
        for name in os.listdir(os.path.join(self.var, "log")):
            log = self.log(name[:-4])
            if "Sanitizer" in log or "runtime error" in log:
                raise AssertionError(f"{name}:\n{log[-8000:]}")

    # ---- processes ----

    def pid(self, name):
        with open(os.path.join(self.var, "run", name + ".pid")) as file:
            return int(file.read().split()[0])

    def running(self, name):
        try:
            with open(f"/proc/{self.pid(name)}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0] != "Z"
        except (OSError, ValueError):
            return False

    def signal(self, name, number):
        os.kill(self.pid(name), number)

    def kill(self, name):
        """kill -9, and waits until it is gone."""
        self.signal(name, signal.SIGKILL)
        wait_until(lambda: not self.running(name), f"{name} gone")

    def log(self, name):
        with open(os.path.join(self.var, "log", name + ".log"), errors="replace") as file:
            return file.read()

    def start_gateway(self, number):
        """One of several, without waiting for it; stack up would look after everything else as well."""
        name = f"gateway-{number}"
        with open(os.path.join(self.var, "log", name + ".log"), "ab") as log:
            process = subprocess.Popen([os.path.join(BUILD, "bin", "lexmq-gateway"), "--config",
                                        os.path.join(self.var, "etc", name + ".zpl")], env=self.environment,
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.children.append(process)
        with open(f"/proc/{process.pid}/stat") as file:
            started = file.read().rsplit(")", 1)[1].split()[19]
        with open(os.path.join(self.var, "run", name + ".pid"), "w") as file:
            file.write(f"{process.pid} {started}\n")

    def answers(self, gateway=1):
        return self.lexmq_result("--gateway", f"tcp://127.0.0.1:{self.port + 2 * (gateway - 1)}", "--timeout", f"{PATIENCE:.0f}",
                                 "status").returncode == 0

    # ---- clients ----

    def client_environment(self, session="session"):
        """Everything a client needs; `session` names a session file, so that several users can be logged in."""
        return dict(self.environment, LEXMQ_CONFIG=os.path.join(self.var, "client.zpl"),
                    LEXMQ_SESSION=os.path.join(self.var, session))

    def fronts(self):
        return ",".join(f"tcp://127.0.0.1:{self.port + 2 * i}" for i in range(self.gateways))

    def lexmq_result(self, *arguments, session="session", stdin=""):
        return subprocess.run([LEXMQ, *arguments], env=self.client_environment(session), input=stdin, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)

    def lexmq(self, *arguments, session="session", stdin="", code=0):
        """Runs the client; returns its standard output. Its exit code must be `code`."""
        result = self.lexmq_result(*arguments, session=session, stdin=stdin)
        if result.returncode != code:
            raise AssertionError(f"lexmq {' '.join(arguments)} ended with {result.returncode}, not {code}:\n"
                                 f"{result.stdout}\n{result.stderr}")
        self.last_error = result.stderr
        return result.stdout

    def lexmq_json(self, *arguments, **options):
        """The same, one JSON object a line."""
        return [json.loads(line) for line in self.lexmq(*arguments, **options).splitlines()]

    def register(self, name, password="correct horse", **options):
        return self.lexmq("register", name, "--password-stdin", stdin=password + "\n", **options)

    def status(self, gateway=1):
        return json.loads(self.lexmq("--gateway", f"tcp://127.0.0.1:{self.port + 2 * (gateway - 1)}", "status", "--json"))

    def workers(self, service, gateway=1):
        return next((s["workers"] for s in self.status(gateway)["services"] if s["service"] == service), 0)

    def sql(self, statement):
        result = subprocess.run(["mariadb", "--no-defaults", "-N", "-B", "--socket", self.socket(), "-e", statement],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, text=True)
        if result.returncode != 0:
            raise AssertionError(result.stdout)
        return result.stdout

    def socket(self):
        return os.path.join(self.var, "run", "mysqld.sock")

    def load(self, clients, rounds, words=1):
        """Starts the load program (tests/system/load.c); with 0 rounds it goes on until load_report asks for its report."""
        return subprocess.Popen([os.path.join(BUILD, "tests", "system", "load"), self.fronts(),
                                 os.path.join(self.var, "keys", "public", "gateway.cert"), str(clients), str(rounds),
                                 str(words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def load_report(process):
    output, _ = process.communicate(timeout=LIMIT)
    if process.returncode != 0:
        raise AssertionError(f"load ended with {process.returncode}: {output}")
    return json.loads(output.splitlines()[-1])
