"""Small things that the tests of deployments share."""

import os
import subprocess
import time

from tests.system.stack import TOP

INSTALL_LIMIT = 600  # seconds


class Unavailable(Exception):
    """Nothing can be tested on this machine; the message says why. Reported as skipped, with exit status 77."""


def say(text):
    print(text, flush=True)


def wait_until(condition, what, seconds=60, interval=0.1):
    """The first true value of `condition`; an AssertionError, which quotes what it said last, when there is none in time."""
    end = time.monotonic() + seconds
    value = None
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(interval)
    raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")


def install(purpose):
    """Debian's packages for a purpose that scripts/packages knows."""
    done = subprocess.run([os.path.join(TOP, "scripts", "packages"), purpose], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=INSTALL_LIMIT)
    if done.stdout:
        say(done.stdout.rstrip())
    if done.returncode != 0:
        raise Unavailable(f"the packages for `{purpose}` cannot be installed")
