"""What the database has, as files that need no database to be checked: one table a file, a line of names, tabs between fields."""

import os
import subprocess
import sys

LIMIT = 300  # seconds for one table

QUERIES = {
    "history": "SELECT id, user_id, LOWER(HEX(request_id)) AS request, position, found, HEX(word) AS word FROM lexmq_history.lookups ORDER BY user_id, id",
    "clears": "SELECT user_id, LOWER(HEX(request_id)) AS request, done FROM lexmq_history.clears",
    "users": "SELECT id, HEX(name) AS name FROM lexmq_auth.users",
    "sessions": "SELECT LOWER(HEX(id)) AS session, user_id, revoked_at FROM lexmq_auth.sessions",
    "revoked": "SELECT LOWER(HEX(session_id)) AS session, user_id, issued_before FROM lexmq_auth.revoked",
    "erasures": "SELECT user_id FROM lexmq_auth.erasures",
}


def dump(connection_arguments, tables_dir):
    """connection_arguments: options of the mariadb client that reach the server as administrator, as --socket=PATH. Overwrites what was
    dumped before; a table is whole or not there. An AssertionError with what the client said when it failed."""
    os.makedirs(tables_dir, exist_ok=True)
    for table, query in QUERIES.items():
        path = os.path.join(tables_dir, table)
        with open(path + ".new", "wb") as file:
            result = subprocess.run(["mariadb", "--no-defaults", *connection_arguments, "--batch", "--quick", "--raw", "-e", query],
                                    stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.PIPE, timeout=LIMIT)
        if result.returncode != 0:
            raise AssertionError(f"dump of {table}: {result.stderr.decode(errors='replace')}")
        os.rename(path + ".new", path)


def load(tables_dir, table):
    """The rows as maps of text; NULL is None. A table without rows has no line at all."""
    with open(os.path.join(tables_dir, table), encoding="ascii") as file:
        names = file.readline().rstrip("\n").split("\t")
        return [{name: None if field == "NULL" else field for name, field in zip(names, line.rstrip("\n").split("\t"))} for line in file]


def write(tables_dir, table, rows):
    """The same file from maps, for tests of who reads it."""
    os.makedirs(tables_dir, exist_ok=True)
    with open(os.path.join(tables_dir, table), "w", encoding="ascii") as file:
        if rows:
            print(*rows[0], sep="\t", file=file)
        for row in rows:
            print(*("NULL" if field is None else field for field in row.values()), sep="\t", file=file)


if __name__ == "__main__":
    dump(sys.argv[2:], sys.argv[1])
