#!/usr/bin/python3
"""Runs every test and ends with a line `N passed, N failed`.

    tests/run.py [WORD]      only the test programs and modules whose name has WORD
    tests/run.py FILE.py     one module, of those that take more than a machine should be asked for at each run (tests/deploy);
                             what it measured is shown

Unit tests are cmocka programs in BUILD/tests/*/, system tests are unittest modules tests/system/test_*.py,
and so are those of the fault campaign's checker, tests/chaos/test_*.py.
LEXMQ_BUILD names the build folder (default build), LEXMQ_CHECKER what to run everything under (tests/sanitize/checkers.py).
"""

import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(os.path.join(TOP, os.environ.get("LEXMQ_BUILD", "build")))
sys.path.insert(0, os.path.join(TOP, "tests", "sanitize"))

import checkers  # noqa: E402

TAIL, REPORT_MAX = 80, 20000  # lines of a failed test's output that are shown, characters of reports
CHECKER = checkers.chosen(BUILD)
LIMIT = 300 * (1 + CHECKER.slowness)  # seconds for one test program or module


class Outcome:
    def __init__(self, name, passed, failed, skipped, seconds, output):
        self.name, self.passed, self.failed, self.skipped = name, passed, failed, skipped
        self.seconds, self.output = seconds, output


def execute(command, environment):
    """Runs a command in a process group of its own; at the limit the whole group ends."""
    process = subprocess.Popen(CHECKER.command(command), cwd=TOP, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=LIMIT)
        return process.returncode, output.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return -1, output.decode("utf-8", "replace") + f"\nended at the limit of {LIMIT} s\n"


def run_unit(path):
    begin = time.monotonic()
    name = os.path.relpath(path, os.path.join(BUILD, "tests"))
    environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="STDOUT", **CHECKER.environment(name))
    code, output = execute([path], environment)
    passed = len(re.findall(r"^\[ +OK \]", output, re.M))
    failed = len(re.findall(r"^\[  FAILED  \] (?!\d+ test)\S", output, re.M))
    skipped = len(re.findall(r"^\[  SKIPPED \] (?!\d+ test)\S", output, re.M))
    # cmocka names a failed test twice: as it fails and in its summary.
    summary = re.search(r"^\[  FAILED  \] (\d+) test", output, re.M)
    failed = int(summary.group(1)) if summary else failed
    if code != 0 and failed == 0:
        failed = 1  # crashed, or ended at the limit
    return checked(Outcome(name, passed, failed, skipped, time.monotonic() - begin, output))


def run_system(path):
    begin = time.monotonic()
    code, output = execute(["/usr/bin/python3", "-B", "-m", "unittest", "-v", path],
                           dict(os.environ, LEXMQ_BUILD=BUILD, **CHECKER.environment(path)))
    ran = re.search(r"^Ran (\d+) test", output, re.M)
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", output))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", output))
    total = int(ran.group(1)) if ran else 0
    if code != 0 and bad == 0:
        bad = 1
    return checked(Outcome(path, max(total - bad - skipped, 0), bad, skipped, time.monotonic() - begin, output))


def checked(outcome):
    """What the checker found in any process of the test is one failure more."""
    reports = CHECKER.reports(outcome.name)
    if reports:
        outcome.failed += 1
        outcome.output += f"\nreports, all of them in {os.path.relpath(CHECKER.folder, TOP)}:\n{reports[:REPORT_MAX]}"
    return outcome


def report(outcome, shown=False):
    state = "FAILED" if outcome.failed else "ok"
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    print(f"{state:6} {outcome.name}: {outcome.passed} passed, {outcome.failed} failed{skipped} ({outcome.seconds:.1f} s)",
          flush=True)
    if outcome.failed or shown:
        print("\n".join("    " + line for line in outcome.output.splitlines()[-TAIL:]), flush=True)


def find(word):
    # Only tests whose source is still there: a build folder may hold programs of tests that were removed.
    units, systems = [], []
    root = os.path.join(TOP, "tests", "unit")
    for folder, _, files in sorted(os.walk(root)):
        for name in sorted(files):
            if name.startswith("test_") and name.endswith(".c"):
                units.append(os.path.join(BUILD, "tests", os.path.relpath(folder, root), name[:-2]))
    for area in "chaos", "system":
        for name in sorted(os.listdir(os.path.join(TOP, "tests", area))):
            if name.startswith("test_") and name.endswith(".py"):
                systems.append(os.path.join("tests", area, name))
    # By the name that the report says, so that a word in the path of the checkout picks nothing.
    return [u for u in units if word in os.path.relpath(u, BUILD)], [s for s in systems if word in s]


def chosen(paths):
    """All but those that the checker leaves out, which are named."""
    kept = []
    for path in paths:
        name = os.path.relpath(path, os.path.join(BUILD, "tests")) if os.path.isabs(path) else path
        reason = CHECKER.left_out(name)
        if reason:
            print(f"left out {name}: {reason}", flush=True)
        else:
            kept.append(path)
    return kept


def main():
    # A shell starts what runs behind it with SIGINT ignored, which tests of interrupts would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    one = word.endswith(".py")
    units, systems = ([], [word]) if one else find(word)
    outcomes = []
    units, systems = chosen(units), chosen(systems)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(run_unit, units):
            report(outcome)
            outcomes.append(outcome)
    for path in systems:
        outcome = run_system(path)
        report(outcome, one)
        outcomes.append(outcome)
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    skipped = sum(o.skipped for o in outcomes)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
