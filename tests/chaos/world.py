"""The stack of a campaign: two gateways, two auth, three lookup and two history workers and MariaDB, each where a machine of its own
would be, with its own clock, and small disks under what is written."""

import glob
import json
import os
import subprocess
import time

from tests.chaos.clocks import Clocks
from tests.chaos.database import PORT, Database
from tests.chaos.disks import Disk
from tests.chaos.supervisor import Process, Supervisor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIMIT = 120  # seconds for one command
MACHINES = {"gateway-1": "gateway", "gateway-2": "gateway", "auth-1": "auth", "auth-2": "auth", "lookup-1": "lookup",
            "lookup-2": "lookup", "lookup-3": "lookup", "history-1": "history", "history-2": "history", "database": "database"}
PARTIES = [*MACHINES, "clients", "rogue", "strangers"]
GATEWAYS = [name for name, kind in MACHINES.items() if kind == "gateway"]
LOOKUPS = [name for name, kind in MACHINES.items() if kind == "lookup"]
FRONT, BACK = 5555, 5556
WORDBOOK = os.path.join(TOP, "dict", "lexmq-wordbook.txt")
EXTRA = "campaign"  # a dictionary that is imported again and again
DATABASE_DISK, SMALL_DISK = "400m", "8m"
END = 20  # seconds that a process has to end
JOURNAL_HEADER = 8  # bytes of a segment that holds nothing, lookup-svc/journal.h


