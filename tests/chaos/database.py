"""The campaign's MariaDB: on a small disk of its own, reached by TCP through the wire and by the administrator at its socket."""

import os
import subprocess

LIMIT = 120  # seconds for one command
PORT = 3306


class Database:
    def __init__(self, folder, data, address, log):
        self.data, self.address, self.log = data, address, log
        self.socket = os.path.join(folder, "db.sock")
        self.temporary = os.path.join(folder, "db-tmp")
        os.makedirs(self.temporary, exist_ok=True)
        self.user = "root" if os.geteuid() == 0 else subprocess.run(["id", "-un"], stdout=subprocess.PIPE, text=True, check=True,
                                                                    timeout=LIMIT).stdout.strip()

    def own_user(self):
        return ["--user=root"] if os.geteuid() == 0 else []

    def create(self):
        with open(self.log, "ab") as log:
            subprocess.run(["mariadb-install-db", "--no-defaults", *self.own_user(), f"--datadir={self.data}", f"--tmpdir={self.temporary}",
                            "--skip-test-db", "--auth-root-authentication-method=socket", f"--auth-root-socket-user={self.user}",
                            *self.innodb()], stdout=log, stderr=log, check=True, timeout=LIMIT)

    @staticmethod
    def innodb():
        return ["--innodb-log-file-size=32M", "--innodb-buffer-pool-size=64M", "--innodb-flush-method=fsync"]

    def command(self):
        """What scripts/stack starts it with, but for TCP and sizes."""
        return ["mariadbd", "--no-defaults", *self.own_user(), f"--datadir={self.data}", f"--tmpdir={self.temporary}",
                f"--socket={self.socket}", f"--bind-address={self.address}", f"--port={PORT}",
                f"--pid-file={os.path.join(self.temporary, 'db.pid')}", "--character-set-server=utf8mb4", "--skip-name-resolve",
                "--max-allowed-packet=64M", *self.innodb(), "--innodb-flush-log-at-trx-commit=1", "--max-connections=200",
                "--performance-schema=OFF"]

    def administrator(self):
        """Options of the mariadb program."""
        return [f"--socket={self.socket}", f"--user={self.user}"]

    def answers(self):
        return subprocess.run(["mariadb", "--no-defaults", *self.administrator(), "-e", "SELECT 1"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=LIMIT).returncode == 0
