"""The checker finds what is wrong with the history and with replies, and only that: one planted fault a test, in a run in which all
else went well."""

import tempfile
import unittest

from tests.chaos.check import check
from tests.chaos.check_case import CheckerCase
from tests.chaos.scene import DEADLINE, STEP


class Good(CheckerCase):
    def test_good_run_keeps_every_promise(self):
        self.client.logout()
        self.client.login()
        self.client.clear()
        self.client.define("anna four")
        self.client.recent()
        self.other.delete()
        verdict = self.assert_kept()
        self.assertEqual([title for title, counts in verdict.counts.items() if not counts], ["4 recorded:false is delivered"])
        self.assertIn("kept   1", verdict.report())

    def test_cut_last_line_is_passed_over(self):
        with tempfile.TemporaryDirectory(prefix="lexmq-check-") as folder:
            log, tables = self.scene.write(folder)
            with open(f"{log}/client-000.jsonl", "a", encoding="utf-8") as file:
                file.write('{"e":"send","t":1')
            self.assertEqual(check(log, tables, 10000).violations, [])


class History(CheckerCase):
    def test_row_missing(self):
        self.client.define("anna four", row=False)
        self.assert_broken(1, "['anna four'] is not in the history")

    def test_one_word_of_a_request_missing(self):
        self.client.define("anna four", "anna five")
        self.scene.history.pop()
        self.assert_broken(1, "['anna five']")

    def test_order_swapped(self):
        self.client.define("anna four")
        self.client.define("anna five")
        one, two = self.scene.history[-2:]
        one["id"], two["id"] = two["id"], one["id"]
        self.assert_broken(2, "stands before it")

    def test_overlapping_requests_have_no_order(self):
        first = self.client.send("define", {"words": ["anna four"]})
        second = self.client.define("anna five")
        self.client.reply(first, {"recorded": True, "r": [["anna four", False]]})
        self.client.end(first)
        self.client.row(first, 0, "anna four")
        self.assertLess(second, f"{self.scene.number():032x}")
        self.assert_kept()

    def test_row_twice(self):
        self.scene.history.append(dict(self.scene.history[-1], id=self.scene.number()))
        self.assert_broken(3, "is there twice")

    def test_row_nobody_asked_for(self):
        self.client.row("f" * 32, 0, "anna one")
        self.assert_broken(3, "which this user never sent")

    def test_row_of_another_users_request(self):
        request = self.client.define("anna four")
        self.other.row(request, 0, "anna four")
        self.assert_broken(3, "which this user never sent")

    def test_row_of_an_unknown_user(self):
        self.client.row("f" * 32, 0, "anna one", user=7)
        self.assert_broken(3, "none of the clients")

    def test_row_of_a_probe_is_no_fault(self):
        self.scene.users.append({"id": 7, "name": b"probe x".hex()})
        self.client.row("f" * 32, 0, "anna one", user=7)
        self.assert_kept()

    def test_row_with_another_word(self):
        request = self.client.define("anna four", recorded=False, row=False)
        self.client.row(request, 0, "anna six")
        violations = self.verdict().violations
        self.assertEqual([text[:2] for text in violations], ["3:", "4:"], violations)
        self.assertIn("which asked for another word", violations[0])

    def test_row_that_was_not_to_be_recorded(self):
        request = self.client.ask("define", {"words": ["anna four"], "record": False}, {"recorded": False, "r": [["anna four", False]]})
        self.assert_kept()
        self.client.row(request, 0, "anna four")
        self.assert_broken(3, "which was not to be recorded")

    def test_row_with_another_found(self):
        self.scene.history[-1]["found"] = 1
        self.assert_broken(3, "said otherwise about found")

    def test_cleared_row_is_there(self):
        rows = [dict(row) for row in self.scene.history]
        self.client.clear()
        self.assert_kept()
        self.scene.history[:] = rows
        self.assert_broken(3, "then cleared, and is there", count=3)

    def test_journaled_row_comes_after_a_clear(self):
        """It may where a clock was wrong meanwhile, by which the services see what came before."""
        request = self.client.define("anna four", recorded=False, row=False)
        self.client.clear()
        self.client.row(request, 0, "anna four")
        self.assert_broken(3, "then cleared, and is there")
        self.assert_kept(clocks=[(0, 1e9)])

    def test_row_of_a_second_worker_may_come_after_a_clear(self):
        request = self.client.send("define", {"words": ["anna four"]})
        self.scene.wait(3)
        self.client.reply(request, {"recorded": True, "r": [["anna four", False]]})
        self.client.end(request)
        self.client.clear()
        self.client.row(request, 0, "anna four")
        self.assert_kept()

    def test_rows_of_a_deleted_user(self):
        rows = [dict(row) for row in self.scene.history]
        self.client.delete()
        self.assert_kept()
        self.scene.history[:] = rows
        self.assert_broken(3, "is deleted, and 3 rows")

    def test_rows_of_a_deleted_user_still_to_be_erased(self):
        rows = [dict(row) for row in self.scene.history]
        self.client.delete()
        self.scene.history[:] = rows
        self.scene.erasures.append({"user_id": self.client.user})
        self.assert_kept()

    def test_journal_not_delivered(self):
        self.client.define("anna four", recorded=False, row=False)
        self.assert_broken(4, "was never delivered")

    def test_journal_taken_away_by_a_fault(self):
        self.client.define("anna four", recorded=False, row=False)
        self.assert_kept(journals_whole=False)

    def test_journal_delivered_out_of_order(self):
        request = self.client.define("anna four", recorded=False, row=False)
        self.client.define("anna five")
        self.client.row(request, 0, "anna four")
        self.assert_kept()

    def test_request_without_an_answer_may_be_there_or_not(self):
        for row in True, False:
            request = self.client.send("define", {"words": ["anna x"]})
            self.client.add("down", c=self.client.connection, why="test")
            self.client.end(request, "timeout")
            self.client.connection += 1
            self.client.add("up", c=self.client.connection, g=1)
            if row:
                self.client.row(request, 0, "anna x")
        self.assert_kept()


