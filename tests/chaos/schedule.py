"""The plan of a campaign: which fault when, all of it drawn from the seed before anything runs, so that a seed is the plan."""

import random

from tests.chaos import faults_machine, faults_network, faults_peers, faults_process
from tests.chaos.fault import cap_of

KINDS = [*faults_process.KINDS, *faults_network.KINDS, *faults_machine.KINDS, *faults_peers.KINDS]
GAP = (0.3, 1.9)  # seconds from one fault to the next
TOGETHER = 3  # faults at a time, beside
BESIDE = {"rogue", "strangers"}  # peers that misbehave: families
INSTANT = 1.0  # seconds that a fault without a length counts for: until the process is back
TRIES = 30  # draws for one place of the plan


class Step:
    """A fault and the second of the campaign at which it begins."""

    def __init__(self, at, fault):
        self.at, self.fault = at, fault

    @property
    def until(self):
        return self.at + max(self.fault.seconds, INSTANT)


def fits(step, plan, seconds):
    """Whether a fault may begin there: it is healed in time, and neither too many others nor one of its like are under way."""
    if step.until > seconds:
        return False
    active = [other for other in plan if other.until > step.at]
    alike = any(other.fault.family == step.fault.family and other.fault.target == step.fault.target for other in active)
    others = sum(other.fault.family not in BESIDE for other in active)
    return not alike and (step.fault.family in BESIDE or others < TOGETHER)


def make(seed, seconds, allowed):
    """Steps in order. `allowed` is a set of what faults may need. Every kind comes once before any comes as its weight says."""
    draw = random.Random(seed)
    kinds = [kind for kind in KINDS if kind.needs in allowed | {""}]
    first = draw.sample(kinds, len(kinds))
    plan, at = [], 0.0
    while True:
        at += draw.uniform(*GAP)
        if at >= seconds - INSTANT:
            return plan
        for _ in range(TRIES):
            kind = first[-1] if first else draw.choices(kinds, [kind.weight for kind in kinds])[0]
            step = Step(at, kind.draw(draw, cap_of(seconds)))
            if fits(step, plan, seconds):
                plan.append(step)
                if first:
                    first.pop()
                break
