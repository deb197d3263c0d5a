"""A MariaDB Galera cluster for a test: three servers as processes on 127.0.0.1, in a scratch folder, on free ports."""

import getpass
import os
import re
import shutil
import signal
import subprocess

from tests.system.stack import free_ports, wait_until

PROVIDER = "/usr/lib/galera/libgalera_smm.so"
# The defaults need some 6 s to give a lost node up; these need 2. They must be there at the start (docs/galera.md).
TIMEOUTS = ("evs.keepalive_period=PT0.3S;evs.inactive_check_period=PT0.3S;evs.suspect_timeout=PT1S;"
            "evs.inactive_timeout=PT2S;evs.install_timeout=PT2S")
PORTS = 4  # of a node: SQL, group, incremental and full state transfer
LIMIT = 120
# rsync's daemon, which receives a full state transfer, writes as nobody when root starts it.
USER = "mysql" if os.getuid() == 0 else getpass.getuser()


class Cluster:
    """Nodes count from 0. A node that is not running has no entry in `processes`."""

    def __init__(self, folder, nodes=3):
        self.folder = folder
        self.count = nodes
        self.base = free_ports(nodes * PORTS)
        self.processes = {}
        os.chmod(folder, 0o711)
        for node in range(nodes):
            for name in ("data", "tmp"):
                os.makedirs(self.path(node, name))
                self.give(self.path(node, name))
            self.give(self.path(node))

    @staticmethod
    def give(path):
        if os.getuid() == 0:
            shutil.chown(path, USER, USER)

    def path(self, node, *names):
        return os.path.join(self.folder, f"node-{node}", *names)

    def port(self, node, offset=0):
        return self.base + node * PORTS + offset

    def socket(self, node):
        return self.path(node, "sock")

    def hosts(self, first=0):
        """All nodes for LEXMQ_DB_HOSTS, beginning with one of them."""
        order = [(first + i) % self.count for i in range(self.count)]
        return ",".join(f"127.0.0.1:{self.port(node)}" for node in order)

    def log(self, node):
        with open(self.path(node, "log"), errors="replace") as file:
            return file.read()

    # ---- processes ----

    def install(self, node):
        subprocess.run(["mariadb-install-db", "--no-defaults", "--user=" + USER, "--datadir=" + self.path(node, "data"),
                        "--tmpdir=" + self.path(node, "tmp"), "--skip-test-db", "--auth-root-authentication-method=socket",
                        "--auth-root-socket-user=" + getpass.getuser()],
                       check=True, timeout=LIMIT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def position(self, node):
        """Where a node was when it was killed; Debian's service asks this as well before it starts one."""
        if not os.path.exists(self.path(node, "data", "grastate.dat")):
            return []
        result = subprocess.run(["mariadbd", "--no-defaults", "--user=" + USER, "--datadir=" + self.path(node, "data"),
                                 "--tmpdir=" + self.path(node, "tmp"), "--socket=" + self.socket(node), "--skip-networking",
                                 "--innodb-log-file-size=64M", "--wsrep-recover"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
        found = re.findall(r"Recovered position: *([0-9a-f-]+:\d+)", result.stdout)
        return ["--wsrep-start-position=" + found[-1]] if found else []

    def start(self, node, new_cluster=False):
        """Starts a node and does not wait until it serves. It is sent what it missed, or everything by a full state transfer."""
        group = ",".join(f"127.0.0.1:{self.port(n, 1)}" for n in range(self.count))
        command = [
            "mariadbd", "--no-defaults", "--user=" + USER, "--datadir=" + self.path(node, "data"),
            "--tmpdir=" + self.path(node, "tmp"), "--socket=" + self.socket(node), "--pid-file=" + self.path(node, "pid"),
            "--bind-address=127.0.0.1", f"--port={self.port(node)}", "--skip-name-resolve", "--character-set-server=utf8mb4",
            "--max-allowed-packet=64M", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=64M", "--max-connections=200",
            "--performance-schema=OFF", "--innodb-flush-log-at-trx-commit=1", "--binlog-format=ROW",
            "--innodb-autoinc-lock-mode=2", "--wsrep-on=ON", "--wsrep-provider=" + PROVIDER, "--wsrep-cluster-name=lexmq",
            "--wsrep-cluster-address=gcomm://" + group, f"--wsrep-node-name=node-{node}",
            f"--wsrep-node-address=127.0.0.1:{self.port(node, 1)}", "--wsrep-sst-method=rsync",
            f"--wsrep-sst-receive-address=127.0.0.1:{self.port(node, 3)}",
            f"--wsrep-provider-options=base_host=127.0.0.1;base_port={self.port(node, 1)};"
            f"gmcast.listen_addr=tcp://127.0.0.1:{self.port(node, 1)};ist.recv_addr=127.0.0.1:{self.port(node, 2)};"
            f"gcache.size=64M;{TIMEOUTS}", *self.position(node)]
        if new_cluster:
            command.append("--wsrep-new-cluster")
        with open(self.path(node, "log"), "ab") as log:
            self.processes[node] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                    start_new_session=True)

    def signal(self, node, number):
        self.processes[node].send_signal(number)

    def kill(self, node):
        """kill -9 of the server and whatever it runs for a state transfer."""
        process = self.processes.pop(node)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=LIMIT)

    def stop(self, node):
        process = self.processes.pop(node)
        process.terminate()
        process.wait(timeout=LIMIT)

    def up(self):
        """The whole cluster from nothing."""
        self.install(0)
        self.start(0, new_cluster=True)
        self.await_size(1)
        for node in range(1, self.count):
            self.start(node)
            self.await_size(node + 1)
        return self

    def close(self):
        for node in list(self.processes):
            self.kill(node)

    # ---- SQL, by the administrator, over the unix socket ----

    def sql(self, node, statement, seconds=30):
        result = subprocess.run(["mariadb", "--no-defaults", "-N", "-B", "--socket", self.socket(node),
                                 "--connect-timeout=5", "-e", statement],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, text=True)
        if result.returncode != 0:
            raise RuntimeError(result.stdout)
        return result.stdout

    def is_synced(self, node, size):
        """True when this node would serve, and counts `size` nodes in its cluster."""
        if self.processes[node].poll() is not None:
            raise AssertionError(f"node {node} has ended:\n{self.log(node)[-6000:]}")
        try:
            shown = self.sql(node, "SHOW STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_size', "
                                   "'wsrep_cluster_status', 'wsrep_local_state_comment')")
        except RuntimeError:
            return False
        found = dict(re.findall(r"^(\w+)\t(.*)$", shown, re.M))
        return found == {"wsrep_ready": "ON", "wsrep_cluster_size": str(size), "wsrep_cluster_status": "Primary",
                         "wsrep_local_state_comment": "Synced"}

    def await_size(self, size, seconds=LIMIT):
        """Until every running node is synced in one cluster of `size`."""
        wait_until(lambda: all(self.is_synced(node, size) for node in list(self.processes)),
                   f"a cluster of {size}", seconds)

    def written(self, node):
        """Write sets that came from this node."""
        return int(self.sql(node, "SHOW STATUS LIKE 'wsrep_replicated'").split()[1])

    def writer(self):
        """The node that most is written to, under load."""
        before = {node: self.written(node) for node in self.processes}

        def busiest():
            more = {node: self.written(node) - count for node, count in before.items()}
            node = max(more, key=more.get)
            return (node,) if more[node] >= 100 else None

        return wait_until(busiest, "something is written")[0]

    def nodes_of(self, account):
        """The nodes that have connections of this account."""
        return [node for node in self.processes if int(self.sql(
            node, f"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE user = '{account}'"))]
