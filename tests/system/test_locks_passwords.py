"""Guessing passwords from outside: how fast it goes, what it tells, whom it keeps out (docs/protocol.md section 5, docs/security.md)."""

import time
import unittest

import msgpack

from tests.system.attack_timing import rank_sum, sample_pairs
from tests.system.attack_wire import Caller, Keys, code
from tests.system.stack import Stack

RIGHT, WRONG = "correct horse", "wrong horse 1"
THREADS = 2 * 2  # of all auth workers
FREE = 5         # failures in a row before the delays begin


def setUpModule():
    global stack, keys
    # Half of the usual cost: what is tried here does not depend on it.
    stack = Stack(gateways=2, LEXMQ_PASSWORD_OPS="1").up()
    stack.script("scale", "auth", "2")
    keys = Keys(stack).stranger()


def tearDownModule():
    stack.close()


class Guessing(unittest.TestCase):
    def setUp(self):
        # What other tests guessed must not count.
        stack.sql("DELETE FROM lexmq_auth.throttle_window")

    def caller(self, gateway=1):
        caller = Caller(stack, keys, f"tcp://127.0.0.1:{stack.port + 2 * (gateway - 1)}")
        self.addCleanup(caller.close)
        return caller

    def log_in(self, name, password, **arguments):
        return self.caller().call("auth", "login", name=name, password=password, **arguments)

    def lock(self, name, failures=FREE, **arguments):
        """Guesses until the name is throttled, for so long that a slow machine sees it too."""
        for _ in range(failures):
            self.assertEqual(code(self.log_in(name, WRONG, **arguments)), "unauthorized")
        stack.sql("UPDATE lexmq_auth.throttle SET not_before = not_before + 3600000 WHERE not_before > 0")
        # The right password tells nothing either.
        self.assertEqual(code(self.log_in(name, RIGHT)), "rate_limited")

    def test_from_many_connections_through_every_worker_and_gateway(self):
        """A delay holds for the name, however many ask at once: one guess is looked at when it is over."""
        self.caller().register("many")
        callers = [self.caller(1 + n % 2) for n in range(20)]

        def guess():
            """How many of 40 guesses, sent at once, were looked at."""
            for caller in 2 * callers:
                caller.request(b"auth", caller.body("login", name="MANY", password=WRONG))
            answers = [code_of(caller) for caller in 2 * callers]
            self.assertLessEqual(set(answers), {"unauthorized", "rate_limited"})
            return answers.count("unauthorized")
        # The fifth failure throttles, and others are being looked at meanwhile; a slow machine sees a delay of a second or two end.
        self.assertTrue(FREE <= guess() <= FREE + THREADS + 1)
        for _ in range(3):
            stack.sql("UPDATE lexmq_auth.throttle SET failures = 20, not_before = 0")
            self.assertEqual(guess(), 1)

    def test_owner_gets_in(self):
        """Who was logged in before is not kept out by those who know the name; they get no further by it."""
        stack.register("owner", session="owner")
        stack.lexmq("logout", session="owner")
        self.lock("owner")
        self.assertIn("Try again", stack.lexmq_result("login", "owner", "--password-stdin", stdin=RIGHT + "\n", session="elsewhere").stderr)
        stack.lexmq("login", "Owner", "--password-stdin", stdin=RIGHT + "\n", session="owner")
        stack.lexmq("passwd", "--password-stdin", stdin=f"{RIGHT}\nanother horse\n", session="owner")
        self.assertEqual(code(self.log_in("owner", "another horse")), "rate_limited")
        stack.lexmq("delete-account", "--password-stdin", stdin="another horse\n", session="owner")

    def test_owner_at_the_screen(self):
        """The same for the program with its screens, which keeps nothing of a session that the server has not ended."""
        stack.register("screen", session="other")
        answers = ["1", "screen", RIGHT, "3"]
        stack.lexmq(session="screen", stdin="\n".join([*answers, "3"]) + "\n")
        self.lock("screen")
        self.assertIn("Welcome", stack.lexmq(session="screen", stdin="\n".join([*answers, "3"]) + "\n"))

    def test_tokens_of_others_open_no_door(self):
        """A login may show a token; only a genuine one of that very account counts."""
        caller = self.caller()
        mine = caller.register("shown")["tok"]
        other = caller.register("shown too")["tok"]
        self.lock("shown")
        for token in (other, mine[:-1], mine + b"\0", mine[:-1] + bytes([mine[-1] ^ 1]), b"", b"x" * 512):
            self.assertEqual(code(self.log_in("shown", RIGHT, tok=token)), "rate_limited")
        self.assertEqual(code(self.log_in("shown", RIGHT, tok=mine)), "ok")
        self.lock("shown", tok=mine)
        self.assertEqual(code(self.log_in("shown", RIGHT, tok=mine)), "rate_limited")

    def test_same_answers_for_no_name_and_for_a_wrong_password(self):
        caller = self.caller()
        caller.register("somebody")
        seen = []
        for name in ("somebody", "nobody at all"):
            seen.append([{**self.log_in(name, WRONG), "id": None} for _ in range(FREE - 1)])
            self.lock(name, 1)
            seen[-1].append({**self.log_in(name, WRONG), "id": None})
            self.assertEqual(seen[-1][-1]["err"]["retry_ms"], 60000)
        self.assertEqual(*seen)

    def test_same_time_for_no_name_and_for_a_wrong_password(self):
        """Rank sum over interleaved samples: a skipped hash would give the largest z there can be, 5.9."""
        unknown, wrong = sample_pairs(stack, keys, 24, self.setUp)
        self.assertLess(abs(rank_sum(unknown, wrong)), 4.5)

    def test_names_that_are_taken(self):
        """By design a registration says whether a name is taken; whose password it would be it says never."""
        caller = self.caller()
        caller.register("taken")
        self.assertEqual([code(caller.call("auth", "register", name="Taken", password=p)) for p in (RIGHT, WRONG)], ["conflict"] * 2)


class Starving(unittest.TestCase):
    """Runs last: on a slow machine auth hashes on when everybody has had a `timeout`."""

    def test_logins_do_not_starve_look_ups(self):
        caller, crowd = Caller(stack, keys), Caller(stack, keys)
        self.addCleanup(caller.close)
        self.addCleanup(crowd.close)
        token = caller.register("looker")["tok"]

        def look_ups(until):
            count, begin = 0, time.monotonic()
            while not until() and time.monotonic() - begin < 60:
                reply = caller.look_up(token, "abandon", record=False)
                self.assertEqual(code(reply), "ok")
                count += 1
            return count / (time.monotonic() - begin)

        end = time.monotonic() + 1
        alone = look_ups(lambda: time.monotonic() > end)
        for _ in range(100):
            crowd.request(b"auth", crowd.body("login", name="looker", password=RIGHT))
        left = [100]

        def all_in():
            while crowd.receive(0):
                left[0] -= 1
            return left[0] == 0
        during = look_ups(all_in)
        self.assertEqual(left, [0])
        self.assertGreater(during, alone / 20)


def code_of(caller):
    return code(msgpack.unpackb(caller.reply(30)[2][0]))


if __name__ == "__main__":
    unittest.main()
