"""lexmq top on a terminal and without one, lexmq status of several gateways, and the story of a request from the client
to the gateway's log. Workers are peers moved by hand, so that what is shown is known."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import unittest

import pexpect

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import BUILD, GatewayCase, Gateway, LexWorker, body, eventually  # noqa: E402
from mdp_peers import Client  # noqa: E402
from tests.system.stack import Stack  # noqa: E402

LEXMQ = str(BUILD / "bin/lexmq")
SECONDS = 20
CLOSE = "\x1b[?1049l"  # back from the alternate screen
WARNING = "lexmq: INSECURE: nothing is encrypted, passwords neither\n"


def run(*arguments, **options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LEXMQ_")}
    return subprocess.run([LEXMQ, *arguments, "--insecure"], env={**environment, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=SECONDS, **options)


class Traffic(threading.Thread):
    """A worker and a client that go on until stopped."""

    def __init__(self, gateway, service=b"echo", **options):
        super().__init__()
        self.worker = LexWorker(gateway.back, service, **options)
        self.client = Client(gateway.front)
        self.service = service
        self.ending = threading.Event()

    def run(self):
        while not self.ending.is_set():
            self.client.request(self.service, body(1))
            self.worker.final(self.worker.request()[0], b"x")
            self.client.reply()

    def stop(self):
        self.ending.set()
        self.join(SECONDS)
        self.worker.close()
        self.client.close()


class TopCase(GatewayCase):
    def traffic(self, gateway=None, **options):
        traffic = Traffic(gateway or self.gateway, **options)
        traffic.start()
        self.addCleanup(traffic.stop)
        return traffic


class PlainTest(TopCase):
    def test_once(self):
        self.traffic(credit=5, name="host:7")
        result = run("top", "--once", "--interval", "0.5", "--gateway", self.gateway.front)
        self.assertEqual((result.returncode, result.stderr), (0, WARNING))
        self.assertNotIn("\x1b", result.stdout)
        lines = result.stdout.splitlines()
        self.assertRegex(lines[0], r"^lexmq top  \d\d:\d\d:\d\d  every 0.5 s  by load$")
        self.assertRegex(lines[2], rf"^{re.escape(self.gateway.front)}  up \d+s  open \d  [1-9][0-9.k]* req/s  bad 0 ")
        self.assertEqual(lines[3].split(), "SERVICE WORK OPEN QUEUE FREE REQ/S REP/S BUSY/S TIME/S UNAV/S REDISP P50 P99".split())
        self.assertRegex(lines[4], r"^  echo +1 +\d +0 +\d/5 +[1-9][0-9.k]* +[1-9][0-9.k]* +0 +0 +0 +0 +\d\S*s +\d\S*s$")
        self.assertRegex(lines[6], r"^  host:7 +echo +\d/5 +[1-9][0-9.k]* +\d+s +\d+(ms|us)$")
        self.assertEqual(len(lines), 7)

    def test_batch_is_so_many_blocks(self):
        result = run("top", "--batch", "3", "--interval", "0.1", "--gateway", self.gateway.front)
        self.assertEqual(len(re.findall("^lexmq top", result.stdout, re.M)), 3)

    def test_no_terminal_is_plain_without_end(self):
        process = subprocess.Popen([LEXMQ, "top", "--insecure", "--interval", "0.1", "--gateway", self.gateway.front],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            heads = 0
            while heads < 3:
                heads += process.stdout.readline().startswith("lexmq top")
        finally:
            process.stdout.close()
            # It ends by itself when nobody reads any more.
            process.wait(SECONDS)

    def test_nobody_there(self):
        result = run("top", "--once", "--interval", "0.1", "--timeout", "0.3", "--gateway", "127.0.0.1:1")
        self.assertEqual(result.returncode, 4)
        self.assertIn("away: No connection", result.stdout)

    def test_usage(self):
        for arguments in (("--once", "--batch", "2"), ("--interval", "0"), ("--interval", "x"), ("--batch", "0"), ("x",)):
            self.assertEqual(run("top", *arguments).returncode, 2, arguments)

    def test_names_from_the_wire_are_harmless(self):
        """Only a gateway that is not ours sends such names; the client does not rely on ours."""
        self.worker(b"e^[cho")
        result = run("top", "--once", "--interval", "0.1", "--gateway", self.gateway.front)
        self.assertIn("e^[cho", result.stdout)


class StatusTest(TopCase):
    def test_each_gateway(self):
        other = Gateway("--insecure")
        self.addCleanup(other.close)
        self.worker(make=LexWorker, credit=5, name="host:7")
        gateways = f"{self.gateway.front},{other.front},tcp://127.0.0.1:1"
        result = run("status", "--gateway", gateways, "--timeout", "1")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, rf"Gateway {re.escape(self.gateway.front)}, version(.|\n)*echo +1(.|\n)*host:7 +echo")
        self.assertIn(f"Gateway {other.front}, version", result.stdout)
        self.assertIn("Gateway tcp://127.0.0.1:1 is away: No connection", result.stdout)
        result = run("status", "--json", "--gateway", gateways, "--timeout", "1")
        one, two, three = (json.loads(line) for line in result.stdout.splitlines())
        self.assertEqual([w["name"] for w in one["workers"]], ["host:7"])
        self.assertEqual((one["services"][0]["service"], one["services"][0]["workers"], one["refused"]), ("echo", 1, 0))
        self.assertEqual((two["gateway"], two["workers"]), (other.front, []))
        self.assertEqual(set(three), {"gateway", "away"})

    def test_one_that_is_away_is_an_error(self):
        result = run("status", "--json", "--gateway", "127.0.0.1:1", "--timeout", "0.3")
        self.assertEqual((result.returncode, result.stdout), (4, ""))
        self.assertRegex(result.stderr, "^" + WARNING + "lexmq: No connection")


class TerminalTest(TopCase):
    def top(self, *arguments, rows=24, columns=100, gateways=None, **environment):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LEXMQ_") and k != "NO_COLOR"}
        child = pexpect.spawn(LEXMQ, ["top", "--insecure", "--interval", "0.2", "--gateway", gateways or self.gateway.front,
                                      *arguments], env={**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm", **environment},
                              dimensions=(rows, columns), encoding="utf-8", timeout=SECONDS)
        self.addCleanup(child.close, True)
        child.expect_exact("\x1b[?1049h\x1b[?25l")
        return child

    def picture(self, child, condition):
        """Waits for a whole one of which the condition holds."""
        for _ in range(200):
            child.expect_exact("\x1b[H")
            child.expect_exact("\x1b[J")
            if condition(child.before):
                return child.before
        raise AssertionError(f"not shown: {child.before}")

    def quit(self, child, key="q", code=0):
        child.send(key)
        child.expect_exact("\x1b[?25h" + CLOSE)
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(child.exitstatus, code)

    def test_shows_what_happens_and_quits(self):
        self.traffic(credit=5, name="host:7")
        child = self.top()
        child.expect(r"echo +1 .*?\x1b\[1m[1-9][0-9.k]*\x1b\[0m")
        child.expect("host:7")
        self.quit(child)

    def test_keys(self):
        self.worker(make=LexWorker, credit=5, name="host:7")
        child = self.top()
        child.expect("by load")
        child.send("s")
        child.expect("by name")
        child.send("ss")
        child.expect("by load")
        child.expect("host:7")
        child.send("w")
        self.picture(child, lambda text: "host:7" not in text)
        child.send(" ")
        child.expect("paused")
        child.send("?")
        child.expect("from receipt to answer")
        child.send("\x1b[A")  # an arrow is no key of ours
        child.send("?")
        child.expect("echo")
        child.send("3")
        child.expect("every 3 s")
        self.quit(child)

    def test_interrupt(self):
        child = self.top()
        child.expect("lexmq top")
        self.quit(child, "\x03")

    def test_terminate_restores_the_terminal(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGSEGV):
            child = self.top()
            child.expect("lexmq top")
            child.kill(number)
            child.expect_exact("\x1b[?25h" + CLOSE)
            child.expect(pexpect.EOF)
            child.close()
            self.assertEqual(child.signalstatus, number)

    def test_stop_and_go_on(self):
        child = self.top()
        child.expect("lexmq top")
        child.send("\x1a")
        child.expect_exact(CLOSE)
        state = pathlib.Path(f"/proc/{child.pid}/stat")
        eventually(lambda: state.read_text().rsplit(")", 1)[1].split()[0] == "T", "it is stopped")
        child.kill(signal.SIGCONT)
        child.expect_exact("\x1b[?1049h")
        child.expect("lexmq top")
        self.quit(child)

    def test_resize(self):
        for n in range(30):
            self.worker(b"service%d" % n)
        child = self.top(rows=10, columns=60)
        self.picture(child, lambda text: "more services" in text and "UNAV/S" not in text)
        child.setwinsize(80, 100)
        self.picture(child, lambda text: "more services" not in text and "UNAV/S" in text)
        self.quit(child)

    def test_no_colour(self):
        child = self.top(NO_COLOR="1")
        child.expect("lexmq top")
        child.expect("req/s")
        self.assertNotRegex(child.before + child.after, r"\x1b\[[0-9;]*m")
        self.quit(child)

    def test_a_gateway_goes_and_comes_back(self):
        other = Gateway("--insecure")
        self.addCleanup(other.close)
        child = self.top(gateways=f"{self.gateway.front},{other.front}")
        child.expect(rf"{re.escape(other.front)}\S*  up")
        address = other.front
        other.signal(signal.SIGKILL)
        other.wait()
        child.expect("away: ")
        back = Gateway("--insecure", "--front", address)
        self.addCleanup(back.close)
        child.expect(rf"{re.escape(address)}\S*  up")
        self.quit(child)

    def test_a_silent_gateway_keeps_nobody_waiting(self):
        other = Gateway("--insecure")
        self.addCleanup(other.close)
        other.signal(signal.SIGSTOP)
        child = self.top(gateways=f"{self.gateway.front},{other.front}")
        child.expect(rf"{re.escape(self.gateway.front)}\S*  up")
        child.expect("away: ")
        begin = time.monotonic()
        self.quit(child)
        self.assertLess(time.monotonic() - begin, 5)


class StoryTest(unittest.TestCase):
    """A whole stack that tells every step of every request."""

    def test_an_id_is_found_in_the_log(self):
        stack = Stack()
        stack.environment["LEXMQ_LOG_REQUESTS"] = "1"
        stack.up()
        self.addCleanup(stack.close)
        stack.register("teller")
        answer = stack.lexmq_json("lookup", "--json", "abandon")[0]
        lines = [line for line in stack.log("gateway").splitlines() if f"[{answer['request']}]" in line]
        story = "\n".join(lines)
        self.assertRegex(story, r"request for lookup received on the front(.|\n)*given to worker \S+:\d+ (.|\n)*answered by worker")
        # Who asks for nobody's service is told the id under which the log tells why.
        for name in ("lookup-1", "lookup-2"):
            stack.signal(name, signal.SIGSTOP)
            self.addCleanup(stack.signal, name, signal.SIGCONT)
        stack.lexmq("lookup", "abandon", "--timeout", "1", code=4)
        found = re.search(r"\(request ([0-9a-f]{32})\)$", stack.last_error.strip())
        self.assertTrue(found, stack.last_error)
        self.assertIn(found.group(1), stack.log("gateway"))
        workers = stack.status()["workers"]
        self.assertTrue(all(re.fullmatch(r"\S+:\d+", w["name"]) for w in workers), workers)


if __name__ == "__main__":
    unittest.main()
