"""The checkers that `make sanitize` runs the test suite under, each in a build folder of its own: how a test is started under one,
and what every process that the test started, however deep and however it ended, was found to have done.

    asan       AddressSanitizer, with LeakSanitizer, and UndefinedBehaviorSanitizer
    tsan       ThreadSanitizer
    memcheck   valgrind: memory, leaks and file descriptors; its programs are scripts that wrap.py made

Reports go to files, not to the processes' own output, which tests read, pass on or throw away."""

import os
import re
import shutil
import signal
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TSAN_ADDRESS_BITS = 28  # gcc 12's ThreadSanitizer knows memory that is spread over no more than that
# What valgrind writes: reports as they come, then the signal that ends the process if one does, descriptors, leaks and the sum.
VALGRIND_END = re.compile(r"^==\d+== (?:Process terminating|FILE DESCRIPTORS:|HEAP SUMMARY:)", re.M)
VALGRIND_PLACE = re.compile(r"^==\d+== +at 0x", re.M)
VALGRIND_SUM = re.compile(r"^==\d+== ERROR SUMMARY: [1-9]", re.M)
VALGRIND_SIGNAL = re.compile(r"^==\d+== Process terminating with default action of signal (\d+)", re.M)
VALGRIND_DESCRIPTOR = re.compile(r"^==\d+== Open (?:\S+ socket|file descriptor) (\d+):.*\n==\d+==\s*(.*)", re.M)
ORDERS_TO_END = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)

def chosen(build):
    """The checker that LEXMQ_CHECKER names, or one that does nothing; `build` is the folder for its reports."""
    name = os.environ.get("LEXMQ_CHECKER", "")
    kinds = {kind.name: kind for kind in (Checker, AddressSanitizer, ThreadSanitizer, Memcheck)}
    if name not in kinds:
        raise SystemExit(f"LEXMQ_CHECKER is one of {', '.join(filter(None, kinds))}, not '{name}'")
    return kinds[name](os.path.join(build, "reports"))


class Checker:
    """None."""

    name = ""
    slowness = 1  # so many times what a test takes without

    def __init__(self, folder):
        self.folder = folder

    def command(self, command):
        """The command that starts a test."""
        return command

    def environment(self, name):
        """What a test's environment gets besides; old reports of the test are removed."""
        folder = self._folder(name)
        variables = self.variables(folder)
        if variables:
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            variables["LEXMQ_TEST_PATIENCE"] = str(self.slowness)
        return variables

    def variables(self, folder):
        return {}

    def reports(self, name):
        """What was found in the test's processes, as text; empty when nothing was."""
        folder, texts = self._folder(name), []
        for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, file), errors="replace") as report:
                text = report.read()
            if self.is_bad(text):
                texts.append(text)
        return "\n".join(texts)

    def is_bad(self, text):
        return bool(text.strip())

    def left_out(self, test):
        """Why a test is not run under this checker; None when it is."""
        with open(os.path.join(HERE, "left_out")) as file:
            for line in file:
                if line.startswith(f"{self.name} {test} "):
                    return line.split(" ", 2)[2].strip()
        return None

    def _folder(self, name):
        return os.path.join(self.folder, name.replace(os.sep, "_"))


class AddressSanitizer(Checker):
    name = "asan"
    slowness = 3

    def variables(self, folder):
        options = f"log_path={folder}/report"
        return {"ASAN_OPTIONS": f"{options}:detect_stack_use_after_return=1:strict_string_checks=1", "LSAN_OPTIONS": options,
                "UBSAN_OPTIONS": f"{options}:print_stacktrace=1"}


class ThreadSanitizer(Checker):
    name = "tsan"
    slowness = 5

    def command(self, command):
        with open("/proc/sys/vm/mmap_rnd_bits") as file:
            if int(file.read()) <= TSAN_ADDRESS_BITS:
                return command
        low = ["setarch", "-R"]
        if subprocess.run([*low, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            raise SystemExit("ThreadSanitizer needs `setarch -R` here, which is refused; or, as root, sysctl vm.mmap_rnd_bits=28")
        return [*low, *command]

    def variables(self, folder):
        # Children of a test may start threads; history: enough for the other thread's stack, long after.
        return {"TSAN_OPTIONS": f"log_path={folder}/report:suppressions={HERE}/tsan.supp:die_after_fork=0:history_size=5"
                                ":second_deadlock_stack=1"}


class Memcheck(Checker):
    name = "memcheck"
    slowness = 10

    def variables(self, folder):
        return {"VALGRIND_OPTS": f"--log-file={folder}/report.%p --suppressions={HERE}/valgrind.supp --error-exitcode=99 "
                                 "--leak-check=full --show-leak-kinds=definite,indirect,possible --track-fds=yes "
                                 "--child-silent-after-fork=yes --num-callers=30 --vgdb=no"}

    def is_bad(self, text):
        """Descriptors are listed in any case: those that are the parent's, or 0 to 2, are no fault. A process that was told to
        end and did so at once has lost nothing: what it had open and allocated it was using."""
        end = VALGRIND_END.search(text)
        signals = [int(number) for number in VALGRIND_SIGNAL.findall(text)]
        if VALGRIND_PLACE.search(text, 0, end.start() if end else len(text)):
            return True
        if signals:
            return bool(set(signals) - set(ORDERS_TO_END))
        return bool(VALGRIND_SUM.search(text)) or any(int(number) > 2 and "<inherited from parent>" not in origin
                                                      for number, origin in VALGRIND_DESCRIPTOR.findall(text))
