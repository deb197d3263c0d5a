"""Faults of the machine under a process: a full disk, a clock that jumps."""

from tests.chaos.fault import Fault, between
from tests.chaos.world import LOOKUPS, MACHINES


class Full(Fault):
    needs, family, weight = "disks", "full", 1.0
    longest = 8.0  # seconds

    def inject(self, world):
        world.disks[self.target].fill()

    def heal(self, world):
        world.disks[self.target].free()


class JournalFull(Full):
    """The disk of one lookup worker's journal."""

    kind = "journal full"

    @classmethod
    def draw(cls, random, cap):
        return cls(f"journal-{random.choice(LOOKUPS)}", between(random, 0.5, min(cap, cls.longest)))


class IndexFull(Full):
    """The disk of the index folder, and a dictionary that has changed: it cannot be built until there is room."""

    kind = "index full"

    @classmethod
    def draw(cls, random, cap):
        return cls("index", between(random, 0.5, min(cap, cls.longest)))

    def inject(self, world):
        super().inject(world)
        world.import_extra()


class DatabaseFull(Full):
    """The disk of the database. InnoDB writes into room that it has taken before, so this one takes a while to hurt."""

    kind = "database full"
    shortest = 3.0  # seconds

    @classmethod
    def draw(cls, random, cap):
        return cls("database", between(random, cls.shortest, max(min(cap, cls.longest), cls.shortest + 1)))


class Clock(Fault):
    """The wall clock of all processes of a kind jumps, and back when it is healed."""

    kind = family = "clock"
    weight = 1.5

    def __init__(self, target, seconds, step):
        super().__init__(target, seconds, f"{step:+.0f} s")
        self.step = step

    @classmethod
    def draw(cls, random, cap):
        return cls(random.choice(sorted(set(MACHINES.values()))), between(random, 0.3, min(cap, 15.0)),
                   random.choice((-1, 1)) * between(random, 1, 3600))

    def inject(self, world):
        world.clocks.step(self.target, self.step)

    def heal(self, world):
        world.clocks.step(self.target, 0)


KINDS = [JournalFull, IndexFull, DatabaseFull, Clock]


def is_at_journals(fault):
    return isinstance(fault, JournalFull)


def is_of_clocks(fault):
    return isinstance(fault, Clock)
