"""A project of docker-compose.yml with names of its own: brought up, scaled, hurt, upgraded, and removed without a trace."""

import json
import os
import secrets
import shutil
import subprocess

from tests.deploy import base
from tests.deploy.tools import Unavailable, install, say, wait_until
from tests.system.stack import TOP, free_ports

LIMIT = 600  # seconds for one command; the first build is the longest
HEALTHY_LIMIT = 120
REVISION_LABEL = "org.opencontainers.image.revision"
PROJECT_LABEL = "com.docker.compose.project"
KINDS = {"container": ["ps", "-aq"], "volume": ["volume", "ls", "-q"], "network": ["network", "ls", "-q"]}
PLAIN_SESSION = {"LC_ALL": "C.UTF-8", "COMPOSE_INTERACTIVE_NO_CLI": "0"}


def command(engine):
    """`docker compose` where there is one, else docker-compose."""
    if engine.result("compose", "version").returncode == 0:
        return ["docker", "compose"]
    if not shutil.which("docker-compose"):
        install("compose")
    if not shutil.which("docker-compose"):
        raise Unavailable("there is neither `docker compose` nor docker-compose")
    return ["docker-compose"]


class Container:
    """As `docker ps` shows it: `health` is healthy, unhealthy, starting or none."""

    def __init__(self, line):
        self.id, self.service, self.state, status = line.split("\t")
        self.health = next((word for word in ("unhealthy", "healthy", "starting") if word in status), "none")
        self.status = f"{self.service} {self.id[:12]}: {status}"


