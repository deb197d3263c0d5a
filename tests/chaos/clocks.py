"""Wall clocks of a campaign: one for each kind of process, stepped while they run. clock.c is the other half."""

import mmap
import os
import struct

SECOND = 1_000_000_000


class Clocks:
    def __init__(self, folder, kinds):
        os.makedirs(folder)
        self.folder, self.maps = folder, {}
        for kind in kinds:
            with open(self.file(kind), "wb+") as file:
                file.write(bytes(8))
                file.flush()
                self.maps[kind] = mmap.mmap(file.fileno(), 8)

    def file(self, kind):
        return os.path.join(self.folder, kind)

    def environment(self, kind, library):
        """For a process that is to have this clock; none for a kind without one."""
        return {"LD_PRELOAD": library, "LEXMQ_CHAOS_CLOCK": self.file(kind)} if kind in self.maps else {}

    def step(self, kind, seconds):
        """From now on that clock is so many seconds wrong. Eight aligned bytes: nobody sees half of them."""
        self.maps[kind][:] = struct.pack("=q", int(seconds * SECOND))
