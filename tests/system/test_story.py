"""The program as a person uses it: a real pseudo-terminal, from registering to finding one's history again."""

import signal
import unittest

import pexpect

from tests.system.stack import LEXMQ, PATIENCE, Stack

LIMIT = 20 * PATIENCE  # seconds for any answer


def setUpModule():
    global stack
    stack = Stack().up()


def tearDownModule():
    stack.close()


class Story(unittest.TestCase):
    def start(self, session):
        child = pexpect.spawn(LEXMQ, env=stack.client_environment(session), timeout=LIMIT, encoding="utf-8", dimensions=(30, 90))
        self.addCleanup(child.close, force=True)
        child.expect("(?i)log in")
        child.expect("(?i)register")
        child.expect("(?i)quit")
        child.expect("> ?$")
        return child

    def answer(self, child, question, text):
        child.expect(question)
        child.sendline(text)

    def register(self, child, name, password):
        child.sendline("2")
        self.answer(child, "(?i)name.*: ?", name)
        self.answer(child, "(?i)password.*: ?", password)
        self.answer(child, "(?i)(again|repeat).*: ?", password)
        self.answer(child, "(?i)e-?mail.*: ?", "")
        self.answer(child, "(?i)phone.*: ?", "")

    def test_whole_story(self):
        child = self.start("story")
        self.register(child, "Story Teller", "open sesame 1")
        self.answer(child, "(?i)straight in", "1")
        child.expect("(?i)log out")
        child.sendline("1")
        child.expect("##")
        for word, expected in (("abandon", "放弃"), ("ABANDON", "放弃"), ("abandom", "(?i)abandon")):
            child.sendline(word)
            child.expect(expected)
        # A miss offers suggestions by number; an empty answer or ## leaves.
        child.sendline("##")
        child.expect("(?i)log out")
        child.sendline("2")
        child.expect("(?i)last ten|last 10")
        child.sendline("1")
        for word in ("abandon", "ABANDON", "abandom"):
            child.expect(r"Story Teller +%s +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d" % word)
        child.expect("(?i)log out")
        child.sendline("3")
        child.expect("(?i)register")
        child.sendline("1")
        self.answer(child, "(?i)name.*: ?", "story teller")
        self.answer(child, "(?i)password.*: ?", "open sesame 1")
        child.expect("(?i)log out")
        child.sendline("2")
        child.expect("(?i)all")
        child.sendline("2")
        child.expect(r"Story Teller +abandom +\d{4}")
        child.expect("(?i)log out")
        child.sendline("3")
        child.expect("(?i)quit")
        child.sendline("3")
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(child.exitstatus, 0)

    def test_nothing_of_a_password_is_echoed(self):
        child = self.start("echo")
        shown = []
        child.logfile_read = type("Log", (), {"write": lambda self, text: shown.append(text), "flush": lambda self: None})()
        self.register(child, "echoless", "never to be seen")
        child.expect("(?i)straight in")
        self.assertNotIn("never to be seen", "".join(shown))

    def test_interrupt_at_password_restores_echo_and_returns(self):
        child = self.start("interrupt")
        child.sendline("1")
        self.answer(child, "(?i)name.*: ?", "nobody")
        child.expect("(?i)password.*: ?")
        child.waitnoecho(LIMIT)
        child.sendintr()
        child.expect("(?i)register")
        child.expect("(?i)quit")
        child.sendline("3")
        child.expect(pexpect.EOF)

    def test_end_of_input_leaves(self):
        child = self.start("eof")
        child.sendeof()
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(child.exitstatus, 0)

    def test_resize_while_looking_up(self):
        child = self.start("resize")
        self.register(child, "resizer", "open sesame 1")
        self.answer(child, "(?i)straight in", "1")
        child.expect("(?i)log out")
        child.sendline("1")
        child.expect("##")
        child.setwinsize(20, 40)
        child.sendline("abandon")
        child.expect("放弃")
        child.sendline("##")
        child.expect("(?i)log out")

    def test_lost_gateway_is_told_and_survived(self):
        child = self.start("lost")
        self.register(child, "castaway", "open sesame 1")
        self.answer(child, "(?i)straight in", "1")
        child.expect("(?i)log out")
        child.sendline("1")
        child.expect("##")
        stack.signal("gateway", signal.SIGSTOP)
        try:
            child.sendline("abandon")
            child.expect("(?i)(no answer|not answer|unreachable|cannot|timed out|time)", timeout=30 * PATIENCE)
        finally:
            stack.signal("gateway", signal.SIGCONT)
        child.sendline("abandon")
        child.expect("放弃", timeout=30 * PATIENCE)


class Pipe(unittest.TestCase):
    def test_same_answers_line_by_line(self):
        answers = ["2", "piper", "open sesame 1", "open sesame 1", "", "", "1", "1", "abandon", "##", "2", "1", "3", "3"]
        shown = stack.lexmq(session="pipe", stdin="\n".join(answers) + "\n")
        self.assertIn("放弃", shown)
        self.assertRegex(shown, r"piper +abandon +\d{4}")

    def test_end_of_input_in_the_middle(self):
        stack.lexmq(session="pipe-end", stdin="1\nsomebody")


if __name__ == "__main__":
    unittest.main()
