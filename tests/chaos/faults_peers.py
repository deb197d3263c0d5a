"""Faults of those who speak with the stack: a worker with a real key that answers nonsense, and clients that say or read nothing."""

import os
import signal
import subprocess
import sys

from tests.chaos.fault import Fault, between
from tests.chaos.rogue import BEHAVIOURS, LATE
from tests.chaos.strangers import MANNERS
from tests.chaos.world import TOP

DEADLINE = 10.0  # seconds, of the gateways


class Peer(Fault):
    """A program of ours that runs while the fault lasts."""

    party = ""

    def __init__(self, target, seconds, manner, seed):
        super().__init__(target, seconds, manner)
        self.manner, self.seed = manner, seed
        self.process = None

    def command(self, world):
        """Module and arguments."""
        raise NotImplementedError

    def inject(self, world):
        with open(world.log(self.party), "ab") as log:
            self.process = subprocess.Popen([*world.network.enter(self.party), sys.executable, "-B", "-m", *self.command(world)], cwd=TOP,
                                            env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def heal(self, world):
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


class Rogue(Peer):
    """A worker that registers with the key of lookup or of history. rogue.py says what it does."""

    kind, family, party, weight = "rogue", "rogue", "rogue", 2.5

    @classmethod
    def draw(cls, random, cap):
        manner = random.choice(sorted(BEHAVIOURS))
        # Half of what a user does is looking up, and half of what can go wrong lies between lookup and history.
        service = random.choice(["lookup"] * 3 + ["history.record"] * 3 + ["history", "history.erase"])
        seconds = DEADLINE + 1.5 if manner == LATE else between(random, 0.5, min(cap, 6.0))
        return cls(service, seconds, manner, random.randrange(1 << 30))

    def command(self, world):
        key = self.target.split(".")[0]
        return ["tests.chaos.rogue", "--gateways", ",".join(world.backs()), "--server-key", world.server_key(), "--certificate",
                os.path.join(world.keys, key, "curve.cert_secret"), "--service", self.target, "--behaviour", self.manner,
                "--seed", str(self.seed)]


class Strangers(Peer):
    """Clients that never read, connections that say nothing, handshakes that stop halfway. strangers.py has them."""

    kind, family, party, weight = "strangers", "strangers", "strangers", 1.5

    @classmethod
    def draw(cls, random, cap):
        return cls(random.choice(["front", "back"]), between(random, 0.5, min(cap, 10.0)), random.choice(sorted(MANNERS)),
                   random.randrange(1 << 30))

    def command(self, world):
        endpoints = world.fronts() if self.target == "front" else world.backs()
        return ["tests.chaos.strangers", "--endpoints", ",".join(endpoints), "--server-key", world.server_key(), "--manner", self.manner,
                "--seed", str(self.seed)]


KINDS = [Rogue, Strangers]


def is_rogue(fault):
    return isinstance(fault, Rogue)
