"""Load from outside on the published port: look-ups that keep account, and visitors who register and log in."""

import os
import subprocess
import tempfile
import threading

from tests.system.stack import BUILD, LEXMQ, load_report

PASSWORD = "correct horse"
CLIENTS, WORDS = 4, 1
START_LIMIT = 90  # seconds until every client has its first answer
TIMEOUT = 30      # seconds that the client tries, as those of the load program do

# Whatever happens to whichever part: no request fails, no answer is wrong, and in the end every look-up is in the history once.
PROMISED = {"failed": 0, "wrong": 0, "missing": 0, "twice": 0, "foreign": 0, "unsettled": 0}


class Load:
    """Both kinds from its start to `finish`, which returns the load program's report (tests/system/load.c), with `visits`: how
    many people registered, looked a word up, left and logged in again meanwhile. `enter` is a command before the programs, as
    one that enters a network namespace."""

    def __init__(self, gateways, certificate, clients=CLIENTS, enter=()):
        self.enter = list(enter)
        self.folder = tempfile.TemporaryDirectory(prefix="lexmq-load-")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("LEXMQ_")}
        self.environment.update(LEXMQ_GATEWAY=gateways, LEXMQ_SERVER_KEY=certificate, LC_ALL="C.UTF-8",
                                LEXMQ_SESSION=os.path.join(self.folder.name, "session"))
        addresses = ",".join(f"tcp://{gateway}" for gateway in gateways.split(","))
        self.process = subprocess.Popen(
            [*self.enter, os.path.join(BUILD, "tests", "system", "load"), addresses, certificate, str(clients), "0", str(WORDS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.leave, self.visits, self.refused = threading.Event(), 0, []
        self.visitors = threading.Thread(target=self.visit, daemon=True)
        try:
            self.wait_started()
        except BaseException:
            self.close()
            raise
        self.visitors.start()

    def wait_started(self):
        timer = threading.Timer(START_LIMIT, self.process.kill)
        timer.start()
        line = self.process.stdout.readline().strip()
        timer.cancel()
        if line != "started":
            raise AssertionError(f"the load does not start: {line} {self.process.stdout.read()}")

    def visit(self):
        while not self.leave.is_set():
            name = f"visitor {os.path.basename(self.folder.name)} {self.visits}"
            for words in (["register", name, "--password-stdin"], ["lookup", "abandon"], ["logout"],
                          ["login", name, "--password-stdin"]):
                try:
                    done = subprocess.run([*self.enter, LEXMQ, "--timeout", str(TIMEOUT), *words], env=self.environment, text=True,
                                          input=PASSWORD + "\n" if "--password-stdin" in words else "", stdout=subprocess.PIPE,
                                          stderr=subprocess.STDOUT, timeout=3 * TIMEOUT)
                except (OSError, subprocess.SubprocessError) as error:
                    # In a thread nobody would hear of it.
                    self.refused.append(f"{words[0]} could not be run to its end: {error}")
                    return
                if done.returncode != 0:
                    self.refused.append(f"{words[0]} ended with {done.returncode}: {done.stdout}")
                    return
            self.visits += 1

    def finish(self):
        """Ends the load; an AssertionError when anything of what is PROMISED was not kept."""
        try:
            self.leave.set()
            self.visitors.join(8 * TIMEOUT)
            report = load_report(self.process)
        finally:
            self.close()
        report["visits"] = self.visits
        if self.visitors.is_alive():
            raise AssertionError("a visitor is not through in time")
        if self.refused:
            raise AssertionError(f"a visitor was refused: {self.refused}")
        broken = {key: report[key] for key, value in PROMISED.items() if report[key] != value}
        if broken:
            raise AssertionError(f"not kept: {broken} in {report}")
        return report

    def close(self):
        """Without a report. May be called twice."""
        self.leave.set()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in self.process.stdin, self.process.stdout:
            pipe.close()
        if self.visitors.is_alive():
            self.visitors.join(8 * TIMEOUT)
        self.folder.cleanup()
