"""The checker finds what is wrong with readings, accounts and sessions, and only that: one planted fault a test."""

import unittest

from tests.chaos.check_case import CheckerCase
from tests.chaos.scene import STEP


class Isolation(CheckerCase):
    def test_word_of_another_user_in_a_reading(self):
        request = self.client.recent()
        self.client.find("reply", request)["d"]["r"].insert(0, [9999, "berta one", False])
        self.assert_broken(6, "shows ['berta one'], for which this user never asked")

    def test_word_of_another_user_in_statistics(self):
        request = self.client.stats()
        self.client.find("reply", request)["d"]["top"].append(["berta one", 1])
        self.assert_broken(6, "shows ['berta one']")

    def test_whoami_of_another(self):
        request = self.client.whoami()
        self.client.find("reply", request)["d"].update(user=self.other.user)
        self.assert_broken(6, "shows {'user'")

    def test_profile_of_another(self):
        request = self.client.whoami()
        self.client.find("reply", request)["d"].update(profile={"mark": "berta"})
        self.assert_broken(6, "shows {'profile'")

    def test_session_of_another(self):
        mine, theirs = [self.client.session, True], [self.other.session, False]
        self.client.ask("sessions", {}, {"r": [mine]})
        self.assert_kept()
        self.client.ask("sessions", {}, {"r": [mine, theirs]})
        self.assert_broken(6, "of others")

    def test_token_of_another(self):
        self.client.login()
        self.scene.sessions[-1]["user_id"] = self.other.user
        self.assert_broken(6, f"that the table gives to {self.other.user}")

    def test_logged_in_as_another(self):
        request = self.client.login()
        self.client.find("reply", request)["d"]["name"] = "berta"
        self.assert_broken(6, "answered as berta")


class Readings(CheckerCase):
    def test_acknowledged_word_not_shown(self):
        self.client.define("anna four")
        request = self.client.recent()
        self.client.find("reply", request)["d"]["r"].pop(0)
        self.assert_broken(7, "does not show ['anna four']")

    def test_acknowledged_word_not_shown_by_a_full_page(self):
        for number in range(12):
            self.client.define(f"anna more {number}")
        request = self.client.recent()
        self.assert_kept()
        shown = self.client.find("reply", request)["d"]["r"]
        del shown[4]
        shown.append(self.client.records()[-11])
        self.assert_broken(7, "does not show ['anna more 7']")

    def test_word_not_yet_acknowledged_need_not_be_shown(self):
        request = self.client.send("define", {"words": ["anna four"]})
        self.client.recent()
        self.client.reply(request, {"recorded": True, "r": [["anna four", False]]})
        self.client.end(request)
        self.client.row(request, 0, "anna four")
        self.assert_kept()

    def test_word_that_went_by_a_journal_need_not_be_shown(self):
        request = self.client.define("anna four", recorded=False, row=False)
        self.client.recent()
        self.client.row(request, 0, "anna four")
        self.assert_kept()

    def test_records_out_of_order(self):
        request = self.client.recent()
        self.client.find("reply", request)["d"]["r"].reverse()
        self.assert_broken(7, "not in the order of n")

    def test_words_out_of_order(self):
        request = self.client.recent()
        records = self.client.find("reply", request)["d"]["r"]
        records[0][1], records[2][1] = records[2][1], records[0][1]
        violations = self.verdict().violations
        self.assertTrue(violations and all("stands after what was sent when it was recorded" in text for text in violations), violations)

    def test_cleared_word_shown(self):
        records = self.client.records()
        self.client.clear()
        request = self.client.recent()
        self.assert_kept()
        self.client.find("reply", request)["d"]["r"] = records[::-1]
        self.assert_broken(7, "which was cleared before", count=3)

    def test_page_missing_in_an_export(self):
        request = self.client.export()
        self.client.events.remove(self.client.find("reply", request))
        violations = self.verdict().violations
        self.assertEqual(len(violations), 2, violations)
        self.assertIn("does not show", violations[0])
        self.assertIn("0 records, and a count of 3", violations[1])

    def test_export_with_another_count(self):
        request = self.client.export()
        self.client.events[-2]["d"]["count"] = 4
        self.assertEqual(self.client.events[-2]["id"], request)
        self.assert_broken(7, "3 records, and a count of 4")

    def test_page_missing_in_a_list(self):
        for number in range(4):
            self.client.define(f"anna more {number}")
        records = self.client.records()[::-1]
        known = {"reading": "a"}
        arguments = {"limit": 4, "order": "newest"}
        self.client.ask("list", arguments, {"r": records[:4], "cursor": 4, "count": None}, known=known)
        last = self.client.ask("list", {**arguments, "cursor": 4}, {"r": records[4:], "cursor": 0, "count": None}, known=known)
        self.assert_kept()
        self.client.find("reply", last)["d"]["r"].pop()
        self.assert_broken(7, "does not show ['anna one']")

    def test_search_shows_what_was_not_searched_for(self):
        arguments = {"prefix": "anna t", "limit": 1000}
        shown = [record for record in self.client.records()[::-1] if record[1].startswith("anna t")]
        request = self.client.ask("search", arguments, {"r": shown, "cursor": 0, "count": None}, known={"reading": "a"})
        self.assert_kept()
        self.client.find("reply", request)["d"]["r"].append(self.client.records()[0])
        self.assert_broken(7, "which was not searched for")

    def test_statistics_with_too_few(self):
        request = self.client.stats()
        self.client.find("reply", request)["d"].update(total=2, missed=2)
        self.assert_broken(7, "where 3 to 3 look-ups are right")

    def test_statistics_with_too_many(self):
        request = self.client.stats()
        self.client.find("reply", request)["d"].update(total=4, missed=4)
        self.assert_broken(7, "where 3 to 3 look-ups are right")


