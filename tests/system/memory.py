"""What lies in the memory of a running process, read from outside as root does: /proc/PID/mem, maps and smaps."""

import re


class Region:
    def __init__(self, first, last, rights, name, flags=""):
        self.first, self.last, self.rights, self.name, self.flags = first, last, rights, name, flags

    def __repr__(self):
        return f"{self.first:x}-{self.last:x} {self.rights} {self.name} [{self.flags}]"


def regions(pid):
    """All of them, with smaps' VmFlags."""
    found = []
    with open(f"/proc/{pid}/smaps") as file:
        for line in file:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line)
            if head:
                found.append(Region(int(head[1], 16), int(head[2], 16), head[3], head[4].strip()))
            elif line.startswith("VmFlags:"):
                found[-1].flags = line.split(":", 1)[1].strip()
    return found


def find(pid, needle, limit=1 << 30):
    """(address, region) for each place in memory that holds these bytes, but not in what is mapped from files only to be read."""
    places = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for region in regions(pid):
            if "r" not in region.rights or region.name.startswith(("[v", "/")) and "w" not in region.rights or region.last - region.first > limit:
                continue
            memory.seek(region.first)
            held = bytearray()
            while len(held) < region.last - region.first:
                try:
                    part = memory.read(region.last - region.first - len(held))
                except OSError:
                    break
                if not part:
                    break
                held += part
            at = held.find(needle)
            while at >= 0:
                places.append((region.first + at, region))
                at = held.find(needle, at + 1)
    return places


def around(pid, address, size=96):
    """The bytes about a place, for a test's message."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address - size)
        return memory.read(2 * size + 32)
