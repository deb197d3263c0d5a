"""Does the time of a refused login tell whether the name exists? Samples from outside, and what statistics say of them.

    /usr/bin/python3 -B -m tests.system.attack_timing [PAIRS]     on a stack of its own; docs/security.md quotes the figures
"""

import bisect
import math
import os
import statistics
import sys
import time

from tests.system.attack_wire import Caller, Keys, code

TRIES = 4  # for one name: after five failures it would be throttled


def rank_sum(first, second):
    """z of Wilcoxon's rank-sum test: about normal when both are of one distribution; positive when the first are larger."""
    below = sorted(second)
    u = sum((bisect.bisect_left(below, x) + bisect.bisect_right(below, x)) / 2 for x in first)
    n, m = len(first), len(second)
    return (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)


def kolmogorov(first, second):
    """The largest distance of the two empirical distributions, and about how likely one as large is by chance."""
    a, b = sorted(first), sorted(second)
    distance = max(abs(bisect.bisect_right(a, x) / len(a) - bisect.bisect_right(b, x) / len(b)) for x in a + b)
    root = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    k = (root + 0.12 + 0.11 / root) * distance
    return distance, min(1.0, max(0.0, 2 * sum((-1) ** (j - 1) * math.exp(-2 * (j * k) ** 2) for j in range(1, 101))))


def sample_pairs(stack, keys, pairs, between=lambda: None):
    """Seconds that logins took, (of unknown names, of known names with a wrong password); in turn, the first in turn first."""
    mark = os.urandom(4).hex()
    times = {"unknown": [], "known": []}
    with Caller(stack, keys) as caller:
        for n in range(pairs):
            if n % TRIES == 0:
                between()
                caller.register(f"known {mark} {n}")
            group = n - n % TRIES
            for kind in ("unknown", "known")[::1 if n % 2 else -1]:
                begin = time.monotonic()
                reply = caller.call("auth", "login", name=f"{kind} {mark} {group}", password="a wrong one", within=60)
                times[kind].append(time.monotonic() - begin)
                if code(reply) not in ("unauthorized", "rate_limited"):
                    raise AssertionError(reply)
    return times["unknown"], times["known"]


def main(pairs=2000):
    from tests.system.stack import Stack
    stack = Stack().up()
    try:
        # Between the samples the failures over all names are forgotten: this is about time, not about limits.
        unknown, known = sample_pairs(stack, Keys(stack).stranger(), pairs, lambda: stack.sql("DELETE FROM lexmq_auth.throttle_window"))
        for name, times in (("unknown name", unknown), ("wrong password", known)):
            cuts = statistics.quantiles(times, n=100)
            print(f"{name:14} p5 {1e3 * cuts[4]:.2f}  p50 {1e3 * cuts[49]:.2f}  p95 {1e3 * cuts[94]:.2f} ms")
        z, (distance, chance) = rank_sum(unknown, known), kolmogorov(unknown, known)
        print(f"{pairs} pairs: rank sum z {z:+.2f}, Kolmogorov D {distance:.4f} p {chance:.2f}, "
              f"a guess by time is right in {100 * (0.5 + abs(z) * math.sqrt((2 * pairs + 1) / (12 * pairs * pairs))):.1f} of 100")
    finally:
        stack.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
