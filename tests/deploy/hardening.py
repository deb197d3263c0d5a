"""What docker-compose.yml promises about its containers, looked at from outside (docker inspect) and from inside (/proc)."""

import json

USER = "10001:10001"
# Key folders of each service, all of them files that nobody else has; everybody has the public keys.
SECRETS = {"gateway": {"/keys/gateway"}, "auth-svc": {"/keys/auth"}, "lookup-svc": {"/keys/lookup"},
           "history-svc": {"/keys/history"}, "db": {"/secrets/db-root"}}
WRITABLE = {"lookup-svc": {"/var/lib/lexmq/index", "/var/lib/lexmq/journal"}, "db": {"/var/lib/lexmq-db", "/secrets/db-root"}}
NETWORKS = {"gateway": {"front", "back"}, "auth-svc": {"back", "data"}, "lookup-svc": {"back", "data"},
            "history-svc": {"back", "data"}, "db": {"data"}}
WITH_A_WAY_OUT = {"front"}
PROCESS = {"CapEff": "0" * 16, "CapPrm": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1", "Seccomp": "2",
           "Uid": "\t".join(["10001"] * 4), "Gid": "\t".join(["10001"] * 4)}
LINE_KEYS = {"time", "level", "program", "message"}


def equal(found, expected, what):
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, not {expected!r}")


def check(project):
    """Every service of the project."""
    services = {container.service for container in project.containers()}
    equal(services, set(SECRETS) | {"init"}, "services")
    for service in sorted(SECRETS):
        for container in project.containers(service):
            check_outside(project, service, container.id)
            check_inside(project, service, container.id)
    for network in {name for names in NETWORKS.values() for name in names}:
        facts = project.engine.inspect(f"{project.name}_{network}")
        equal(facts["Internal"], network not in WITH_A_WAY_OUT, f"network {network} has no way out")


def check_outside(project, service, container):
    facts = project.engine.inspect(container)
    host = facts["HostConfig"]
    equal(facts["Config"]["User"], USER, f"user of {service}")
    equal(host["ReadonlyRootfs"], True, f"read-only root of {service}")
    equal((host["CapDrop"], host["CapAdd"] or [], host["Privileged"]), (["ALL"], [], False), f"capabilities of {service}")
    equal(host["SecurityOpt"], ["no-new-privileges:true"], f"security options of {service}")
    for limit in "PidsLimit", "Memory":
        if not host[limit] or host[limit] < 1:
            raise AssertionError(f"{service} has no {limit}")
    equal(host["LogConfig"], {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}, f"log of {service}")
    published = {port: binding for port, binding in facts["NetworkSettings"]["Ports"].items() if binding}
    front = {"5555/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(project.port)}]}
    equal(published, front if service == "gateway" else {}, f"published ports of {service}")
    networks = {f"{project.name}_{name}" for name in NETWORKS[service]}
    equal(set(facts["NetworkSettings"]["Networks"]), networks, f"networks of {service}")
    mounts = {mount["Destination"]: mount for mount in facts["Mounts"]}
    equal({mount["Type"] for mount in mounts.values()}, {"volume"}, f"kinds of mounts of {service}")
    equal({place for place, mount in mounts.items() if mount["RW"]}, WRITABLE.get(service, set()), f"writable volumes of {service}")
    equal(bool(facts["Config"]["Healthcheck"]), True, f"health check of {service}")


def processes(text):
    """What /proc says of each of several processes. One that is about to become a health check is the engine's own until then."""
    found = []
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "Name":
            found.append({})
        found[-1][name] = value.strip()
    return [process for process in found if not process["Name"].startswith("runc")]


def check_inside(project, service, container):
    def inside(script):
        return project.engine.docker("exec", container, "sh", "-c", script)

    for process in processes(inside("cat /proc/[0-9]*/status 2>/dev/null || true")):
        for name, expected in PROCESS.items():
            equal(process[name], expected, f"{name} of {process['Name']} in {service}")
    equal(inside("touch /usr/local/bin/x 2>/dev/null || echo refused").strip(), "refused", f"writing to the root of {service}")
    files = inside("find /keys /secrets -type f -printf '%p %m\\n' 2>/dev/null || true").splitlines()
    private = {tuple(line.split()) for line in files if not line.startswith("/keys/public/")}
    folders = {"/".join(path.split("/")[:3]) for path, _ in private}
    equal(folders, SECRETS[service], f"secrets that {service} sees")
    equal({mode for path, mode in private if not path.endswith(".cert")}, {"600"}, f"modes of the secrets of {service}")


def check_labels(project):
    for image in "lexmq", "lexmq-db":
        labels = project.engine.inspect(f"{image}:{project.name}")["Config"]["Labels"]
        for label in "title", "description", "licenses", "version", "revision":
            if not labels.get(f"org.opencontainers.image.{label}"):
                raise AssertionError(f"{image} has no label {label}")
        equal(labels["org.opencontainers.image.title"], image, "title")
        equal(labels["org.opencontainers.image.revision"], project.revisions[-1], f"revision of {image}")


def check_logs(project):
    """Every line of every container is one JSON object with the same keys; returns how many lines there were."""
    lines = 0
    for service in sorted(set(SECRETS) | {"init"}):
        log = project.logs(service)
        if not log and service != "history-svc":
            raise AssertionError(f"{service} says nothing")
        for line in log:
            try:
                found = json.loads(line)
            except ValueError:
                raise AssertionError(f"{service} logs {line!r}") from None
            if not LINE_KEYS <= set(found):
                raise AssertionError(f"{service} logs {line!r} without {LINE_KEYS - set(found)}")
            lines += 1
    return lines
