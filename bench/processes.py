"""Child processes of the benchmark: each in a session of its own, so that Ctrl-C reaches only us, and all ended by us."""

import os
import signal
import socket
import subprocess
import time

START_SECONDS = 30
STOP_SECONDS = 10


class Failure(Exception):
    """What went wrong, for the user."""


def clean_environment(**more):
    """Ours without LEXMQ_*, which the programs would read as their settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEXMQ_")}
    return {**kept, **more}


def free_ports(count):
    """`count` consecutive ports of the loopback that nobody has now."""
    for _ in range(100):
        held = []
        try:
            first = socket.socket()
            held.append(first)
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            for offset in range(1, count):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.1", port + offset))
            return port
        except (OSError, OverflowError):
            continue
        finally:
            for one in held:
                one.close()
    raise Failure("no free ports on the loopback")


def tail(path, lines=15):
    with open(path, errors="replace") as log:
        return "".join(log.readlines()[-lines:])


class Processes:
    """Background processes, ended in the reverse order of their start."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def start(self, name, *command):
        log = os.path.join(self.folder, name + ".log")
        with open(log, "ab") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                       env=clean_environment(), start_new_session=True)
        self.running.append((name, log, process))
        return process

    def check(self):
        """Fails when one of them has ended."""
        for name, log, process in self.running:
            if process.poll() is not None:
                raise Failure(f"{name} ended with {process.returncode}:\n{tail(log)}")

    def await_port(self, port):
        """Waits until somebody listens."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.check()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Failure(f"nobody listens on port {port} after {START_SECONDS} s")

    def stop(self):
        while self.running:
            _, _, process = self.running.pop()
            self._signal(process, signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            # Also what it forked: dictd has a process for each client.
            self._signal(process, signal.SIGKILL)
            process.wait()

    @staticmethod
    def _signal(process, number):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            pass


def run(*command, env=None, seconds=120, to_the_end=True):
    """Runs a command and returns what it printed. When we are interrupted it still runs to its end, unless it need not:
    a stack that is being started can only be stopped in order once it stands."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env=env or clean_environment(), start_new_session=True)
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Failure(f"{os.path.basename(command[0])} does not end within {seconds} s") from None
    except BaseException:
        if not to_the_end:
            os.killpg(process.pid, signal.SIGKILL)
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        raise
    if process.returncode != 0:
        raise Failure(f"{' '.join(command[:2])} failed:\n{errors.strip()}")
    return output
