"""Lexmq on a swarm of two nodes: images, deploy/swarm.sh, and whether it serves, which is not what `docker service ls` says.

The first node is the manager and has the database and gateway 1, the second gateway 2; this machine is a client on the same switch.
"""

import json
import os
import subprocess
import tempfile

from tests.deploy.engine import Engine
from tests.deploy.load import PASSWORD, Load
from tests.deploy.swarm_nodes import Node, Switch
from tests.deploy.tools import say, wait_until
from tests.system.stack import LEXMQ, TOP

SCRIPT = os.path.join(TOP, "deploy", "swarm.sh")
PORT = 5555
FIRST = f"swarm-test-{os.getpid()}"  # tag of the images, which a shared engine has as well for a while
REPLICAS = {"db": 1, "gateway-1": 1, "gateway-2": 1, "auth-svc": 2, "lookup-svc": 2, "history-svc": 2, "lookup-node": 2}
WORKERS = {"auth": 2, "lookup": 4, "history": 2, "history.record": 2, "history.erase": 2}
ALONE = dict(WORKERS, lookup=3)  # on one node, which has one of lookup-node
BUILD_LIMIT = 900    # seconds
DEPLOY_LIMIT = 600
CLIENT_LIMIT = 60
RECORDED_LIMIT = 60


class Stack:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="lexmq-swarm-")
        self.switch, self.nodes = None, []
        self.environment = {}
        self.tag = FIRST

    # ---- machines ----

    def build(self):
        """The images, by an engine that can reach Debian's archive, as one file for the nodes."""
        images = [f"lexmq:{FIRST}", f"lexmq-db:{FIRST}"]
        with Engine.shared() as engine:
            try:
                for target, image in zip(("runtime", "db"), images):
                    engine.docker("build", "--target", target, "--tag", image, TOP, limit=BUILD_LIMIT)
                engine.docker("save", "--output", self.archive, *images, limit=BUILD_LIMIT)
            finally:
                if not engine.own:
                    engine.result("rmi", *images)

    archive = property(lambda self: os.path.join(self.folder, "images.tar"))

    def start_nodes(self):
        self.switch = Switch()
        for number in 1, 2:
            self.nodes.append(Node(number, self.switch))
        for node in self.nodes:
            with open(self.archive, "rb") as file:
                node.docker("load", "--quiet", stdin=file, limit=BUILD_LIMIT)
        self.manager.swarm_init()
        self.nodes[1].swarm_join(self.manager)
        self.manager.docker("node", "update", "--label-add", "lexmq.db=yes", "--label-add", "lexmq.gateway=1", self.nodes[0].id)
        self.manager.docker("node", "update", "--label-add", "lexmq.gateway=2", self.nodes[1].id)
        self.environment = {k: v for k, v in self.manager.engine.environment.items() if not k.startswith(("LEXMQ_", "NAME_"))}
        self.environment.update(LEXMQ_DB_TAG=FIRST, LEXMQ_KEYS=os.path.join(self.folder, "keys"), LEXMQ_DICTIONARIES="wordbook",
                                LEXMQ_UPDATE_DELAY="0s", LEXMQ_UPDATE_MONITOR="3s")

    manager = property(lambda self: self.nodes[0])

    def derive(self, tag, dockerfile, **files):
        """Another image of lexmq on every node, from the first one."""
        with tempfile.TemporaryDirectory(dir=self.folder) as context:
            for name, text in dict(files, Dockerfile=f"FROM lexmq:{FIRST}\n{dockerfile}\n").items():
                with open(os.path.join(context, name), "w") as file:
                    file.write(text)
                os.chmod(os.path.join(context, name), 0o755)
            for node in self.nodes:
                node.docker("build", "--tag", f"lexmq:{tag}", context)

    def close(self):
        try:
            # The manager last, so that the others can still say goodbye.
            for node in reversed(self.nodes):
                node.close()
            if self.switch:
                self.switch.close()
        finally:
            subprocess.run(["rm", "-rf", self.folder], check=True)

    # ---- deploy/swarm.sh ----

    def script(self, *words, code=0):
        done = subprocess.run([SCRIPT, *words], env=dict(self.environment, LEXMQ_TAG=self.tag), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=DEPLOY_LIMIT)
        if done.returncode != code:
            raise AssertionError(f"swarm.sh {' '.join(words)} ended with {done.returncode}, not {code}:\n{done.stdout[-4000:]}")
        return done.stdout

    def deploy(self, tag):
        self.tag = tag
        for line in self.script("deploy").splitlines():
            if line.endswith(" s"):
                say(f"    {line}")

    # ---- what the swarm says ----

    def tasks(self, service):
        """Node, state, image of each task that should run."""
        names = self.manager.docker("service", "ps", "--quiet", "--no-trunc", "--filter", "desired-state=running",
                                    f"lexmq_{service}").split()
        if not names:
            return []
        tasks = json.loads(self.manager.docker("inspect", "--type", "task", *names))
        return [(task.get("NodeID"), task["Status"]["State"], task["Spec"]["ContainerSpec"]["Image"]) for task in tasks]

    def running_on(self, service, node):
        return sum(task[:2] == (node.id, "running") for task in self.tasks(service))

    def container(self, service):
        """On the manager."""
        return self.manager.docker("ps", "--quiet", "--filter", f"label=com.docker.swarm.service.name=lexmq_{service}").split()[0]

    # ---- what clients see ----

    def address(self, number):
        return f"{self.nodes[number - 1].namespace.address}:{PORT}"

    certificate = property(lambda self: os.path.join(self.folder, "keys", "public", "gateway.cert"))

    def lexmq(self, number, *words, text="", session="session"):
        """Client of gateway `number`; the result."""
        environment = dict(self.environment, LEXMQ_SERVER_KEY=self.certificate, LEXMQ_SESSION=os.path.join(self.folder, session))
        return subprocess.run(self.switch.enter(LEXMQ, "--gateway", self.address(number), "--timeout", "3", *words),
                              env=environment, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=CLIENT_LIMIT)

    def workers(self, number):
        """By service, as gateway `number` counts them."""
        status = self.lexmq(number, "status", "--json")
        if status.returncode != 0:
            return {}
        return {service["service"]: service["workers"] for service in json.loads(status.stdout)["services"]}

    def wait_serving(self, *numbers, workers=WORKERS, seconds=120):
        """Every worker has a session with each of these gateways, and each of them serves a new user."""
        for number in numbers:
            wait_until(lambda: self.workers(number) == workers, lambda: f"gateway {number} counts {self.workers(number)}", seconds)
            self.person(number)

    def person(self, number):
        """Registers, looks a word up and finds it in the history, at once or when it has been recorded later."""
        name = f"person {os.urandom(4).hex()}"
        self.answer(number, "register", name, "--password-stdin", text=PASSWORD + "\n")
        self.answer(number, "lookup", "--json", "abandon")
        wait_until(lambda: [record["word"] for record in self.answer(number, "history", "--json")] == ["abandon"],
                   f"the history of {name} has its word", RECORDED_LIMIT)

    def answer(self, number, *words, text=""):
        """The JSON objects that a client printed, which must succeed."""
        done = self.lexmq(number, *words, text=text)
        if done.returncode != 0:
            raise AssertionError(f"gateway {number}, {words[0]}: {done.stdout}{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines() if "--json" in words]

    def load(self, *numbers, clients=4):
        """Load whose clients go to these gateways, the first one first."""
        return Load(",".join(map(self.address, numbers)), self.certificate, clients, self.switch.enter())
