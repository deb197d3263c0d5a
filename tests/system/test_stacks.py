"""Two stacks side by side, the second start of a stack, and an installed library."""

import os
import subprocess
import tempfile
import unittest

from tests.system.stack import BUILD, TOP, Stack

PROGRAM = """
#include <lexmq.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    lexmq_options_t options = {.gateways = argv[1], .server_key = argv[2]};
    lexmq_t *lexmq = lexmq_new(&options, NULL, 0);
    if (argc != 3 || !lexmq || lexmq_register(lexmq, "linked", "correct horse", NULL, 0, NULL) != LEXMQ_OK)
        return 1;
    const char *words[] = {"abandon"};
    lexmq_definitions_t *found = NULL;
    if (lexmq_define(lexmq, words, 1, NULL, &found) == LEXMQ_OK)
        puts(found->words[0].entries[0].text);
    lexmq_definitions_destroy(&found);
    lexmq_destroy(&lexmq);
    return 0;
}
"""


class Stacks(unittest.TestCase):
    def setUp(self):
        self.one = Stack().up()
        self.addCleanup(self.one.close)

    def test_side_by_side(self):
        two = Stack().up()
        self.addCleanup(two.close)
        self.one.register("one")
        two.lexmq("login", "one", "--password-stdin", stdin="correct horse\n", code=3)
        two.register("one")
        self.one.lexmq("lookup", "abandon")
        self.assertEqual(two.lexmq_json("history", "--json"), [])
        two.script("down")
        self.one.lexmq("lookup", "abandon")

    def test_down_and_up_again_keeps_everything(self):
        self.one.register("keeper")
        self.one.lexmq("lookup", "abandon")
        self.one.script("down")
        for name in ("gateway", "database", "lookup-1", "auth-1", "history-1"):
            self.assertFalse(os.path.exists(os.path.join(self.one.var, "run", name + ".pid")), name)
        shown = self.one.script("up")
        self.assertNotIn("importing", shown)
        self.assertEqual([r["word"] for r in self.one.lexmq_json("history", "--json")], ["abandon"])

    def test_installed_library(self):
        with tempfile.TemporaryDirectory() as root:
            environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
            make = subprocess.run(["make", "-s", "-C", TOP, f"BUILD={os.path.relpath(BUILD, TOP)}", f"PREFIX={root}", "install"], env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
            self.assertEqual(make.returncode, 0, make.stdout)
            source = os.path.join(root, "program.c")
            with open(source, "w") as file:
                file.write(PROGRAM)
            flags = subprocess.run(["pkg-config", "--cflags", "--libs", "lexmq"], stdout=subprocess.PIPE, text=True,
                                   env=dict(os.environ, PKG_CONFIG_PATH=os.path.join(root, "lib", "pkgconfig")), check=True)
            subprocess.run(["cc", "-o", source[:-2], source, *os.environ.get("LEXMQ_SANITIZE", "").split(), *flags.stdout.split(), "-Wl,-rpath," + os.path.join(root, "lib")],
                           check=True, timeout=60)
            key = os.path.join(self.one.var, "keys", "public", "gateway.cert")
            shown = subprocess.run([source[:-2], f"tcp://127.0.0.1:{self.one.port}", key], stdout=subprocess.PIPE, text=True,
                                   timeout=60, check=True).stdout
            self.assertIn("放弃", shown)


if __name__ == "__main__":
    unittest.main()
