"""Faults of the network between two parties, or between one and all others."""

import itertools

from tests.chaos.fault import Fault, between
from tests.chaos.world import GATEWAYS, MACHINES, PARTIES

ALL = "all"  # in the place of the second party
WORKERS = [name for name, kind in MACHINES.items() if kind not in ("gateway", "database")]
# Everybody who speaks with somebody.
PAIRS = [("clients", gateway) for gateway in GATEWAYS for _ in range(3)] + list(itertools.product(WORKERS, GATEWAYS)) + \
    [(worker, "database") for worker in WORKERS]
ALONE_SHARE = 0.35  # of the faults of the network that are one party's with all others


class Network(Fault):
    needs = "network"
    one_way = False
    longest = 25.0  # seconds

    def __init__(self, source, target, seconds, condition, detail=""):
        arrow = "->" if self.one_way else "--"
        super().__init__(f"{source} {arrow} {target}", seconds, detail)
        self.source, self.other, self.condition = source, target, condition

    @classmethod
    def draw(cls, random, cap):
        alone = random.random() < ALONE_SHARE
        source, target = (random.choice(list(MACHINES)), ALL) if alone else random.choice(PAIRS)
        if random.random() < 0.5:
            source, target = target, source
        condition, detail = cls.condition_of(random)
        return cls(source, target, between(random, 0.2, min(cap, cls.longest)), condition, detail)

    @classmethod
    def condition_of(cls, random):
        """What is laid on the packets, and how the plan says it."""
        return {"cut": True}, ""

    def inject(self, world):
        sources = PARTIES if self.source == ALL else [self.source]
        targets = PARTIES if self.other == ALL else [self.other]
        for source, target in itertools.product(sources, targets):
            if source != target:
                world.network.lay(id(self), source, target, **self.condition)
                if not self.one_way:
                    world.network.lay(id(self), target, source, **self.condition)

    def heal(self, world):
        world.network.lift(id(self))


class Cut(Network):
    """Nothing gets through, and nobody is told: packets vanish."""

    kind = family = "cut"
    weight = 2.5


class HalfOpen(Network):
    """Packets of one direction vanish."""

    kind = family = "half-open"
    weight = 2.5
    one_way = True


class Delay(Network):
    kind = family = "delay"
    weight = 2.0

    @classmethod
    def condition_of(cls, random):
        delay = between(random, 1, 500)
        jitter = random.uniform(0, delay)
        return {"delay": delay, "jitter": jitter}, f"{delay:.0f} ms and up to {jitter:.0f} more"


class Loss(Network):
    kind = family = "loss"
    weight = 2.0

    @classmethod
    def condition_of(cls, random):
        loss = random.uniform(0.01, 0.3)
        return {"loss": loss}, f"{loss * 100:.0f} %"


KINDS = [Cut, HalfOpen, Delay, Loss]


def is_before_gateways(fault):
    """Whether a fault lies on the way between clients and gateways."""
    return isinstance(fault, Network) and bool({"clients", ALL} & {fault.source, fault.other}) and \
        bool({"clients", *GATEWAYS} & {fault.source, fault.other})


def is_between(fault, node):
    """Whether a fault lies on a way to or from the node."""
    return isinstance(fault, Network) and bool({node, ALL} & {fault.source, fault.other})
