"""What the runs of the benchmarks share: their folders, their signals, the machine."""

import contextlib
import os
import platform
import shutil
import signal
import tempfile

from contenders import TOP


def build_folder():
    return os.path.abspath(os.environ.get("LEXMQ_BUILD") or os.path.join(TOP, "build"))


@contextlib.contextmanager
def scratch(parent=None):
    folder = tempfile.mkdtemp(prefix="lexmq-bench-", dir=parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def interrupted(number, _frame):
    raise SystemExit(128 + number)


def heed_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)


def ignore_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def machine():
    with open("/proc/cpuinfo") as cpuinfo:
        models = [line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} CPUs ({models[0] if models else platform.machine()})"