class Accounts(CheckerCase):
    def refused(self, op, arguments, code):
        return self.client.ask(op, arguments, {"msg": "", "retry_ms": None}, code, user=False)

    def passwd(self, old, new):
        session = f"{self.scene.number():032x}"
        self.client.ask("passwd", {"password": old, "new_password": new}, {"user": None, "name": None, "s": session, "expires": 1})
        self.scene.sessions.append({"session": session, "user_id": self.client.user, "revoked_at": None})
        self.scene.revoked.append({"session": None, "user_id": self.client.user, "issued_before": 1})
        self.client.session = session

    def test_one_name_for_two(self):
        self.other.register("ANNA")
        self.assert_broken(8, "was given to user")

    def test_name_given_again_after_a_deletion(self):
        self.client.delete()
        self.other.register("Anna")
        self.assert_kept()

    def test_race_without_a_winner(self):
        for client in self.client, self.other:
            client.ask("register", {"name": "race 1", "password": "p", "profile": {}}, {"msg": "", "retry_ms": None}, "conflict", user=False)
        self.assert_broken(8, "refused 2 times")

    def test_registered_user_is_not_there(self):
        self.scene.users[:] = [row for row in self.scene.users if row["id"] != self.client.user]
        self.assert_broken(8, "there is no such user")

    def test_deleted_user_is_there(self):
        users = list(self.scene.users)
        self.client.delete()
        self.scene.users[:] = users
        self.assert_broken(8, "deleted, and the user is there")

    def test_right_password_refused(self):
        self.refused("login", {"name": "anna", "password": "first"}, "unauthorized")
        self.assert_broken(8, "the right password is refused")

    def test_wrong_password_refused(self):
        self.refused("login", {"name": "anna", "password": "wrong"}, "unauthorized")
        self.assert_kept()

    def test_old_password_taken(self):
        self.passwd("first", "second")
        self.client.login("second")
        self.assert_kept()
        self.client.login("first")
        self.assert_broken(8, "no longer, the right one is taken")

    def test_either_password_is_right_after_a_change_without_an_answer(self):
        for right in "first", "second":
            request = self.client.send("passwd", {"password": "first", "new_password": "second"})
            self.client.add("down", c=self.client.connection, why="test")
            self.client.end(request, "timeout")
            self.client.connection += 1
            self.client.add("up", c=self.client.connection, g=0)
            request = self.client.send("login", {"name": "anna", "password": right}, user=False)
            self.client.reply(request, {"user": self.client.user, "name": "anna", "s": self.client.session, "expires": 1},
                              connection=self.client.connection)
        self.assert_kept()

    def test_one_id_with_two_sessions(self):
        request = self.client.login()
        self.client.send_again(request)
        session = f"{self.scene.number():032x}"
        self.scene.sessions.append({"session": session, "user_id": self.client.user, "revoked_at": None})
        self.client.reply(request, {"user": self.client.user, "name": "anna", "s": session, "expires": 1})
        self.assert_broken(8, "answered with 2 sessions")

    def sessions(self, *sessions):
        self.client.ask("sessions", {}, {"r": [[session, session == self.client.session] for session in sessions]})

    def test_open_session_not_listed(self):
        first = self.client.session
        self.client.login()
        self.sessions(self.client.session, first)
        self.assert_kept()
        self.sessions(self.client.session)
        self.assert_broken(8, f"does not show {first}, which is open")

    def test_ended_session_listed(self):
        first = self.client.session
        self.client.logout()
        self.client.login()
        self.sessions(self.client.session)
        self.assert_kept()
        self.sessions(self.client.session, first)
        self.assert_broken(8, f"shows {first}, which was ended before")

    def test_session_ended_by_a_new_password_listed(self):
        first = self.client.session
        self.passwd("first", "second")
        self.sessions(self.client.session)
        self.assert_kept()
        self.sessions(self.client.session, first)
        self.assert_broken(8, f"shows {first}, which was ended before")

    def test_session_that_is_being_opened_may_be_listed_or_not(self):
        request = self.client.send("login", {"name": "anna", "password": "first"}, user=False)
        session = f"{self.scene.number():032x}"
        self.scene.sessions.append({"session": session, "user_id": self.client.user, "revoked_at": None})
        self.sessions(self.client.session)
        self.sessions(self.client.session, session)
        self.client.reply(request, {"user": self.client.user, "name": "anna", "s": session, "expires": 1})
        self.assert_kept()

    def test_logout_that_did_not_last(self):
        self.client.logout()
        self.scene.revoked.clear()
        self.assert_broken(8, "there is no such revocation")


