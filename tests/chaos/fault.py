"""What every fault of a campaign is: drawn from the seeded generator before anything runs, injected, healed."""

import math

SHORT, LONG = 120, 30.0  # a campaign of up to SHORT seconds has no fault longer than CAP_SHORT, another none longer than LONG
CAP_SHORT = 4.0


def cap_of(campaign_seconds):
    return CAP_SHORT if campaign_seconds <= SHORT else LONG


def between(random, low, high):
    """Log-uniform: as many short ones as long ones, by magnitude."""
    return math.exp(random.uniform(math.log(low), math.log(high)))


class Fault:
    """`kind` is its name in reports, `weight` how often it is drawn beside the others, `needs` what the machine must allow: "network"
    (namespaces), "disks" (mounts) or "". `family` and `target` together are what two faults at a time may not share."""

    kind = ""
    family = ""
    weight = 1.0
    needs = ""

    def __init__(self, target, seconds, detail=""):
        self.target, self.seconds, self.detail = target, seconds, detail

    @classmethod
    def draw(cls, random, cap):
        """One of this kind with target and parameters from the generator, lasting at most `cap` seconds unless its kind says more."""
        raise NotImplementedError

    def inject(self, world):
        raise NotImplementedError

    def heal(self, world):
        """Undoes it; called once, and also when inject failed."""

    def __str__(self):
        return " ".join(part for part in (self.kind, self.target, self.detail) if part)
