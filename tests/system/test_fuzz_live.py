"""A short live fuzz (tests/fuzz/live): nothing dies, nothing grows, and nobody else is answered wrongly. How long answers take on a
machine that does other things as well is no part of it; `make fuzz-live` measures that."""

import os
import sys
import unittest

from tests.system import stack as stacks

sys.path.insert(0, os.path.join(stacks.TOP, "tests", "fuzz", "live"))

import run as live  # noqa: E402

MESSAGES = 40000
QUIET_S = 1


class LiveFuzzTest(unittest.TestCase):
    def test_a_stack_stands_it(self):
        self.assertEqual(live.run(MESSAGES, seed=11, insecure=False, quiet_s=QUIET_S, verdict=False), [])


if __name__ == "__main__":
    unittest.main()
