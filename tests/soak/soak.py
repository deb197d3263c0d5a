#!/usr/bin/python3
"""make soak: a whole stack with thousands of idle and busy connections, for MINUTES; nothing it holds may grow.

Every program and the database are sampled every ten seconds into a TSV: memory, descriptors, threads. After a warm-up, a third of
the time, the growth of each must lie within what is noise. Also printed: what a connection costs while it is idle.
docs/scaling.md has the figures. LEXMQ_BUILD names the build folder.

    soak.py [MINUTES [IDLE BUSY]]       default 30 10000 1000"""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TOP)

from tests.soak.samples import COLUMNS, KINDS, Samples, slope  # noqa: E402
from tests.system.stack import Stack  # noqa: E402

STEP_S, SETTLE_S, INTERVAL_S = 10, 30, 2
A_PROCESS = 2500  # connections of one process: each takes two of its files
OPEN_S, END_S = 900, 60
SPARE = 1000  # connections of the gateway beyond those: such as come while those before them have not gone yet
# Growth within the time that is judged, of the median: by so much a process may differ without a leak.
# The database fills what it was given to cache with (LEXMQ_DB_MEMORY of the stack) as the history grows, for hours if it is slow.
CACHE_KIB = 64 * 1024
BOUNDS = {"rss_kib": (1024, 0.03), "files": (4, 0.005), "threads": (1, 0)}


