#!/usr/bin/python3
"""deploy/swarm.yml on two nodes with an engine each: deployed, one node cut off, rejoined, updated, a bad update, new keys; under load.

    make test-swarm

What each step under load asserts is what tests/deploy/load.py calls PROMISED: no request failed, no answer was wrong, and in the
end every look-up is in the history, once. How long nobody is answered meanwhile is printed and bounded by what docs/swarm.md says.
"""

import os
import sys
import time

from tests.deploy import steps
from tests.deploy.swarm import ALONE, FIRST, REPLICAS, Stack
from tests.deploy.tools import say, wait_until

SECOND, BROKEN = f"{FIRST}-second", f"{FIRST}-broken"
SERVICES = [service for service in REPLICAS if service != "db"]
MOVED = ["auth-svc", "lookup-svc", "history-svc"]  # run anywhere

# Longest times without any answer, in ms; docs/swarm.md promises them.
GAP_LOST_MS = 8000     # a node goes without a word
GAP_PLANNED_MS = 4000  # gateways and workers leave as they should; a client that asked one that just went waits for 2.5 s

NODE_DOWN_LIMIT = 60  # seconds
REPLACED_LIMIT = 120
NAME_LIMIT = 5  # for a name that is not there, asked for as the programs do


def worst(*reports):
    """One row of the table for several loads."""
    return {key: (sum if key in ("look_ups", "unrecorded", "visits") else max)(report[key] for report in reports)
            for key in ("look_ups", "unrecorded", "visits", "gap_ms", "record_gap_ms")}


