"""The base image of Lexmq's images, for an engine that may have no registry."""

import os
import subprocess

from tests.deploy.tools import TOP, Unavailable, install, say

IMAGE = "debian:bookworm-slim"
SUITE = "bookworm"
KEPT = os.path.join(TOP, os.environ.get("LEXMQ_BUILD", "build"), "deploy", "base.tar")
PULL_LIMIT = 60  # seconds: without a registry it fails much sooner
MAKE_LIMIT = 600


def provide(engine):
    """Present, else pulled, else made by debootstrap, which is kept in the build folder for the next time."""
    if engine.result("image", "inspect", IMAGE).returncode == 0:
        return
    say(f"pulling {IMAGE}")
    if engine.result("pull", "--quiet", IMAGE, limit=PULL_LIMIT).returncode == 0:
        return
    if not os.path.exists(KEPT):
        say(f"it cannot be pulled; making {IMAGE} with debootstrap")
        make(engine.scratch)
    with open(KEPT, "rb") as archive:
        engine.docker("import", "-", IMAGE, stdin=archive)
    engine.made_base = True


def make(scratch):
    if os.getuid() != 0:
        raise Unavailable(f"{IMAGE} cannot be pulled, and making it with debootstrap takes root")
    install("base")
    root = os.path.join(scratch, "base")
    command(["debootstrap", "--variant=minbase", SUITE, root])
    os.makedirs(os.path.dirname(KEPT), exist_ok=True)
    # What apt fetched is of no use in an image.
    command(["tar", "-C", root, "--exclude=./var/cache/apt/archives/*.deb", "--exclude=./var/lib/apt/lists/*", "-cf",
             KEPT + ".new", "."])
    os.rename(KEPT + ".new", KEPT)
    command(["rm", "-rf", root])


def command(words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=MAKE_LIMIT)
    if done.returncode != 0:
        raise Unavailable(f"{words[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}")
