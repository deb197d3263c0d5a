"""What tests of the checker share."""

import tempfile
import unittest

from tests.chaos.check import check
from tests.chaos.scene import DEADLINE, Scene


class CheckerCase(unittest.TestCase):
    """A scene of two clients who did a little of everything; the first is about to go on."""

    def setUp(self):
        self.scene = Scene()
        self.other, self.client = self.scene.client(), self.scene.client()
        for name, client in ("anna", self.client), ("berta", self.other):
            client.register(name)
            client.whoami()
            client.define(f"{name} one")
            client.define(f"{name} two", f"{name} three")
            client.recent()
            client.export()
            client.stats()

    def verdict(self, **options):
        with tempfile.TemporaryDirectory(prefix="lexmq-check-") as folder:
            return check(*self.scene.write(folder), int(1000 * DEADLINE), **options)

    def assert_kept(self, **options):
        verdict = self.verdict(**options)
        self.assertEqual(verdict.violations, [])
        return verdict

    def assert_broken(self, number, words, count=1):
        """That promise is broken, `count` times, and no other."""
        violations = self.verdict().violations
        self.assertEqual(len(violations), count, violations)
        for violation in violations:
            self.assertTrue(violation.startswith(f"{number}: "), violation)
            self.assertIn(words, violation)