class Test:
    def __init__(self, stack):
        self.stack, self.loads = stack, {}

    # ---- start ----

    def deploy(self):
        self.stack.deploy(FIRST)
        self.stack.wait_serving(1, 2)

    def shut_in(self):
        """What a task of each service sees of keys, of its root and of names that are gone."""
        own = {"gateway-1": ["gateway/gateway.cert_secret", "gateway/workers/auth.cert", "gateway/workers/history.cert",
                             "gateway/workers/lookup.cert"],
               "auth-svc": ["auth/curve.cert_secret", "auth/db.password", "auth/token.secret", "public/gateway.cert",
                            "public/token.public"],
               "lookup-svc": ["lookup/curve.cert_secret", "lookup/db.password", "public/gateway.cert", "public/token.public"],
               "history-svc": ["history/curve.cert_secret", "history/db.password", "public/gateway.cert", "public/token.public"]}
        look = ("cd /keys && find . -type f | cut -c3- | sort && ! touch /here /keys/public/here 2>/dev/null && "
                "echo $(id -u) $(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/1/status)")
        for service, files in own.items():
            seen = self.stack.manager.docker("exec", self.stack.container(service), "sh", "-c", look).split("\n")[:-1]
            if seen != [*files, "10001 0000000000000000"]:
                raise AssertionError(f"{service} sees {seen}")
            begin = time.monotonic()
            self.stack.manager.result("exec", self.stack.container(service), "getent", "ahostsv4", "gateway-3")
            if time.monotonic() - begin > NAME_LIMIT:
                raise AssertionError(f"{service} waits {time.monotonic() - begin:.1f} s for a name that is gone")

    # ---- a node is lost ----

    def cut(self):
        """The second node, with gateway 2 and half of the workers. What it could not deliver of what it answered it keeps, so the
        loads that had it are called to account when it is back, and one that begins without it at once."""
        stack, lost = self.stack, self.stack.nodes[1]
        self.loads = {"the other gateway": stack.load(1, 2), "the lost gateway": stack.load(2, 1)}
        for service in MOVED + ["gateway-2", "lookup-node"]:
            if not stack.running_on(service, lost):
                raise AssertionError(f"nothing of {service} runs on the node that is to be lost")
        stack.switch.cut(lost.namespace)
        begin = time.monotonic()
        wait_until(lambda: stack.manager.docker("node", "inspect", "--format", "{{.Status.State}}", lost.id).strip() == "down",
                   "the manager misses the node", NODE_DOWN_LIMIT)
        say(f"    the swarm misses the node after {time.monotonic() - begin:.1f} s")
        for service in MOVED:
            wait_until(lambda: stack.running_on(service, stack.manager) == REPLICAS[service],
                       lambda: f"{service} is re-placed: {stack.tasks(service)}", REPLACED_LIMIT)
        say(f"    its tasks run on the other one after {time.monotonic() - begin:.1f} s")
        stack.wait_serving(1, workers=ALONE)
        say(f"    the gateway there has every worker after {time.monotonic() - begin:.1f} s")
        return self.finish(stack.load(2, 1), GAP_PLANNED_MS)

    def rejoin(self):
        stack, lost = self.stack, self.stack.nodes[1]
        stack.switch.mend(lost.namespace)
        begin = time.monotonic()
        stack.wait_serving(1, 2)
        say(f"    both gateways have every worker after {time.monotonic() - begin:.1f} s")
        reports = {}
        for name, load in self.loads.items():
            reports[name] = self.finish(load, GAP_LOST_MS)
            say(f"    clients of {name}: nobody answered for {reports[name]['gap_ms']:.0f} ms, "
                f"longest request {reports[name]['longest_ms']:.0f} ms")
        return worst(*reports.values())

    @staticmethod
    def finish(load, gap_ms):
        """The report of a load that kept what is promised, and in which nobody was left without an answer for longer than that."""
        report = load.finish()
        if report["gap_ms"] > gap_ms:
            raise AssertionError(f"nobody was answered for {report['gap_ms']} ms, more than {gap_ms}: {report}")
        return report

    def close(self):
        for load in self.loads.values():
            load.close()

    # ---- updates ----

    def update(self):
        self.stack.derive(SECOND, "LABEL org.opencontainers.image.revision=second")
        load = self.stack.load(1, 2)
        try:
            self.stack.deploy(SECOND)
            self.check_images(SECOND, SERVICES)
            self.stack.wait_serving(1, 2)
            return self.finish(load, GAP_PLANNED_MS)
        finally:
            load.close()

    def check_images(self, tag, services):
        for service in services:
            images = {task[2] for task in self.stack.tasks(service)}
            if images != {f"lexmq:{tag}"}:
                raise AssertionError(f"{service} runs {images}")

    def bad_update(self):
        """One whose look-up worker does not start: it ends there, and that service is what it was."""
        self.stack.derive(BROKEN, "COPY broken /usr/local/bin/lexmq-lookup", broken="#!/bin/sh\nexit 1\n")
        load = self.stack.load(1, 2)
        try:
            self.stack.tag = BROKEN
            output = self.stack.script("deploy", code=1)
            if "lookup-node was taken back to what it was" not in output:
                raise AssertionError(f"swarm.sh says: {output}")
            say("    " + output.splitlines()[-1])
            self.check_images(SECOND, ["lookup-node", "lookup-svc"])
            self.stack.deploy(SECOND)
            self.check_images(SECOND, SERVICES)
            self.stack.wait_serving(1, 2)
            return self.finish(load, GAP_PLANNED_MS)
        finally:
            load.close()

    def new_password(self):
        """Of the look-up workers' database account: only what has it is made anew."""
        path = os.path.join(self.stack.folder, "keys", "lookup", "db.password")
        before = {service: self.tasks_of(service) for service in REPLICAS}
        load = self.stack.load(1, 2)
        try:
            os.remove(path)
            self.stack.deploy(SECOND)
            self.stack.wait_serving(1, 2)
            report = self.finish(load, GAP_PLANNED_MS)
        finally:
            load.close()
        changed = [service for service in REPLICAS if self.tasks_of(service) != before[service]]
        if changed != ["lookup-svc", "lookup-node"]:
            raise AssertionError(f"tasks of {changed} are new")
        if "removed an unused secret" not in self.stack.script("prune"):
            raise AssertionError("the old password is not pruned")
        return report

    def tasks_of(self, service):
        return sorted(self.stack.manager.docker("service", "ps", "--quiet", "--filter", "desired-state=running",
                                                f"lexmq_{service}").split())

    # ---- end ----

    def remove(self):
        self.stack.script("remove")
        left = [self.stack.manager.docker(kind, "ls", "--quiet").split() for kind in ("service", "secret", "config")]
        if any(left):
            raise AssertionError(f"services, secrets, configs left: {left}")


def body(story):
    stack = Stack()
    test = Test(stack)
    try:
        story.step("images are built", stack.build, needed=True)
        story.step("two nodes make a swarm", stack.start_nodes, needed=True)
        story.step("the stack is deployed and serves by both gateways", test.deploy, needed=True)
        story.step("a service sees its own secrets and nothing else", test.shut_in)
        story.step("a node is cut off", test.cut, needed=True)
        story.step("the node comes back", test.rejoin, needed=True)
        story.step("every service is updated", test.update)
        story.step("an update that does not start is taken back", test.bad_update)
        story.step("a service gets a new password", test.new_password)
        story.step("the stack is removed", test.remove)
    finally:
        test.close()
        story.step("nodes, networks and files are gone", stack.close)


if __name__ == "__main__":
    sys.exit(steps.main(body))