class Tokens(CheckerCase):
    def use_after(self, seconds, code=None):
        session = self.client.session
        self.client.logout()
        ended = self.scene.clock
        self.client.login()
        self.scene.wait(seconds)
        self.client.session, live = session, self.client.session
        data = {"msg": "", "retry_ms": None} if code else {"words": 0}
        self.client.ask("suggest", {"prefix": "a"}, data, code, known={"revoked": ended})
        self.client.session = live

    def test_ended_token_refused(self):
        self.use_after(2.5, "unauthorized")
        self.assertEqual(self.assert_kept().counts["9 ended sessions are refused, live ones taken"]["ended tokens refused"], 1)

    def test_ended_token_taken(self):
        self.use_after(2.5)
        self.assert_broken(9, "taken 2.5 s after its session was ended")

    def test_ended_token_taken_at_once(self):
        self.use_after(1)
        self.assert_kept()

    def test_ended_token_taken_while_a_client_closes_a_connection(self):
        begin = self.scene.clock
        self.use_after(2.5)
        self.other.events.append({"e": "down", "t": begin + 1, "c": 1, "why": "done"})
        self.other.events.append({"e": "up", "t": begin + 3, "c": 2, "g": 0})
        self.assert_broken(9, "taken 2.5 s after")

    def test_ended_token_taken_while_others_hash_or_do_not_read(self):
        self.other.events.append({"e": "pause", "t": self.scene.clock, "until": self.scene.clock + 60})
        asked = self.other.send("suggest", {"prefix": "a"})
        login = self.client.send("login", {"name": "anna", "password": "first"}, user=False)
        self.use_after(2.5)
        self.other.reply(asked, {"words": 0})
        self.client.reply(login, {"msg": "", "retry_ms": None}, "rate_limited")
        self.assert_broken(9, "taken 2.5 s after")

    def test_ended_token_taken_in_a_time_of_trouble(self):
        begin = self.scene.clock
        self.use_after(2.5)
        self.other.events.append({"e": "down", "t": begin + 1, "c": 1, "why": "test"})
        self.other.events.append({"e": "up", "t": begin + 3, "c": 2, "g": 0})
        verdict = self.assert_kept()
        self.assertIn("1 taken in a time of trouble: undecided", verdict.report())

    def test_live_token_refused(self):
        self.client.ask("suggest", {"prefix": "a"}, {"msg": "", "retry_ms": None}, "unauthorized")
        self.assert_broken(9, "its session was never ended")

    def test_token_refused_while_its_session_ends(self):
        request = self.client.send("suggest", {"prefix": "a"})
        self.scene.wait(STEP)
        self.client.logout()
        self.client.reply(request, {"msg": "", "retry_ms": None}, "unauthorized")
        self.client.end(request, "unauthorized")
        self.assert_kept()


if __name__ == "__main__":
    unittest.main()
