"""What 100 logins at once do to look-ups, and what a password costs. On a stack of its own; docs/security.md quotes the figures.

    /usr/bin/python3 -B -m tests.system.attack_logins [ROUNDS]
"""

import statistics
import sys
import time

from tests.system.attack_wire import Caller, Keys, code
from tests.system.stack import Stack

CROWD = 100
ALONE = 3.0  # seconds


def look_ups(caller, token, until):
    """Seconds that look-ups took, one after the other, each recorded."""
    times = []
    while not until():
        begin = time.monotonic()
        assert code(caller.look_up(token, "abandon")) == "ok"
        times.append(time.monotonic() - begin)
    return times


def show(name, times):
    cuts = statistics.quantiles(times, n=100)
    print(f"{name:20} {len(times):6} look-ups  p50 {1e3 * cuts[49]:7.2f}  p99 {1e3 * cuts[98]:7.2f} ms")


def main(rounds=3):
    stack = Stack().up()
    keys = Keys(stack).stranger()
    try:
        with Caller(stack, keys) as caller, Caller(stack, keys) as crowd:
            token = caller.register("crowd")["tok"]
            for _ in range(rounds):
                end = time.monotonic() + ALONE
                show("alone", look_ups(caller, token, lambda end=end: time.monotonic() > end))
                begin, left = time.monotonic(), CROWD
                for _ in range(CROWD):
                    crowd.request(b"auth", crowd.body("login", name="crowd", password="correct horse"))

                def all_in():
                    nonlocal left
                    while crowd.receive(0):
                        left -= 1
                    return left == 0
                show(f"during {CROWD} logins", look_ups(caller, token, all_in))
                print(f"{CROWD / (time.monotonic() - begin):.1f} logins a second")
    finally:
        stack.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
