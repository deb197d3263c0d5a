"""Faults of processes: killed, told to end, stopped, kept down, starved."""

import signal
import threading

from tests.chaos.fault import Fault, between
from tests.chaos.world import MACHINES, World

# The database once for every four others: each of its restarts is an outage of everything that is stored.
TARGETS = [name for name in MACHINES if name != "database" for _ in range(2)] + ["database"] * 4
GRACE = 12  # seconds after which a process that was told to end should be back: it may take 10 for what is open


def is_back(process, starts):
    return process.starts > starts and process.running()


class Kill(Fault):
    """kill -9; the supervisor starts it again at once."""

    kind, family, weight = "kill", "end", 4.0
    number = signal.SIGKILL

    @classmethod
    def draw(cls, random, cap):
        return cls(random.choice(TARGETS), 0.0)

    def inject(self, world):
        self.starts = world.processes[self.target].starts
        world.processes[self.target].signal(self.number)

    def heal(self, world):
        World.wait(lambda: is_back(world.processes[self.target], self.starts), f"{self.target} is back", GRACE)


class Terminate(Kill):
    """SIGTERM: an orderly restart. It lasts until the process is back."""

    kind, family, weight = "restart", "end", 2.0
    number = signal.SIGTERM

    def heal(self, world):
        try:
            super().heal(world)
        except RuntimeError:
            # An engine does the same when its time is over.
            world.processes[self.target].signal(signal.SIGKILL)
            super().heal(world)


class Down(Fault):
    """Killed, and not started again for a while."""

    kind, family, weight = "down", "end", 2.0

    @classmethod
    def draw(cls, random, cap):
        return cls(random.choice(TARGETS), between(random, 0.3, min(cap, 15.0)))

    def inject(self, world):
        world.processes[self.target].hold()

    def heal(self, world):
        world.processes[self.target].release()
        World.wait(world.processes[self.target].running, f"{self.target} is back", GRACE)


class Stop(Fault):
    """SIGSTOP, as a machine that hangs: connections stand and nobody answers."""

    kind, family, weight = "stop", "pause", 4.0

    @classmethod
    def draw(cls, random, cap):
        return cls(random.choice(TARGETS), between(random, 0.1, cap))

    def inject(self, world):
        world.processes[self.target].signal(signal.SIGSTOP)

    def heal(self, world):
        # Whoever has taken its place meanwhile does not mind.
        world.processes[self.target].signal(signal.SIGCONT)


class Slow(Fault):
    """Stopped most of the time, as a machine whose disk or processor is taken: stopped and let run in turn."""

    kind, family, weight = "slow", "pause", 1.5

    def __init__(self, target, seconds, stopped, running):
        super().__init__(target, seconds, f"{stopped * 1000:.0f} ms of {(stopped + running) * 1000:.0f}")
        self.stopped, self.running = stopped, running
        self.over = threading.Event()
        self.thread = None

    @classmethod
    def draw(cls, random, cap):
        return cls(random.choice(TARGETS), between(random, 0.5, min(cap, 8.0)), random.uniform(0.02, 0.2), random.uniform(0.005, 0.03))

    def inject(self, world):
        self.thread = threading.Thread(target=self._starve, args=(world.processes[self.target],), daemon=True)
        self.thread.start()

    def _starve(self, process):
        while not self.over.is_set():
            process.signal(signal.SIGSTOP)
            self.over.wait(self.stopped)
            process.signal(signal.SIGCONT)
            self.over.wait(self.running)

    def heal(self, world):
        self.over.set()
        if self.thread:
            self.thread.join()


KINDS = [Kill, Terminate, Down, Stop, Slow]