class World:
    def __init__(self, build, folder, logs, network, disks):
        """Everything but the logs is under `folder`; `disks` says whether file systems can be mounted there."""
        self.build, self.folder, self.logs, self.network = build, folder, logs, network
        self.disks = {}
        self.keys = self.path("keys")
        self.clocks = Clocks(self.path("clocks"), set(MACHINES.values()))
        self.supervisor = Supervisor()
        self.imports = 0
        for name in ("database", "index", *(f"journal-{name}" for name in LOOKUPS)):
            os.makedirs(self.path(name), mode=0o700)
            if disks:
                self.disks[name] = Disk(self.path(name), DATABASE_DISK if name == "database" else SMALL_DISK)
        self.database = Database(folder, self.path("database"), network.address("database"), self.log("database-install"))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def log(self, name):
        return os.path.join(self.logs, name + ".log")

    def program(self, name):
        return os.path.join(self.build, "bin", name)

    def environment(self, kind):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LEXMQ_")}
        environment.update(self.clocks.environment(kind, os.path.join(self.build, "tests", "chaos", "clock.so")), LC_ALL="C.UTF-8")
        return environment

    @property
    def processes(self):
        return self.supervisor.processes

    def fronts(self):
        return [f"tcp://{self.network.address(name)}:{FRONT}" for name in GATEWAYS]

    def backs(self):
        return [f"tcp://{self.network.address(name)}:{BACK}" for name in GATEWAYS]

    def server_key(self):
        return os.path.join(self.keys, "public", "gateway.cert")

    # ---- start ----

    def run(self, *command, log=None):
        """One command of the preparation, which must succeed."""
        result = subprocess.run(command, env=self.environment("operator"), cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=LIMIT, text=True)
        if log:
            with open(self.log(log), "a") as file:
                file.write(result.stdout)
        if result.returncode != 0:
            raise RuntimeError(f"{os.path.basename(command[0])} ended with {result.returncode}:\n{result.stdout}")
        return result.stdout

    def settings(self, name, kind):
        """The ZPL file of one process."""
        if kind == "gateway":
            address = self.network.address(name)
            values = {"front": f"tcp://{address}:{FRONT}", "back": f"tcp://{address}:{BACK}",
                      "certificate": f"{self.keys}/gateway/gateway.cert_secret", "workers": f"{self.keys}/gateway/workers"}
        else:
            values = {"gateways": ",".join(self.backs()), "gateway-certificate": self.server_key(),
                      "certificate": f"{self.keys}/{kind}/curve.cert_secret", "token-keys": f"{self.keys}/public/token.public",
                      "db-hosts": f"{self.network.address('database')}:{PORT}", "db-password-file": f"{self.keys}/{kind}/db.password"}
        if kind == "auth":
            values["signing-key"] = f"{self.keys}/auth/token.secret"
        if kind == "lookup":
            values.update({"index-dir": self.path("index"), "journal-dir": self.path(f"journal-{name}")})
        file = self.path(f"{name}.zpl")
        with open(file, "w") as out:
            out.writelines(f'{key} = "{value}"\n' for key, value in values.items())
        return file

    def add(self, name):
        kind = MACHINES[name]
        command = self.database.command() if kind == "database" else [self.program(f"lexmq-{kind}"), "--config", self.settings(name, kind)]
        process = Process(name, kind, [*self.network.enter(name), *command], self.log(name), self.environment(kind))
        self.supervisor.add(process).start()

    def start(self):
        self.run(self.program("lexmq-keygen"), self.keys)
        self.database.create()
        self.add("database")
        self.wait(self.database.answers, "the database")
        self.run(self.program("lexmq-migrate"), "bootstrap", "--db-hosts", f"unix:{self.database.socket}", "--db-user",
                 self.database.user, "--keys", self.keys, "--sql", os.path.join(TOP, "sql"), log="migrate")
        self.import_book(WORDBOOK, "lexmq")
        self.import_extra()
        for name, kind in MACHINES.items():
            if kind != "database":
                self.add(name)
        for front in self.fronts():
            self.wait(lambda front=front: self.complete(front), f"all workers at {front}")
        self.supervisor.begin()

    @staticmethod
    def wait(condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"not within {seconds} s: {what}")
            time.sleep(0.05)

    def client(self, *arguments, front, seconds=2):
        """The result of the program lexmq, run where the clients are."""
        return subprocess.run([*self.network.enter("clients"), self.program("lexmq"), "--gateway", front, "--server-key", self.server_key(),
                               "--timeout", str(seconds), *arguments], env=self.environment("operator"), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, text=True)

    def complete(self, front):
        """True when all workers are registered there."""
        result = self.client("status", "--json", front=front)
        if result.returncode != 0:
            return False
        counts = {s["service"]: s["workers"] for s in json.loads(result.stdout)["services"]}
        return all(counts.get(kind, 0) >= list(MACHINES.values()).count(kind) for kind in ("auth", "lookup", "history"))

    # ---- while it runs ----

    def importer(self, file, name):
        return [self.program("lexmq-dict"), "import", file, "--name", name, "--format", "wordbook", "--db-hosts",
                f"unix:{self.database.socket}", "--db-password-file", f"{self.keys}/import/db.password"]

    def import_book(self, file, name):
        self.run(*self.importer(file, name), log="import")

    def import_extra(self):
        """A changed dictionary, so that the lookup workers build its index anew. May fail, as the database may."""
        self.imports += 1
        file = self.path("extra.txt")
        with open(file, "w") as out:
            out.write(f"# lexmq word book 1\ncampaignword{self.imports}   n. a word of the campaign\n")
        with open(self.log("import"), "a") as log:
            return subprocess.run(self.importer(file, EXTRA), env=self.environment("operator"), stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, timeout=LIMIT).returncode == 0

    def stale_index(self):
        """Text when the index of the extra dictionary's current version is not there, else empty."""
        result = subprocess.run(["mariadb", "--no-defaults", *self.database.administrator(), "-N", "-B", "-e",
                                 f"SELECT version FROM lexmq_dict.dictionaries WHERE name = '{EXTRA}'"], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, text=True)
        version = result.stdout.strip()
        there = result.returncode == 0 and glob.glob(self.path("index", f"{EXTRA}.{version}.*.lexidx"))
        return "" if there else f"no index of version {version} of the dictionary {EXTRA}"

    def backlog(self):
        """Bytes that wait in the journals."""
        total = 0
        for file in glob.glob(self.path("journal-*", "*.journal")):
            try:
                total += max(0, os.path.getsize(file) - JOURNAL_HEADER)
            except FileNotFoundError:
                pass
        return total

    # ---- end ----

    def stop(self):
        """SIGTERM to all, workers of the journals first, the database last. What ended with another status than 0, by name."""
        self.supervisor.finish()
        bad = {}
        for kinds in (("lookup", "auth"), ("history",), ("gateway",)):
            ending = [p for p in self.processes.values() if p.kind in kinds]
            for process in ending:
                process.tell()
            for process in ending:
                status = process.end(END)
                if status:
                    bad[process.name] = status
        return bad

    def close(self):
        """Ends whatever still runs."""
        self.supervisor.finish()
        for process in self.processes.values():
            process.end(1 if process.kind != "database" else END)
