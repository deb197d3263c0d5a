#!/usr/bin/python3
"""docker-compose.yml on a real engine: from nothing, scaled, hurt, upgraded and taken away, all of it under load.

    make test-compose

What each step under load asserts is what tests/deploy/load.py calls PROMISED: no request failed, no answer was wrong, and in the
end every look-up is in the history, once. That it is there already when the reply comes is promised only while history and its
database answer within a quarter of a second (`recorded:false` otherwise), which on a busy machine they may not: it is asserted for
most, and where nothing happens. Where history or database is away some must be recorded later, or the test has hurt nothing.
"""

import json
import os
import re
import sys
import tempfile

import pexpect

from tests.deploy import hardening, steps
from tests.deploy.compose import Project
from tests.deploy.engine import Engine
from tests.deploy.load import Load
from tests.deploy.tools import say, wait_until

SERVICES = ["gateway", "auth-svc", "lookup-svc", "history-svc"]
RECORDING = ["history-svc", "db"]  # without which nothing is recorded at once
MOST, ANY, LATER = "most", "any", "later"
PERSON_LIMIT = 30  # seconds for an answer on the screen
PASSWORD = "open sesame 1"


class Test:
    def __init__(self, project, folder):
        self.project = project
        self.certificate = os.path.join(folder, "gateway.cert")

    # ---- start ----

    def build(self):
        self.project("build")
        hardening.check_labels(self.project)
        for image in "lexmq", "lexmq-db":
            size, above = self.project.image_size(image)
            say(f"    {image}: {size / 1e6:.0f} MB, {above / 1e6:.0f} MB above its base")

    def start(self):
        self.project("up", "-d")
        self.project.wait_healthy()
        with open(self.certificate, "w") as file:
            file.write(self.project("exec", "-T", "gateway", "cat", "/keys/public/gateway.cert"))

    def logs(self):
        say(f"    {hardening.check_logs(self.project)} lines, all JSON")

    # ---- people ----

    def person(self):
        """Registers, looks a word up and finds it in the history, on a terminal."""
        words = self.project.words("run", "--rm", "client")
        child = pexpect.spawn(words[0], words[1:], env=self.project.environment, timeout=PERSON_LIMIT, encoding="utf-8",
                              dimensions=(30, 90))
        try:
            for question, answer in (("(?i)quit.*> ?$", "2"), ("(?i)name.*: ?", "Container Ann"), ("(?i)password.*: ?", PASSWORD),
                                     ("(?i)(again|repeat).*: ?", PASSWORD), ("(?i)e-?mail.*: ?", ""), ("(?i)phone.*: ?", ""),
                                     ("(?i)straight in", "1"), ("(?i)log out", "1"), ("##", "abandon"), ("放弃", "##")):
                child.expect("(?s)" + question)
                child.sendline(answer)
            wait_until(lambda: self.person_finds(child, r"Container Ann +abandon +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
                       "the look-up in the history", PERSON_LIMIT)
            child.expect("(?i)log out")
            child.sendline("3")
            child.expect("(?i)quit")
            child.sendline("3")
            child.expect(pexpect.EOF)
        except pexpect.ExceptionPexpect as error:
            raise AssertionError(f"on the screen: {child.before!r}") from error
        finally:
            child.close(force=True)
        hardening.equal(child.exitstatus, 0, "exit status of the client")

    def person_finds(self, child, row):
        """Asks for the last ten; what was recorded later may not be there yet."""
        child.expect("(?i)log out")
        child.sendline("2")
        child.expect("(?i)last ten|last 10")
        child.sendline("1")
        return child.expect([row, "(?i)nothing has been looked up"]) == 0

    def pipe(self):
        """The same by commands; what `run` left is gone."""
        def client(*words, text=""):
            return self.project("run", "--rm", "-T", "client", "lexmq", *words, text=text)

        client("register", "piper", "--password-stdin", text=PASSWORD + "\n")
        found = [json.loads(line) for line in client("lookup", "--json", "-", text="abandon\nserendipity\n").splitlines()]
        hardening.equal([word["found"] for word in found], [True, True], f"found of {found}")
        wait_until(lambda: {"abandon", "serendipity"} <= set(re.findall(r"\w+", client("history", "--csv"))),
                   "both look-ups in the history", PERSON_LIMIT, 1)
        client("logout")
        hardening.equal([c.status for c in self.project.containers("client", once=True)], [], "containers of the client")

    # ---- under load ----

    def under_load(self, recorded, action, *arguments):
        """With `recorded` MOST, most replies must say that it is; with LATER, some must say that it is not yet, or what was to
        happen to the history did not."""
        load = Load(f"127.0.0.1:{self.project.port}", self.certificate)
        try:
            action(*arguments)
            report = load.finish()
            later, all_of_them = report["unrecorded"], report["look_ups"]
            if (recorded == MOST and later * 2 > all_of_them) or (recorded == LATER and later == 0):
                raise AssertionError(f"{later} of {all_of_them} look-ups recorded later")
            return report
        finally:
            load.close()

    def quiet(self):
        """Nothing happens but that somebody asks how things are."""
        for _ in range(3):
            self.project.wait_healthy()
            for service in "auth", "lookup", "history":
                if not self.workers(service):
                    raise AssertionError(f"the gateway counts no worker of {service}")

    def scale(self, number):
        self.project("up", "-d", "--no-build", "--scale", f"lookup-svc={number}")
        self.project.wait_healthy()
        hardening.equal(len(self.project.containers("lookup-svc")), number, "containers of lookup-svc")
        hardening.equal(self.workers("lookup"), number, "workers that the gateway counts")

    def workers(self, service):
        status = json.loads(self.project("exec", "-T", "gateway", "lexmq", "status", "--json"))
        return next((entry["workers"] for entry in status["services"] if entry["service"] == service), 0)

    def upgrade(self, service):
        """Another revision is built, and the service's containers are of it while the others stay what they are."""
        others = {c.id for c in self.project.containers() if c.service != service}
        self.project.revise()
        self.project("up", "-d", "--no-deps", "--build", service)
        self.project.wait_healthy()
        for container in self.project.containers(service):
            hardening.equal(self.project.image_revision(container.id), self.project.revisions[-1], f"image of {service}")
        hardening.equal({c.id for c in self.project.containers() if c.service != service}, others, "other containers")

    def restart(self, service):
        self.project("restart", service)
        self.project.wait_healthy()

    # ---- end ----

    def down(self):
        self.project("--profile", "client", "down", "-v")
        self.project.remove_images()
        hardening.equal(self.project.left(), [], "what is left")


def story(steps_, test):
    steps_.step("build", test.build, needed=True)
    steps_.step("start from nothing", test.start, needed=True)
    steps_.step("hardening", hardening.check, test.project)
    steps_.step("a person", test.person)
    steps_.step("commands in pipes", test.pipe)
    steps_.step("nothing happens", test.under_load, MOST, test.quiet)
    steps_.step("lookup-svc 2 -> 1", test.under_load, ANY, test.scale, 1)
    steps_.step("lookup-svc 1 -> 4", test.under_load, ANY, test.scale, 4)
    steps_.step("lookup-svc 4 -> 2", test.under_load, ANY, test.scale, 2)
    for service in SERVICES:
        steps_.step(f"kill -9 {service}", test.under_load, LATER if service in RECORDING else ANY, test.project.kill, service)
    for service in [*SERVICES, "db"]:
        steps_.step(f"upgrade {service}", test.under_load, LATER if service in RECORDING else ANY, test.upgrade, service)
    steps_.step("restart db", test.under_load, LATER, test.restart, "db")
    steps_.step("logs", test.logs)
    steps_.step("hardening at the end", hardening.check, test.project)


def body(steps_):
    with Engine.shared() as engine, tempfile.TemporaryDirectory(prefix="lexmq-test-") as folder:
        project = Project(engine)
        try:
            test = Test(project, folder)
            story(steps_, test)
            if steps_.count("FAILED"):
                project.describe()
            steps_.step("down, and nothing is left", test.down)
        except steps.Ended:
            project.describe()
            raise
        finally:
            project.close()


if __name__ == "__main__":
    sys.exit(steps.main(body))