class Replies(CheckerCase):
    def late(self, seconds):
        request = self.client.send("suggest", {"prefix": "a"})
        self.scene.wait(seconds)
        self.client.reply(request, {"words": 0})
        self.client.end(request)

    def test_two_finals(self):
        request = self.client.ask("suggest", {"prefix": "a"}, {"words": 0})
        self.client.reply(request, {"words": 0})
        self.assert_broken(5, "sent 1 times on connection 1, and 2 FINALs")

    def test_two_gateways_may_both_answer(self):
        self.client.add("up", c=2, g=1)
        request = self.client.send("suggest", {"prefix": "a"})
        self.client.send_again(request, 2)
        self.client.reply(request, {"words": 0}, connection=2)
        self.client.end(request)
        self.client.reply(request, {"words": 0})
        self.assert_kept()

    def test_partial_after_the_final(self):
        request = self.client.export()
        self.client.reply(request, {"r": [], "cursor": None, "count": None}, final=False)
        self.assert_broken(5, "a PARTIAL after the last FINAL")

    def test_reply_to_nothing(self):
        self.client.add("stray", c=1, what="a reply to nothing that was asked: {}")
        self.assert_broken(5, "a reply to nothing")

    def test_reply_on_another_connection(self):
        self.client.add("up", c=2, g=1)
        request = self.client.ask("suggest", {"prefix": "a"}, {"words": 0})
        self.client.reply(request, {"words": 0}, connection=2)
        self.assert_broken(5, "that it was not sent on")

    def test_answer_just_in_time(self):
        self.late(DEADLINE + 1 - 2 * STEP)
        self.assert_kept()

    def test_late_answer(self):
        self.late(DEADLINE + 1.1)
        self.assert_broken(5, "answered after 11.1 s on gateway 0, which was well")

    def test_never_answered(self):
        self.client.send("suggest", {"prefix": "a"})
        self.scene.wait(DEADLINE + 1.1)
        self.client.whoami()
        self.assert_broken(5, "never answered on gateway 0, which was well")

    def test_late_timeout(self):
        request = self.client.send("suggest", {"prefix": "a"})
        self.scene.wait(DEADLINE + 1.1)
        self.client.reply(request, {"msg": "", "retry_ms": None}, "timeout")
        self.client.end(request, "timeout")
        self.assert_broken(5, "answered after 11.1 s")

    def test_late_answer_on_a_bad_way(self):
        self.late(DEADLINE + 1.1)
        self.scene.slow_pings = True
        self.assert_kept()

    def test_late_answer_to_who_does_not_read(self):
        self.client.add("pause", until=self.scene.clock + 5)
        self.late(DEADLINE + 1.1)
        self.assert_kept()

    def test_late_answer_while_the_way_is_disturbed(self):
        begin = self.scene.clock
        self.late(DEADLINE + 1.1)
        self.assert_kept(disturbed=[(begin, begin + 1)])

    def test_connection_that_broke_owes_nothing(self):
        self.client.send("suggest", {"prefix": "a"})
        self.client.add("down", c=1, why="test")
        self.scene.wait(60)
        self.client.add("up", c=2, g=1)
        self.assert_kept()

    def test_surprise(self):
        self.client.ask("suggest", {"prefix": "a"}, {"msg": "out of luck", "retry_ms": None}, "internal")
        self.assert_broken(5, "internal, out of luck")

    def test_answer_about_other_words(self):
        request = self.client.define("anna four")
        self.client.find("reply", request)["d"]["r"] = [["anna 4", False]]
        self.assert_broken(5, "answered about")


if __name__ == "__main__":
    unittest.main()
