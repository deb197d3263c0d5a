"""Processes that are started again when they end, as an engine does with `restart: unless-stopped`. That is all the help they get."""

import os
import signal
import subprocess
import threading
import time

FIRST_PAUSE, LAST_PAUSE = 0.1, 2.0  # seconds before a second start in a row, doubled up to the last
STEADY = 10.0  # seconds after which a process counts as started
LOOK = 0.02  # seconds between two looks


class Process:
    """One program of the stack: `kind` is what it is, `name` which one."""

    def __init__(self, name, kind, command, log, environment):
        self.name, self.kind, self.command = name, kind, command
        self.log, self.environment = log, environment
        self.lock = threading.RLock()
        self.process = None
        self.held = 0  # faults that keep it down
        self.wanted = True
        self.starts = 0
        self.exits = []  # statuses of those that ended before the last start, as subprocess has them
        self.started = self.next_start = 0.0
        self.pause = 0.0

    def start(self):
        with self.lock:
            if self.process is not None:
                self.exits.append(self.process.returncode)
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                start_new_session=True)
            self.started = time.monotonic()
            self.starts += 1

    def running(self):
        with self.lock:
            return self.process is not None and self.process.poll() is None

    def signal(self, number):
        """Of one that has ended nobody is signalled: its pid stays ours until it is waited for, under this lock."""
        with self.lock:
            if self.running():
                os.kill(self.process.pid, number)

    def hold(self):
        """Ends it at once, and keeps it down until release()."""
        with self.lock:
            self.held += 1
            self.signal(signal.SIGKILL)

    def release(self):
        with self.lock:
            self.held -= 1
            self.next_start = 0.0

    def look(self):
        """Starts it again when it has ended and its pause is over."""
        with self.lock:
            if not self.wanted or self.held or self.running():
                return
            now = time.monotonic()
            if self.started and not self.next_start:
                self.pause = 0.0 if now - self.started >= STEADY else min(LAST_PAUSE, max(FIRST_PAUSE, 2 * self.pause))
                # The first start after a while is at once.
                self.next_start = now + (self.pause if self.pause > FIRST_PAUSE else 0.0)
            if now >= self.next_start:
                self.next_start = 0.0
                self.start()

    def tell(self):
        """SIGTERM, and it is not started again. A second one would have it leave its work lying: it gets no more than one."""
        with self.lock:
            if self.wanted:
                self.wanted = False
                self.signal(signal.SIGCONT)
                self.signal(signal.SIGTERM)

    def end(self, seconds):
        """tell(), SIGKILL after so many seconds. The exit status, or None when it never ran."""
        self.tell()
        process = self.process
        if process is None:
            return None
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return process.returncode


class Supervisor:
    def __init__(self):
        self.processes = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def add(self, process):
        self.processes[process.name] = process
        return process

    def begin(self):
        self.thread.start()

    def _watch(self):
        while not self.stopping.wait(LOOK):
            for process in list(self.processes.values()):
                process.look()

    def finish(self):
        """Nothing is started any more."""
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join()
