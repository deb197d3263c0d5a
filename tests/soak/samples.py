"""What the programs of a stack hold, sampled over time, and whether it grows."""

import os
import statistics
import time

COLUMNS = ("rss_kib", "pss_kib", "files", "threads")
KINDS = {"rss_kib": "memory", "files": "descriptors", "threads": "threads"}


def of_process(pid):
    """{column: number}"""
    with open(f"/proc/{pid}/status") as file:
        status = dict(line.split(":", 1) for line in file)
    with open(f"/proc/{pid}/smaps_rollup") as file:
        pss = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return {"rss_kib": int(status["VmRSS"].split()[0]), "pss_kib": pss, "files": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": int(status["Threads"])}


class Samples:
    """Of processes by name, each at a phase of the run; written to a TSV as they are taken."""

    def __init__(self, pids, path):
        self.pids, self.begin, self.rows = pids, time.monotonic(), []
        self.file = open(path, "w", buffering=1)
        print("seconds", "phase", "process", *COLUMNS, sep="\t", file=self.file)

    def take(self, phase):
        seconds = time.monotonic() - self.begin
        for name, pid in self.pids.items():
            values = of_process(pid)
            self.rows.append((seconds, phase, name, values))
            print(f"{seconds:.1f}", phase, name, *(values[c] for c in COLUMNS), sep="\t", file=self.file)

    def series(self, phase, name, column, after=0):
        """[(seconds, value)] of a phase, without its first `after` seconds."""
        rows = [(s, values[column]) for s, p, n, values in self.rows if p == phase and n == name]
        return [(s, v) for s, v in rows if s >= rows[0][0] + after]

    def level(self, phase, name, column):
        """The median of a phase."""
        return statistics.median(v for _, v in self.series(phase, name, column))

    def close(self):
        self.file.close()


def slope(series):
    """Theil-Sen: the median of the slopes between all pairs of points; neither a jump nor a few peaks move it. Per second."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(series) for b in series[i + 1:] if b[0] > a[0]]
    return statistics.median(slopes) if slopes else 0.0
