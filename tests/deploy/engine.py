"""A container engine for a test: the one that runs, or Debian's, started in a scratch folder and ended again.

    with Engine.shared() as engine:        # a running one when `docker info` answers, else one of our own
        engine.docker("run", "--rm", ...)

    with Engine.start() as one, Engine.start(namespace="other") as two:
        ...                                # engines of our own, side by side; `other` is made by `ip netns add`

Unavailable, with the reason, when there can be no engine. An engine of our own leaves nothing behind: containers, images,
processes, mounts, bridge and packet filter go when it is closed. In a shared one only what the test made is the test's to remove.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile

from tests.deploy import base
from tests.deploy.network import Network, engines
from tests.deploy.tools import Unavailable, install, say, wait_until

LIMIT = 120  # seconds for one command
START_LIMIT = 60
END_LIMIT = 60
STORAGE = "overlay2"


class Engine:
    """Attributes: `host` (its socket, as DOCKER_HOST; None: as the caller's environment says), `environment` (for docker and
    docker-compose), `own` (started here), `process` (dockerd, when own), `scratch` (a folder that goes with it)."""

    # ---- life ----

    @classmethod
    def shared(cls):
        if shutil.which("docker") and cls.answers(None):
            say("using the engine that runs")
            return cls().ready()
        return cls.start()

    @classmethod
    def start(cls, namespace=None, options=()):
        """`namespace` is the name of a network namespace, `options` more words for dockerd."""
        if os.getuid() != 0:
            raise Unavailable("no engine answers `docker info`, and starting one takes root")
        install("engine")
        if not shutil.which("dockerd"):
            raise Unavailable("no engine answers `docker info`, and there is no dockerd to start")
        self = cls(own=True, namespace=namespace)
        try:
            self.launch(options)
            return self.ready()
        except BaseException:
            self.close()
            raise

    @staticmethod
    def answers(host):
        environment = dict(os.environ, DOCKER_HOST=host) if host else os.environ
        try:
            return subprocess.run(["docker", "info"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, timeout=20).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def __init__(self, own=False, namespace=None):
        self.own, self.process, self.network, self.host = own, None, None, None
        self.made_base = False
        self.prefix = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
        self.scratch = tempfile.mkdtemp(prefix="lexmq-engine-")
        self.environment = dict(os.environ)
        if own:
            self.host = f"unix://{self.scratch}/docker.sock"
            self.environment.update(DOCKER_HOST=self.host)
            for name in "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH":
                self.environment.pop(name, None)
        # Debian's client has no buildx, and docker-compose asks for it.
        if self.result("buildx", "version").returncode != 0:
            self.environment.update(DOCKER_BUILDKIT="0", COMPOSE_DOCKER_CLI_BUILD="0")

    def launch(self, options):
        self.network = Network(self.prefix)
        try:
            self.network.make()
        except (subprocess.CalledProcessError, OSError) as error:
            reason = (getattr(error, "stderr", None) or str(error)).strip()
            raise Unavailable(f"an engine needs a bridge and a packet filter: {reason}") from None
        log = os.path.join(self.scratch, "dockerd.log")
        with open(log, "wb") as output:
            # A session of its own: Ctrl-C is for the test, which ends the engine when the containers are gone.
            self.process = subprocess.Popen(
                [*self.prefix, "dockerd", "--storage-driver", STORAGE, "--bridge", self.network.bridge, "-H", self.host,
                 "--pidfile", os.path.join(self.scratch, "dockerd.pid"), "--data-root", os.path.join(self.scratch, "data"),
                 "--exec-root", os.path.join(self.scratch, "run"), *options],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        try:
            wait_until(lambda: self.process.poll() is not None or self.answers(self.host), "dockerd answers", START_LIMIT)
        except AssertionError as error:
            raise Unavailable(str(error)) from None
        if self.process.returncode is not None:
            with open(log, errors="replace") as file:
                raise Unavailable("dockerd does not start: " + "\n".join(file.read().splitlines()[-5:]))

    def ready(self):
        """Has the base image, and can start a container."""
        try:
            base.provide(self)
            run = self.result("run", "--rm", "--network", "none", base.IMAGE, "true")
            if run.returncode != 0:
                raise Unavailable(f"the engine starts no container: {run.stderr.strip()}")
            return self
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """May be called twice."""
        if self.own and self.process:
            self.end()
        elif self.made_base:
            self.result("rmi", base.IMAGE)
        if self.network:
            self.network.unmake(engines(self.prefix, self.process.pid if self.process else 0))
            self.network = None
        shutil.rmtree(self.scratch, ignore_errors=True)

    def end(self):
        """Containers first, so that dockerd need not wait for them; then whatever it left."""
        if self.process.poll() is None:
            containers = self.result("ps", "-aq").stdout.split()
            if containers:
                self.result("rm", "-f", "-v", *containers)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(END_LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in self.left():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_until(lambda: not self.left(), f"processes of {self.scratch} end")
        with open("/proc/self/mountinfo") as file:
            mounts = [line.split()[4] for line in file]
        for mount in reversed(mounts):
            if mount.startswith(self.scratch + "/"):
                subprocess.run(["umount", "-l", mount], timeout=LIMIT)

    def left(self):
        """Processes that the engine started and that outlive it, containerd and its shims: they name the scratch folder."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                try:
                    with open(f"/proc/{name}/cmdline", "rb") as file:
                        words = file.read().split(b"\0")
                except OSError:
                    continue
                if words[0].rsplit(b"/")[-1].startswith((b"containerd", b"docker")) and self.scratch.encode() in b" ".join(words):
                    found.append(int(name))
        return found

    # ---- use ----

    def result(self, *words, limit=LIMIT, **options):
        """`docker WORDS`, whatever comes of it: .returncode, .stdout, .stderr. Past `limit` seconds it counts as failed."""
        options.setdefault("stdin", subprocess.DEVNULL)
        try:
            return subprocess.run(["docker", *words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True, timeout=limit, **options)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(words, 124, "", f"not done within {limit} s")

    def docker(self, *words, **options):
        """The standard output of `docker WORDS`, which must succeed."""
        done = self.result(*words, **options)
        if done.returncode != 0:
            raise AssertionError(f"docker {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def output(self, *words):
        """Standard output and error of `docker WORDS` together."""
        done = self.result(*words)
        return done.stdout + done.stderr

    def inspect(self, thing):
        return json.loads(self.docker("inspect", thing))[0]

    def kill(self, container):
        """kill -9 from outside, so that the restart policy acts: `docker kill` would count as a stop by hand."""
        pid = self.inspect(container)["State"]["Pid"]
        if not pid:
            raise AssertionError(f"{container} does not run")
        try:
            with open(f"/proc/{pid}/cgroup") as file:
                ours = self.inspect(container)["Id"] in file.read()
            if ours:
                os.kill(pid, signal.SIGKILL)
                return
        except (FileNotFoundError, PermissionError):
            pass
        # Another machine's process, or not ours to end: a container among the host's processes, with the same user.
        user = self.inspect(container)["Config"]["User"] or "0"
        self.docker("run", "--rm", "--pid=host", "--network=none", "--user", user, base.IMAGE, "sh", "-c", f"kill -9 {pid}")
