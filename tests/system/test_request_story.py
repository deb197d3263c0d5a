"""`grep ID` over the logs of the workers tells what became of one look-up."""

import os
import re
import unittest

from tests.system.stack import Stack, wait_until

WORKERS = ("auth-1", "lookup-1", "lookup-2", "history-1")
LINE = re.compile(r"^(\S+) (\w+) (\S+)\[\d+\] \[([0-9a-f]{32})\] (.*)$", re.M)
PASSWORD = "correct horse battery"


def setUpModule():
    global stack
    stack = Stack()
    stack.environment.update(LEXMQ_LOG_REQUESTS="1", LEXMQ_LOG_LEVEL="debug")
    stack.up()
    stack.register("Followed", password=PASSWORD, session="followed")


def tearDownModule():
    stack.close()


def story(request):
    """(time, program, message) of all lines of all workers about a request, in the order of their times."""
    lines = []
    for name in WORKERS:
        lines += [(time, program, message) for time, _, program, found, message in LINE.findall(stack.log(name))
                  if found == request]
    return sorted(lines, key=lambda line: line[0])


def look_up(word):
    """(id, recorded) of a look-up; the id is the one that was not there before."""
    def ids():
        return {found for name in ("lookup-1", "lookup-2")
                for _, _, _, found, message in LINE.findall(stack.log(name)) if message.startswith("worker: received")}
    before = ids()
    answer = stack.lexmq_json("lookup", word, "--json", session="followed")
    new = ids() - before
    assert len(new) == 1, new
    return new.pop(), answer[0]["recorded"]


def recorded():
    """The id of a look-up that history took in time, which on a busy machine it does not always."""
    def look():
        request, is_recorded = look_up("abandon")
        return is_recorded and request
    return wait_until(look, "a look-up is recorded")


def messages(request, program):
    return [re.sub(r" in \d+ ms$", " in N ms", re.sub(r"[0-9a-f]{32}", "CALL", re.sub(r"tcp://\S+", "GATEWAY", message)))
            for _, name, message in story(request) if name == program]


class Story(unittest.TestCase):
    def test_a_look_up_that_is_recorded(self):
        request = recorded()
        wait_until(lambda: len(story(request)) >= 5, "all steps are told")
        self.assertEqual(messages(request, "lexmq-lookup"), [
            "worker: received lookup define from GATEWAY", "recorder: held for history",
            "recorder: recorded in call CALL", "worker: answered lookup define with ok in N ms"])
        self.assertEqual(messages(request, "lexmq-history"), ["history: committed in call CALL"])
        # The call that it travelled in has a story of its own, and both programs mean the same one.
        calls = {found for _, _, message in story(request) for found in re.findall(r"call ([0-9a-f]{32})", message)}
        self.assertEqual(len(calls), 1)
        self.assertEqual(messages(calls.pop(), "lexmq-history"), [
            "worker: received history.record record from GATEWAY",
            "worker: answered history.record record with ok in N ms"])
        # Nothing is said before what it follows from.
        times = {message.split(" in call")[0]: time for time, _, message in story(request)}
        self.assertLessEqual(times["recorder: held for history"], times["history: committed"])
        self.assertLessEqual(times["history: committed"], times["recorder: recorded"])

    def test_a_look_up_that_goes_by_the_journal(self):
        stack.kill("history-1")
        request, is_recorded = look_up("ability")
        self.assertFalse(is_recorded)
        said = messages(request, "lexmq-lookup")
        self.assertEqual(said[:2], ["worker: received lookup define from GATEWAY", "recorder: held for history"])
        self.assertEqual(said[-2:], ["recorder: journaled", "worker: answered lookup define with ok in N ms"])
        stack.script("scale", "history", "1")
        wait_until(lambda: "recorder: delivered from the journal in call CALL" in messages(request, "lexmq-lookup"),
                   "it is delivered")
        # A history that has just started may first say that it cannot.
        self.assertEqual(messages(request, "lexmq-history")[-1], "history: committed in call CALL")

    def test_a_refused_login(self):
        stack.lexmq("login", "Followed", "--password-stdin", session="other", stdin="wrong horse staple\n", code=3)
        found = [line for line in LINE.findall(stack.log("auth-1")) if "answered auth login with unauthorized" in line[4]]
        self.assertEqual(len(found), 1)
        self.assertEqual(messages(found[0][3], "lexmq-auth"), [
            "worker: received auth login from GATEWAY", "worker: answered auth login with unauthorized in N ms"])

    def test_no_line_has_a_secret(self):
        """Nor who asked, nor what for."""
        look_up("ability")
        stack.lexmq("login", "Followed", "--password-stdin", session="third", stdin=PASSWORD + "\n")
        for name in os.listdir(os.path.join(stack.var, "log")):
            if name.rsplit("-", 1)[0] in ("auth", "lookup", "history"):
                log = stack.log(name[:-4])
                for word in ("correct", "horse", "Followed", "followed", "ability", "abandon"):
                    self.assertNotIn(word, log, name)


if __name__ == "__main__":
    unittest.main()
