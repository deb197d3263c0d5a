"""The units of deploy/systemd, as `make install-systemd` installs them: by their text, and by systemd's own tools where those are."""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.path.join(TOP, os.environ.get("LEXMQ_BUILD", "build")))
LIMIT = 60
UNITS = ("lexmq-gateway.service", "lexmq-auth@1.service", "lexmq-lookup@1.service", "lexmq-history@1.service")
EXPOSURE_MAX = 1.5  # of 10, systemd-analyze(1)


def setUpModule():
    global root, units
    root = tempfile.mkdtemp(prefix="lexmq-units-")
    units = os.path.join(root, "usr", "lib", "systemd", "system")
    subprocess.run(["make", "-s", "-C", TOP, "install-systemd", f"DESTDIR={root}", f"PREFIX={BUILD}"], check=True, timeout=LIMIT,
                   env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")})


def tearDownModule():
    shutil.rmtree(root)


def text(unit):
    """A unit with what its drop-ins add, in the order in which systemd reads them."""
    name = re.sub(r"@\w+\.", "@.", unit)
    files = [os.path.join(units, name)]
    files += sorted(glob.glob(os.path.join(units, "lexmq-.service.d", "*.conf")) + glob.glob(os.path.join(units, name + ".d", "*.conf")),
                    key=os.path.basename)
    parts = []
    for path in files:
        with open(path) as file:
            parts.append(file.read())
    return "\n".join(parts)


def value(unit, name):
    """The last one counts."""
    found = re.findall(rf"^{name}=(.*)$", text(unit), re.M)
    return found[-1] if found else None


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        raise unittest.SkipTest("systemd-analyze is not installed; the text was looked at")
    return subprocess.run(["systemd-analyze", "--no-pager", *arguments], env=dict(os.environ, SYSTEMD_UNIT_PATH=units + ":", LC_ALL="C.UTF-8"),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)


class Units(unittest.TestCase):
    def test_each_program_is_started_by_a_user_of_its_own(self):
        with open(os.path.join(root, "usr", "lib", "sysusers.d", "lexmq.conf")) as file:
            users = re.findall(r"^u (\S+)", file.read(), re.M)
        self.assertEqual(sorted(users), sorted({value(unit, "User") for unit in UNITS}))
        for unit in UNITS:
            program = value(unit, "ExecStart")
            self.assertTrue(os.access(program, os.X_OK), program)
            self.assertEqual(os.path.basename(program), value(unit, "User"))

    def test_every_setting_is_one_of_the_program(self):
        for unit in UNITS:
            usage = subprocess.run([value(unit, "ExecStart"), "--help"], stdout=subprocess.PIPE, text=True, check=True, timeout=LIMIT).stdout
            for name in re.findall(r"^Environment=LEXMQ_(\w+)=", text(unit), re.M):
                self.assertIn("--" + name.lower().replace("_", "-") + " ", usage, unit)

    def test_secrets_come_as_credentials(self):
        for unit in UNITS:
            loaded = dict(re.findall(r"^LoadCredential=([^:\n]+):(\S+)$", text(unit), re.M))
            used = set(re.findall(r"^Environment=LEXMQ_\w+=%d/(\S+)$", text(unit), re.M))
            self.assertEqual(set(loaded), used, unit)
            self.assertIn("certificate", loaded)
            service = value(unit, "User").split("-")[1]
            for path in loaded.values():
                self.assertTrue(path.startswith(f"/etc/lexmq/keys/{service}/"), f"{unit}: {path}")
            # A value in a variable could be read by whoever may see the unit.
            self.assertNotRegex(text(unit), r"(?im)^Environment=.*(password|secret|key)=(?!%d/|/)")

    def test_the_target_wants_every_service(self):
        wanted = text("lexmq.target")
        for unit in UNITS:
            self.assertIn(unit, wanted)
            self.assertEqual(value(unit, "PartOf"), "lexmq.target")

    def test_what_no_service_may(self):
        for unit in UNITS:
            for name, wanted in {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateDevices": "yes",
                                 "PrivateTmp": "yes", "CapabilityBoundingSet": "", "RestrictNamespaces": "yes", "LimitCORE": "0",
                                 "ProtectProc": "invisible", "SystemCallArchitectures": "native", "UMask": "0077",
                                 "MemoryDenyWriteExecute": "no" if "lookup" in unit else "yes"}.items():
                self.assertEqual(value(unit, name), wanted, f"{unit} {name}")
            for call in ("seccomp", "landlock_restrict_self", "setrlimit"):
                self.assertIn(call, value(unit, "SystemCallFilter").split(), unit)

    def test_systemd_takes_them(self):
        for unit in (*UNITS, "lexmq.target"):
            result = analyze("verify", "--man=no", unit)
            self.assertEqual((result.returncode, [line for line in result.stdout.splitlines() if "lexmq" in line]), (0, []))

    def test_exposure(self):
        for unit in UNITS:
            result = analyze("security", "--offline=true", f"--threshold={int(EXPOSURE_MAX * 10)}", unit)
            self.assertEqual(result.returncode, 0, result.stdout[-400:])
            self.assertRegex(result.stdout, r"Overall exposure level for .*: \d\.\d")


if __name__ == "__main__":
    unittest.main()
