"""What processes hold in memory."""

import os
import subprocess
import time

from processes import Failure, clean_environment

LOOK_SECONDS = 0.01
END_SECONDS = 300


def field(path, name):
    """A field of a file of /proc like `Pss:   12 kB`, in bytes; 0 when the process has gone."""
    try:
        with open(path) as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def proportional(pids):
    """The proportional set size of processes together: pages that several of them map are counted once."""
    return sum(field(f"/proc/{pid}/smaps_rollup", "Pss") for pid in pids)


def mapped(pid, suffix):
    """How many files whose names end like that a process has mapped."""
    with open(f"/proc/{pid}/maps") as file:
        return len({line.split()[-1] for line in file if line.rstrip().endswith(suffix)})


def settled(pids, limit_seconds):
    """The proportional set size once it stays the same, give or take a percent, for a second."""
    end = time.monotonic() + limit_seconds
    before = 0
    while time.monotonic() < end:
        now = proportional(pids)
        if abs(now - before) < now / 100:
            return now
        before = now
        time.sleep(1)
    raise Failure(f"memory is not settled after {limit_seconds} s")


def processor_seconds(pid, children=False):
    """What a process, or what those of its children that have ended, used of a core, in user and system mode."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    first = 13 if children else 11
    return sum(map(int, fields[first:first + 2])) / os.sysconf("SC_CLK_TCK")


def run_and_watch(*command):
    """Runs a command. Returns what it printed and the most anonymous memory it was seen with."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               env=clean_environment(), start_new_session=True)
    most, end = 0, time.monotonic() + END_SECONDS
    try:
        while process.poll() is None:
            most = max(most, field(f"/proc/{process.pid}/status", "RssAnon"))
            if time.monotonic() > end:
                raise Failure(f"{os.path.basename(command[0])} does not end within {END_SECONDS} s")
            time.sleep(LOOK_SECONDS)
    finally:
        process.kill()
        output, _ = process.communicate()
    if process.returncode != 0:
        raise Failure(f"{os.path.basename(command[0])} failed")
    return output, most
