"""What a fault excuses, and that nothing else is excused by it."""

import unittest

from tests.chaos.check_case import CheckerCase
from tests.chaos.rogue import MESSAGE
from tests.chaos.scene import DEADLINE


class Excuses(CheckerCase):
    def broken(self, **faults):
        return [violation.split(":")[0] for violation in self.verdict(**faults).violations]

    def test_a_journal_whose_disk_is_full(self):
        begin = self.scene.clock
        self.client.define("anna four", recorded=False, row=False)
        end = self.scene.clock
        self.assert_kept(journals_full=[(begin, end)])
        self.assertEqual(self.broken(journals_full=[(begin - 1, begin), (end, end + 1)]), ["4"])

    def test_what_was_recorded_is_there_whatever_is_full(self):
        begin = self.scene.clock
        self.client.define("anna four", row=False)
        self.assertIn("1", self.broken(journals_full=[(begin, self.scene.clock)]))

    def test_nonsense_while_a_rogue_is_there(self):
        self.client.add("stray", c=1, what="the body of a reply: incomplete input")
        now = self.scene.clock
        self.assert_kept(rogues=[(now - 1, now + 1)])
        self.assertEqual(self.broken(rogues=[(now + 1, now + 2), (now - 99, now - 98)]), ["5"])

    def answer_failed(self, message):
        request = self.client.send("suggest", {"prefix": "a"})
        self.client.reply(request, {"msg": message}, code="internal")
        self.client.end(request, "internal")

    def test_failures_of_a_rogue(self):
        begin = self.scene.clock
        self.answer_failed(MESSAGE)
        end = self.scene.clock
        self.assert_kept(rogues=[(begin, end)])
        self.assertEqual(self.broken(rogues=[(end, end + 1)]), ["5"])

    def test_failures_of_others_while_a_rogue_is_there(self):
        begin = self.scene.clock
        self.answer_failed("a fault of ours")
        self.assertEqual(self.broken(rogues=[(begin, self.scene.clock)]), ["5"])

    def test_a_rogue_that_never_answers(self):
        begin = self.scene.clock
        self.client.send("suggest", {"prefix": "a"})
        self.scene.wait(DEADLINE + 1.1)
        self.client.whoami()
        self.assert_kept(rogues=[(begin - 5, begin + 5)])
        self.assertEqual(self.broken(), ["5"])


class Doubts(CheckerCase):
    """What may have come about in more than one way is no violation."""

    def test_an_export_that_is_under_way_twice(self):
        request = self.client.send("export", {})
        self.client.send_again(request, 1)
        for _ in range(2):
            self.client.reply(request, {"r": self.client.records(), "cursor": None, "count": None}, final=False)
        for _ in range(2):
            self.client.reply(request, {"r": [], "cursor": None, "count": 3})
        self.client.end(request)
        self.assert_kept()

    def test_an_export_that_is_asked_for_again(self):
        request = self.client.send("export", {})
        self.client.reply(request, {"msg": "away"}, code="unavailable")
        self.client.send_again(request, 1)
        self.client.reply(request, {"r": self.client.records()[1:], "cursor": None, "count": None}, final=False)
        self.client.reply(request, {"r": [], "cursor": None, "count": 3})
        self.client.end(request)
        self.assertEqual({violation[0] for violation in self.verdict().violations}, {"7"})

    def test_what_a_clear_removed_is_back_by_a_journal_behind_what_came_after_it(self):
        twice = self.client.send("define", {"words": ["anna x"]})
        self.client.add("up", c=2, g=1)
        self.client.send_again(twice, 2)
        self.client.reply(twice, {"recorded": True, "r": [["anna x", False]]}, connection=2)
        self.client.row(twice, 0, "anna x")
        self.client.end(twice)
        self.client.clear()
        self.client.define(*[f"anna y{number}" for number in range(12)])
        self.client.reply(twice, {"recorded": False, "r": [["anna x", False]]})
        self.client.row(twice, 0, "anna x")
        self.client.recent()
        self.assert_kept()


if __name__ == "__main__":
    unittest.main()
