"""Several machines on one, for a swarm: a network namespace each, with an engine of its own, on one virtual switch.

The switch is a namespace as well, so that nothing is left in this machine's own network, and programs that run in it are clients
on a machine that is no node. Cutting a node off takes its port from the switch: its link stays up and nothing comes through, as
when a switch between two rooms fails.
"""

import os
import subprocess

from tests.deploy.engine import Engine
from tests.deploy.tools import Unavailable

LIMIT = 30  # seconds for one command
SUBNET = "10.231.77"


class Namespace:
    """A network namespace; `address` is its one on the switch."""

    def __init__(self, name, address):
        self.name, self.address = f"lexmq-{os.getpid()}-{name}", address
        try:
            subprocess.run(["ip", "netns", "add", self.name], check=True, stderr=subprocess.PIPE, text=True, timeout=LIMIT)
        except subprocess.CalledProcessError as error:
            raise Unavailable(f"no network namespace can be made: {error.stderr.strip()}") from None
        self.run("ip", "link", "set", "lo", "up")

    def enter(self, *words):
        """The command that runs `words` in it. Files and processes are everybody's."""
        return ["nsenter", f"--net=/run/netns/{self.name}", *words]

    def run(self, *words):
        done = subprocess.run(self.enter(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=LIMIT)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)} ended with {done.returncode}: {done.stdout}")

    def close(self):
        subprocess.run(["ip", "netns", "delete", self.name], check=True, timeout=LIMIT)


class Switch(Namespace):
    def __init__(self):
        super().__init__("switch", f"{SUBNET}.254")
        self.run("ip", "link", "add", "bridge", "type", "bridge")
        self.run("ip", "address", "add", f"{self.address}/24", "dev", "bridge")
        self.run("ip", "link", "set", "bridge", "up")

    def port(self, namespace):
        return f"port-{namespace.address.rsplit('.', 1)[1]}"

    def attach(self, namespace):
        self.run("ip", "link", "add", self.port(namespace), "type", "veth", "peer", "name", "eth0", "netns", namespace.name)
        self.run("ip", "link", "set", self.port(namespace), "master", "bridge", "up")
        namespace.run("ip", "address", "add", f"{namespace.address}/24", "dev", "eth0")
        namespace.run("ip", "link", "set", "eth0", "up")
        # The switch forwards nothing: whoever asks outside, for a name or an image, never has an answer.
        namespace.run("ip", "route", "add", "default", "via", self.address)

    def cut(self, namespace):
        self.run("ip", "link", "set", self.port(namespace), "nomaster")

    def mend(self, namespace):
        self.run("ip", "link", "set", self.port(namespace), "master", "bridge")


class NodeEngine(Engine):
    def ready(self):
        """Runs what is loaded into it, so that it needs no base image."""
        return self


class Node:
    """A machine of the swarm, number 1 to 200. `id` is what the swarm calls it."""

    def __init__(self, number, switch):
        self.namespace = Namespace(f"node-{number}", f"{SUBNET}.{number}")
        self.engine = None
        try:
            switch.attach(self.namespace)
            # Otherwise each task would first wait for a registry that does not answer.
            os.environ["DOCKER_SERVICE_PREFER_OFFLINE_IMAGE"] = "1"
            self.engine = NodeEngine.start(namespace=self.namespace.name)
            self.docker, self.result = self.engine.docker, self.engine.result
        except BaseException:
            self.close()
            raise

    @property
    def id(self):
        return self.docker("info", "--format", "{{.Swarm.NodeID}}").strip()

    def swarm_init(self):
        self.docker("swarm", "init", "--advertise-addr", self.namespace.address)

    def swarm_join(self, manager):
        token = manager.docker("swarm", "join-token", "--quiet", "worker").strip()
        self.docker("swarm", "join", "--token", token, "--advertise-addr", self.namespace.address,
                    f"{manager.namespace.address}:2377")

    def close(self):
        """Takes everything along that runs here: tasks would be started anew while the engine ends."""
        if self.engine:
            self.engine.result("swarm", "leave", "--force")
            self.engine.close()
            self.engine = None
        self.namespace.close()
