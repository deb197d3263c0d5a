"""What the compiler and the linker were to put into every program and library that is installed."""

import os
import re
import subprocess
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.path.join(TOP, os.environ.get("LEXMQ_BUILD", "build")))
PROGRAMS = ("lexmq", "lexmq-auth", "lexmq-dict", "lexmq-gateway", "lexmq-history", "lexmq-keygen", "lexmq-lookup", "lexmq-migrate")


def readelf(path, *options):
    return subprocess.run(["readelf", "--wide", *options, path], stdout=subprocess.PIPE, text=True, check=True, timeout=60,
                          env=dict(os.environ, LC_ALL="C")).stdout


def sanitized(path):
    return "__asan_init" in readelf(path, "--dyn-syms") or "__tsan_init" in readelf(path, "--dyn-syms")


class HardenedBuild(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = [os.path.join(BUILD, "bin", name) for name in PROGRAMS] + [os.path.join(BUILD, "lib", "liblexmq.so.0")]
        if any(sanitized(path) for path in cls.files):
            raise unittest.SkipTest("built with a sanitizer, which leaves most of this out")

    def test_position_independent(self):
        for path in self.files:
            self.assertRegex(readelf(path, "--file-header"), r"Type:\s+DYN", path)
            if "/bin/" in path:
                self.assertRegex(readelf(path, "--dynamic"), r"FLAGS_1.*\bPIE\b", path)

    def test_everything_is_bound_at_start_and_read_only_then(self):
        for path in self.files:
            self.assertIn("GNU_RELRO", readelf(path, "--program-headers"), path)
            self.assertRegex(readelf(path, "--dynamic"), r"FLAGS.*\b(BIND_NOW|NOW)\b", path)
            self.assertNotIn("TEXTREL", readelf(path, "--dynamic"), path)

    def test_nothing_is_writable_and_executable(self):
        for path in self.files:
            headers = readelf(path, "--program-headers")
            rights = re.findall(r"^\s+(LOAD|GNU_STACK)(?:\s+0x[0-9a-f]+){5}\s+([RWE ]{3})", headers, re.M)
            self.assertIn("GNU_STACK", dict(rights), path)
            self.assertGreaterEqual(len(rights), 3, path)
            for kind, right in rights:
                self.assertFalse("W" in right and "E" in right, f"{path}: {kind} {right}")

    def test_no_path_to_libraries(self):
        for path in self.files:
            self.assertNotRegex(readelf(path, "--dynamic"), r"\((RPATH|RUNPATH)\)", path)

    def test_stacks_and_buffers_are_checked(self):
        for path in self.files:
            symbols = readelf(path, "--dyn-syms")
            self.assertIn("__stack_chk_fail", symbols, path)
            self.assertRegex(symbols, r"__\w+_chk@", f"{path}: no function of FORTIFY_SOURCE")

    def test_programs_wipe_what_they_free(self):
        for path in self.files:
            exported = re.search(r"\bFUNC\s+GLOBAL\s+DEFAULT\s+\d+\s+free$", readelf(path, "--dyn-syms"), re.M)
            self.assertEqual(bool(exported), "/bin/" in path, path)

    def test_calls_land_on_marked_places(self):
        """The mark of the whole file (.note.gnu.property) is lost where the C library's start files have none, so the code is looked at."""
        mark = {"x86_64": b"\xf3\x0f\x1e\xfa", "aarch64": b"\x3f\x23\x03\xd5"}.get(os.uname().machine)
        if not mark:
            self.skipTest("no such marks on this processor")
        for path in self.files:
            with open(path, "rb") as file:
                self.assertGreater(file.read().count(mark), 40, path)


if __name__ == "__main__":
    unittest.main()