class Crowds:
    """Several processes of crowd.py."""

    def __init__(self, stack, idle, busy):
        self.processes = []
        certificate = os.path.join(stack.var, "keys", "public", "gateway.cert")
        # The busy ones stand in processes of their own, so that these are not slow for the sake of the idle.
        shares = [(min(A_PROCESS, idle - at), 0) for at in range(0, idle, A_PROCESS)]
        half = (busy + 1) // 2
        shares += [(0, share) for share in (half, busy - half) if share]
        try:
            for share in shares:
                self.processes.append(subprocess.Popen(
                    [sys.executable, os.path.join(TOP, "tests", "soak", "crowd.py"), stack.fronts(), certificate, *map(str, share),
                     str(INTERVAL_S)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True))
            for process in self.processes:
                if self.line(process, OPEN_S) != "ready\n":
                    raise AssertionError("a crowd ended before it was ready")
        except BaseException:
            self.kill()
            raise

    @staticmethod
    def line(process, seconds):
        return process.stdout.readline() if select.select([process.stdout], [], [], seconds)[0] else ""

    def close(self):
        """What all of them counted, summed."""
        for process in self.processes:
            process.stdin.close()
        counts = [json.loads(self.line(process, END_S) or "{}") for process in self.processes]
        self.kill()
        if not all(counts):
            raise AssertionError("a crowd ended without its counts")
        return {name: max(c[name] for c in counts) if name == "seconds" else sum(c[name] for c in counts) for name in counts[0]} if counts else {}

    def kill(self):
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdout.close()


def processes_of(stack):
    names = sorted(name[:-4] for name in os.listdir(os.path.join(stack.var, "run")) if name.endswith(".pid"))
    return {name: stack.pid(name) for name in names}


def connections(pid):
    """Established ones of the process's own network, as it sees them: to and from anybody."""
    sockets = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            sockets.update(re.findall(r"^socket:\[(\d+)\]$", os.readlink(f"/proc/{pid}/fd/{fd}")))
        except FileNotFoundError:
            pass
    with open(f"/proc/{pid}/net/tcp") as file:
        return sum(fields[3] == "01" and fields[9] in sockets for fields in map(str.split, file))


class Soak:
    """`minutes` of load, of which a third is warm-up. Samples go to the file `path`."""

    def __init__(self, stack, path, minutes, idle, busy, step=STEP_S, settle=SETTLE_S):
        self.stack, self.idle, self.busy = stack, idle, busy
        self.seconds, self.step, self.settle = 60 * minutes, step, settle
        self.samples = Samples(processes_of(stack), path)
        self.counts = {}

    def phase(self, name, seconds):
        end = time.monotonic() + seconds
        self.samples.take(name)
        while time.monotonic() < end:
            time.sleep(min(self.step, max(0.0, end - time.monotonic())))
            self.samples.take(name)

    def run(self):
        try:
            self.phase("bare", self.settle)
            own = connections(self.samples.pids["gateway"])
            idle = Crowds(self.stack, self.idle, 0)
            try:
                self.phase("idle", self.settle)
                self.connected = connections(self.samples.pids["gateway"]) - own
                if self.connected < self.idle:
                    raise AssertionError(f"of {self.idle} idle connections the gateway has {self.connected}")
                busy = Crowds(self.stack, 0, self.busy)
                try:
                    self.phase("load", self.seconds)
                except BaseException:
                    busy.kill()
                    raise
                self.counts = busy.close()
            except BaseException:
                idle.kill()
                raise
            idle.close()
            self.phase("after", self.settle)
        finally:
            self.samples.close()

    def growth(self, name, column):
        """Of a process while under load, after the warm-up: (median, growth in that time, bound)."""
        series = self.samples.series("load", name, column, self.seconds / 3)
        median = sorted(v for _, v in series)[len(series) // 2]
        least, share = BOUNDS[column]
        bound = max(least, share * median)
        if (name, column) == ("database", "rss_kib"):
            bound += CACHE_KIB
        return median, slope(series) * (series[-1][0] - series[0][0]), bound

    def grown(self, columns=tuple(BOUNDS)):
        """What has grown by more than its bound, as text."""
        found = []
        for name in self.samples.pids:
            for column in columns:
                median, growth, bound = self.growth(name, column)
                if growth > bound:
                    found.append(f"{name}: {KINDS[column]} grew by {growth:.0f} from about {median} (bound {bound:.0f})")
        return found


def report(soak):
    judged = soak.seconds * 2 / 3
    print("\n| process | bare RSS, PSS KiB | with the idle | under load | growth of RSS, KiB an hour | files bare, idle, load, after | threads |\n" + "|---" * 7 + "|")
    for name in soak.samples.pids:
        level = {(phase, column): soak.samples.level(phase, name, column) for phase in ("bare", "idle", "load", "after") for column in COLUMNS}
        memory = [f"{level[phase, 'rss_kib']:,.0f}, {level[phase, 'pss_kib']:,.0f}" for phase in ("bare", "idle", "load")]
        files = ", ".join(f"{level[phase, 'files']:.0f}" for phase in ("bare", "idle", "load", "after"))
        print(f"| {name} | {' | '.join(memory)} | {soak.growth(name, 'rss_kib')[1] / judged * 3600:+,.0f} | {files} | {level['load', 'threads']:.0f} |")
    for column in ("rss_kib", "pss_kib"):
        bare, idle = soak.samples.level("bare", "gateway", column), soak.samples.level("idle", "gateway", column)
        print(f"an idle connection costs the gateway {(idle - bare) / soak.idle:.1f} KiB of {column[:3].upper()}")
    print(f"{soak.idle:,} idle and {soak.busy:,} busy connections; {soak.connected:,} connections of the gateway with the idle; {json.dumps(soak.counts)}")


def main(minutes=30.0, idle=10000, busy=1000):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    path = os.path.join(os.path.abspath(os.environ.get("LEXMQ_BUILD") or os.path.join(TOP, "build")), "soak.tsv")
    stack = Stack(LEXMQ_MAX_CONNECTIONS=str(idle + busy + SPARE)).up()
    try:
        soak = Soak(stack, path, minutes, idle, busy)
        soak.run()
    finally:
        stack.close()
    report(soak)
    found = soak.grown()
    print("\n".join(found) or "nothing grew beyond noise", f"\n{time.strftime('%Y-%m-%d')}, {minutes:g} minutes; samples in {os.path.relpath(path)}")
    return 1 if found or soak.counts["unanswered"] or soak.counts["refused"] else 0


if __name__ == "__main__":
    sys.exit(main(*(kind(argument) for kind, argument in zip((float, int, int), sys.argv[1:]))))
