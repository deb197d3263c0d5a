"""Where the processes of a campaign live: a network namespace each with our own wire between them, or, where there can be none,
an address of the loopback each."""

import os
import subprocess
import threading

LIMIT = 30  # seconds for an answer of the wire
MILLION = 1_000_000


class Wire:
    """The program lexmq-wire (wire.c). Conditions are laid over each other: the longest delay, all losses, any cut."""

    real = True

    def __init__(self, program, names, seed):
        self.number = {name: at + 1 for at, name in enumerate(names)}
        self.conditions = {}  # (from, to) -> {key: {delay, jitter, loss, cut}}
        self.lock = threading.Lock()
        self.process = subprocess.Popen([program, str(len(names))], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.descriptor = {}
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "ready":
                break
            self.descriptor[int(words[1])] = words[2]
        else:
            raise OSError(self.process.stderr.read().strip() or "lexmq-wire ended")
        self.order(f"seed {seed}")

    def address(self, name):
        return f"10.77.0.{self.number[name]}"

    def enter(self, name):
        """The command line in front of a program that is to run there. It is replaced by the program: the process is the same."""
        return ["nsenter", f"--net=/proc/{self.process.pid}/fd/{self.descriptor[self.number[name]]}"]

    def order(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer or answer[0] != "ok":
            raise RuntimeError(f"lexmq-wire: {line}: {' '.join(answer)}")
        return answer[1:]

    def lay(self, key, source, target, **condition):
        """Packets from source to target have this condition (delay and jitter in ms, loss in parts of one, cut) until lift(key)."""
        with self.lock:
            self.conditions.setdefault((source, target), {})[key] = condition
            self.apply(source, target)

    def lift(self, key):
        with self.lock:
            for (source, target), conditions in self.conditions.items():
                if conditions.pop(key, None) is not None:
                    self.apply(source, target)

    def apply(self, source, target):
        conditions = self.conditions[source, target].values()
        arrives = 1.0
        for condition in conditions:
            arrives *= 1 - condition.get("loss", 0)
        delay = max((c.get("delay", 0) for c in conditions), default=0)
        jitter = max((c.get("jitter", 0) for c in conditions), default=0)
        cut = any(c.get("cut") for c in conditions)
        self.order(f"link {self.number[source]} {self.number[target]} {int(delay * 1000)} {int(jitter * 1000)} "
                   f"{int((1 - arrives) * MILLION)} {int(cut)}")

    def counts(self):
        """Packets that arrived, that a condition took, that found no room."""
        with self.lock:
            return [int(word) for word in self.order("count")]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Loopback:
    """No network of its own: every party has an address of 127.0.0.0/8, and nothing can be cut."""

    real = False

    def __init__(self, names):
        # Two campaigns at a time keep apart by their process's number.
        block = os.getpid() % 250 + 2
        self.addresses = {name: f"127.77.{block}.{at + 1}" for at, name in enumerate(names)}

    def address(self, name):
        return self.addresses[name]

    def enter(self, _name):
        return []

    def counts(self):
        return [0, 0, 0]

    def close(self):
        pass
