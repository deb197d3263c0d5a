"""The contenders: what each consists of, how it is started, and how bench/load asks it."""

import gzip
import os
import shutil
import time

from processes import Failure, clean_environment, free_ports, run

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DICTD_FOLDER = "/usr/share/dictd"
SERVICE = "lookup"  # what the echo registers: a service that a worker's certificate lists
SETTLE_SECONDS = 60


class Bench:
    """What all contenders of one run share."""

    def __init__(self, build, folder, stack_folder, words, processes):
        self.build = build
        self.folder = folder
        self.stack_folder = stack_folder
        self.words = words
        self.processes = processes
        self.keys = os.path.join(folder, "keys")
        self.server = os.path.join(self.keys, "public", "gateway.cert")
        run(self.program("bin/lexmq-keygen"), self.keys)

    def program(self, name):
        return os.path.join(self.build, name)

    def start(self, name, program, *arguments):
        return self.processes.start(name, self.program(program), *arguments)


def endpoint(port):
    return f"tcp://127.0.0.1:{port}"


def start_proxy(bench, curve):
    port = free_ports(2)
    server = ["--server", bench.server] if curve else []
    secret = ["--certificate", os.path.join(bench.keys, "gateway", "gateway.cert_secret")] if curve else []
    bench.start("proxy", "bench/proxy", "--front", endpoint(port), "--back", endpoint(port + 1), *secret)
    bench.processes.await_port(port)
    bench.start("proxy-echo", "bench/echo", "--mode", "proxy", "--endpoint", endpoint(port + 1), *server)
    return ["--contender", "proxy", "--endpoint", endpoint(port), *server]


def start_gateway(bench, curve):
    port = free_ports(2)
    server = ["--server", bench.server] if curve else []
    if curve:
        security = ["--certificate", os.path.join(bench.keys, "gateway", "gateway.cert_secret"),
                    "--workers", os.path.join(bench.keys, "gateway", "workers")]
        identity = ["--certificate", os.path.join(bench.keys, SERVICE, "curve.cert_secret")]
    else:
        security, identity = ["--insecure"], []
    bench.start("gateway", "bin/lexmq-gateway", "--front", endpoint(port), "--back", endpoint(port + 1), *security)
    bench.processes.await_port(port)
    bench.start("gateway-echo", "bench/echo", "--mode", "mdp", "--service", SERVICE,
                "--endpoint", endpoint(port + 1), *server, *identity)
    return ["--contender", "mdp", "--service", SERVICE, "--endpoint", endpoint(port), *server]


def dictd_configuration(folder, port, text):
    """Without the limits that end a long session, and without logging every word."""
    path = os.path.join(folder, f"dictd-{port}.conf")
    with open(path, "w") as file:
        file.write(f"global {{ port {port}\n listen_to 127.0.0.1\n limit_queries 0\n limit_time 0\n"
                   " limit_matches 0\n limit_definitions 0\n limit_childs 100\n depth 100\n log_option none }\n"
                   "access { allow * }\n"
                   f"database wn {{ data {text}\n index {DICTD_FOLDER}/wn.index }}\n")
    return path


def launch_dictd(bench, name, text=f"{DICTD_FOLDER}/wn.dict.dz"):
    """Returns its process and its port."""
    dictd = shutil.which("dictd") or "/usr/sbin/dictd"
    port = free_ports(1)
    process = bench.processes.start(name, dictd, "--config", dictd_configuration(bench.folder, port, text), "--debug",
                                    "nodetach", "--pid-file", os.path.join(bench.folder, name + ".pid"),
                                    "--locale", "C.UTF-8")
    bench.processes.await_port(port)
    return process, port


def dictd_arguments(port, words):
    return ["--contender", "dict", "--endpoint", f"127.0.0.1:{port}", "--words", words]


def start_packed_dictd(bench, _curve):
    _, port = launch_dictd(bench, "dictd")
    return dictd_arguments(port, bench.words)


def start_unpacked_dictd(bench, _curve):
    text = os.path.join(bench.folder, "wn.dict")
    if not os.path.exists(text):
        with gzip.open(f"{DICTD_FOLDER}/wn.dict.dz") as packed, open(text, "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
    _, port = launch_dictd(bench, "dictd-unpacked", text)
    return dictd_arguments(port, bench.words)


class Stack:
    """A whole stack with a database of its own, by scripts/stack."""

    def __init__(self, bench, curve):
        self.bench = bench
        self.port = free_ports(2)
        self.script = os.path.join(TOP, "scripts", "stack")
        self.environment = clean_environment(
            LEXMQ_VAR=bench.stack_folder, LEXMQ_BUILD=bench.build, LEXMQ_PORT_BASE=str(self.port),
            LEXMQ_DICTIONARIES="wordnet", LEXMQ_STACK_INSECURE="0" if curve else "1")
        self.arguments = ["--contender", "define", "--endpoint", endpoint(self.port), "--words", bench.words]
        if curve:
            self.arguments += ["--server", os.path.join(bench.stack_folder, "keys", "public", "gateway.cert")]

    def run(self, *arguments):
        run(self.script, *arguments, env=self.environment)

    def pids(self):
        """{"lookup-1": its pid}, of all that runs."""
        folder = os.path.join(self.bench.stack_folder, "run")
        pids = {}
        for name in os.listdir(folder):
            if name.endswith(".pid"):
                with open(os.path.join(folder, name)) as file:
                    pids[name.removesuffix(".pid")] = int(file.read().split()[0])
        return pids

    def start(self):
        self.run("up")
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            try:
                # Workers register before their dictionaries are there; both have them when enough is answered.
                run(self.bench.program("bench/load"), *self.arguments, "--clients", "2", "--window", "50",
                    "--measure", "200")
                return self.arguments
            except Failure:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def stop(self):
        self.run("down")