class Project:
    def __init__(self, engine):
        self.engine, self.name, self.port = engine, "lexmq-test-" + secrets.token_hex(4), free_ports(2)
        self.command = command(engine)
        self.environment = {k: v for k, v in engine.environment.items() if not k.startswith("LEXMQ_")}
        self.environment.update(PLAIN_SESSION, LEXMQ_TAG=self.name, LEXMQ_PORT=str(self.port))
        # docker-compose wants a real file.
        self.settings = os.path.join(engine.scratch, "no-settings.env")
        open(self.settings, "w").close()
        self.revisions = []
        self.dangling_before = self.dangling()
        self.revise()

    def revise(self):
        """What is built from now on says another revision, and so is another image."""
        self.revisions.append(f"{self.name}-{len(self.revisions) + 1}")
        self.environment["LEXMQ_REVISION"] = self.revisions[-1]

    # ---- commands ----

    def words(self, *words):
        """The whole command: neither a .env nor an override file of the checkout has a say."""
        return [*self.command, "--env-file", self.settings, "-f", os.path.join(TOP, "docker-compose.yml"), "-p", self.name, *words]

    def result(self, *words, text="", limit=LIMIT):
        return subprocess.run(self.words(*words), cwd=TOP, env=self.environment, input=text, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit)

    def __call__(self, *words, text=""):
        """The standard output of a command that must succeed."""
        done = self.result(*words, text=text)
        if done.returncode != 0:
            output = "\n".join((done.stdout + done.stderr).splitlines()[-60:])
            raise AssertionError(f"compose {' '.join(words)} ended with {done.returncode}:\n{output}")
        return done.stdout

    def sql(self, statement):
        return self("exec", "-T", "db", "mariadb", "-N", "-B", "-e", statement)

    def logs(self, service):
        """Lines of every container of a service, without the name that compose puts before them."""
        return [line for container in self.containers(service)
                for line in self.engine.output("logs", container.id).splitlines()]

    # ---- containers ----

    def containers(self, service=None, once=False):
        """Those of the services, or with `once` those of `run`."""
        chosen = ["--filter", f"label=com.docker.compose.oneoff={once}"]
        chosen += ["--filter", f"label=com.docker.compose.service={service}"] if service else []
        lines = self.engine.docker("ps", "-a", "--no-trunc", "--filter", f"label={PROJECT_LABEL}={self.name}", *chosen, "--format",
                                   '{{.ID}}\t{{.Label "com.docker.compose.service"}}\t{{.State}}\t{{.Status}}').splitlines()
        return sorted((Container(line) for line in lines), key=lambda container: (container.service, container.id))

    def one(self, service):
        return self.containers(service)[0].id

    def image_revision(self, container):
        """Of the image that a container runs, asked of the engine and not of the container."""
        image = self.engine.inspect(self.engine.inspect(container)["Image"])
        return image["Config"]["Labels"][REVISION_LABEL]

    def sick(self):
        """What is not as it should be, a line each: everything healthy, and init done."""
        containers = self.containers()
        bad = [container.status for container in containers if container.health != "healthy" and container.service != "init"]
        bad += [container.status for container in containers
                if container.service == "init" and "Exited (0)" not in container.status]
        return bad if containers else ["there are no containers"]

    def wait_healthy(self, seconds=HEALTHY_LIMIT):
        wait_until(lambda: not self.sick(), lambda: "all healthy, but " + "; ".join(self.sick()), seconds, 0.3)

    def kill(self, service):
        """kill -9 of a container's process from outside; returns when the restart policy has brought it back and it is healthy."""
        container = self.one(service)
        before = self.engine.inspect(container)["RestartCount"]
        self.engine.kill(container)
        wait_until(lambda: self.engine.inspect(container)["RestartCount"] > before, f"{service} is restarted", 30, 0.2)
        self.wait_healthy()

    # ---- the end ----

    def dangling(self):
        return set(self.engine.docker("images", "-q", "--no-trunc", "--filter", "dangling=true").split())

    def cut_off(self):
        """What a build that failed or was interrupted leaves: images without a name or our labels, on top of the base image."""
        base_layers = self.engine.inspect(base.IMAGE)["RootFS"]["Layers"]
        return [image for image in self.dangling() - self.dangling_before
                if self.engine.inspect(image)["RootFS"]["Layers"][:len(base_layers)] == base_layers]

    def images(self):
        found = self.cut_off()
        for revision in self.revisions:
            found += self.engine.docker("images", "-q", "--no-trunc", "--filter", f"label={REVISION_LABEL}={revision}").split()
        return sorted(set(found))

    def left(self):
        """What of the project is still there."""
        found = [f"{kind} {name}" for kind, words in KINDS.items()
                 for name in self.engine.docker(*words, "--filter", f"label={PROJECT_LABEL}={self.name}").split()]
        return found + [f"image {name}" for name in self.images()]

    def remove_images(self):
        # A stage goes when nothing that was made from it is left, so not all in the first round.
        for _ in range(3):
            for image in self.images():
                # The container of a build step that did not come to its end.
                containers = self.engine.docker("ps", "-aq", "--filter", f"ancestor={image}").split()
                if containers:
                    self.engine.result("rm", "-f", *containers)
                self.engine.result("rmi", "-f", image)

    def close(self):
        """Removes what is left, whatever state it is in. May be called twice."""
        if not self.left():
            return
        say("removing what is left")
        self.result("--profile", "client", "--profile", "dict", "down", "-v", "--remove-orphans", "-t", "5")
        for kind, words in KINDS.items():
            names = self.engine.docker(*words, "--filter", f"label={PROJECT_LABEL}={self.name}").split()
            if names:
                self.engine.result(kind, "rm", "-f", *names)
        self.remove_images()

    def describe(self):
        """For a failure: state and last lines of every container."""
        for container in self.containers():
            say(container.status)
            for line in self.engine.output("logs", "--tail", "15", container.id).splitlines():
                say("    " + line[:300])

    def image_size(self, name):
        """Bytes of an image, and how many of them are above the base image."""
        size = json.loads(self.engine.docker("inspect", f"{name}:{self.name}"))[0]["Size"]
        return size, size - self.engine.inspect(base.IMAGE)["Size"]
