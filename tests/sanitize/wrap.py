#!/usr/bin/python3
"""Makes a build folder whose programs are scripts that run those of its folder `programs` under valgrind, by exec, so that they keep
their process id. Whoever starts a program there, a test, scripts/stack or a program of ours, starts it under valgrind and need not
know. Options come from VALGRIND_OPTS (checkers.py), so that each test has its own place for reports.

    wrap.py FOLDER"""

import os
import shutil
import sys

SCRIPT = """#!/bin/sh
exec valgrind '{program}' "$@"
"""


def wrap(folder):
    programs = os.path.join(folder, "programs")
    for part in ("bin", "tests"):
        # Also what was wrapped before and has been removed since.
        shutil.rmtree(os.path.join(folder, part), ignore_errors=True)
        for where, _, files in os.walk(os.path.join(programs, part)):
            target = os.path.join(folder, os.path.relpath(where, programs))
            os.makedirs(target)
            for name in files:
                program, script = os.path.join(where, name), os.path.join(target, name)
                if name.endswith(".so"):  # loaded into others
                    os.symlink(program, script)
                    continue
                with open(script, "w") as file:
                    file.write(SCRIPT.format(program=program))
                os.chmod(script, 0o755)
    library = os.path.join(folder, "lib")
    if not os.path.islink(library):
        os.symlink("programs/lib", library)


if __name__ == "__main__":
    wrap(os.path.abspath(sys.argv[1]))
