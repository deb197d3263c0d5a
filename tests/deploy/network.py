"""What an engine of a test does to the network of its namespace, and how it is undone."""

import ipaddress
import json
import os
import random
import re
import subprocess

LIMIT = 30  # seconds for one command
POOL = ipaddress.ip_network("10.213.0.0/16")
PREFIX = "lexmq"  # of bridges


class Network:
    """A bridge of a subnet that nobody has, and the packet filter as it was before."""

    def __init__(self, prefix):
        """`prefix` is the command that enters the namespace, [] for this process's own."""
        self.prefix = prefix
        self.bridge = f"{PREFIX}{random.randrange(1 << 32):08x}"
        self.filter = None

    def run(self, *words, data=None):
        return subprocess.run([*self.prefix, *words], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=LIMIT, check=True).stdout

    def make(self):
        self.filter = self.run("iptables-save")
        taken = [ipaddress.ip_network(route["dst"]) for route in json.loads(self.run("ip", "-4", "-j", "route") or "[]")
                 if route["dst"] != "default"]
        free = [subnet for subnet in POOL.subnets(new_prefix=24) if not any(subnet.overlaps(other) for other in taken)]
        address = next(random.choice(free).hosts())
        self.run("ip", "link", "add", self.bridge, "type", "bridge")
        self.run("ip", "address", "add", f"{address}/24", "dev", self.bridge)
        self.run("ip", "link", "set", self.bridge, "up")

    def unmake(self, others):
        """With `others`, engines that still use the namespace's filter, only the rules of this bridge go."""
        subprocess.run([*self.prefix, "ip", "link", "delete", self.bridge], stderr=subprocess.DEVNULL, timeout=LIMIT)
        if self.filter is None:
            return
        filter_now = self.run("iptables-save") if others else self.filter
        # What was there before may be of another test that has ended since.
        bridges = {link["ifname"] for link in json.loads(self.run("ip", "-j", "link"))}
        gone = re.compile(rf"^-A .*\b({PREFIX}[0-9a-f]{{8}})\b")
        kept = [line for line in filter_now.splitlines(keepends=True)
                if not (found := gone.match(line)) or found.group(1) in bridges]
        self.run("iptables-restore", data="".join(kept))


def engines(prefix, own):
    """Processes other than `own` that are a dockerd in the network namespace that `prefix` enters."""
    here = subprocess.run([*prefix, "readlink", "/proc/self/ns/net"], stdout=subprocess.PIPE, text=True, timeout=LIMIT,
                          check=True).stdout.strip()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == own:
            continue
        try:
            with open(f"/proc/{name}/comm") as file:
                if file.read().strip() == "dockerd" and os.readlink(f"/proc/{name}/ns/net") == here:
                    found.append(int(name))
        except OSError:
            continue
    return found
