#!/usr/bin/python3
"""make sanitize: the test suite under one checker after the other; ends with the sum of their lines `N passed, N failed`.

    all.py MAKE [VARIABLE=VALUE]..."""

import re
import subprocess
import sys

CHECKERS = ("asan", "tsan", "memcheck")
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


def run(command):
    """Shows what a command prints. Returns what its last line counts, and what the command thinks of itself."""
    counts = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            found = COUNTS.match(line.strip())
            counts = [int(n or 0) for n in found.groups()] if found else counts
    return counts, process.returncode


def main():
    total = [0, 0, 0]
    for checker in CHECKERS:
        print(f"==== make {checker}", flush=True)
        counts, code = run([sys.argv[1], "--no-print-directory", checker, *sys.argv[2:]])
        # One that breaks before it counts, or counts nothing, has failed.
        if not counts or not sum(counts) or (code and not counts[1]):
            print(f"make {checker} ended with {code} before its tests had")
            counts = [0, 1, 0]
        total = [a + b for a, b in zip(total, counts)]
    print(f"{total[0]} passed, {total[1]} failed" + (f", {total[2]} skipped" if total[2] else ""))
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
