"""Every way of finding a word, over the wire: the rules of define, the strategies of match, fields, filters and pages."""

import json
import os
import re
import unittest

from tests.system.stack import Stack, wait_until

ECDICT = """word,phonetic,definition,translation,pos,collins,oxford,tag,bnc,frq,exchange,detail,audio
go,gou,"v. move along\\nn. a time for working",v. 去；走,n:4/v:96,5,1,zk gk,40,35,p:went/d:gone/i:going/3:goes,,
gone,gɔn,adj. having left,a. 离去的,,1,,zk,1000,900,0:go/1:d,,
good,gud,adj. having desirable qualities,a. 好的,j:90/n:10,5,1,zk gk,90,80,r:better/t:best,,
goose,gu:s,n. a water bird,n. 鹅,,2,,cet4,5000,4800,s:geese,,
goodness,,n. the quality of being good,n. 善良,,,,gre,,,,,
"ice cream",,,n. 冰淇淋,,,,zk,,,,,
café,,,n. 咖啡馆,,,,,,,,,
"""

CEDICT = """# a dictionary for tests
中國 中国 [Zhong1 guo2] /China/Middle Kingdom/
行 行 [xing2] /to walk/to go/
行 行 [hang2] /row/profession/
綠色 绿色 [lu:4 se4] /green/
"""

LEMMAS = """; made up for tests
foot/500 -> feet,footed
leaf/70 -> leaves
leave/900 -> leaves,left,leaving
good/800 -> guid
"""


def setUpModule():
    global stack
    stack = Stack(dictionaries="").up()
    unittest.addModuleCleanup(stack.close)  # also when something below fails
    for name, text, form in (("ec", ECDICT, "ecdict"), ("zh", CEDICT, "cedict"), ("forms", LEMMAS, "lemma")):
        path = os.path.join(stack.var, "tmp", name + ".txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        stack.script("import", path, name, form)
    stack.register("searcher")
    for worker in ("lookup-1", "lookup-2"):
        wait_until(lambda: all(re.search(f"dictionary {name} version [0-9]+ is served", stack.log(worker))
                               for name in ("ec", "zh", "forms")), f"{worker} serves all three")


def define(word, *options, code=0):
    result = stack.lexmq_result("lookup", "--json", *options, "--", word)
    if code is not None and result.returncode != code:
        raise AssertionError(result.stderr)
    return json.loads(result.stdout)


def match(*arguments, code=0):
    return stack.lexmq_json("match", "--json", *arguments, code=code)


def words(*arguments, code=0):
    return [found["word"] for found in match(*arguments, code=code)]


class Define(unittest.TestCase):
    def expect(self, word, rule, headwords, *options):
        found = define(word, *options, code=0 if rule else 1)
        self.assertEqual((found["rule"] or "", [entry["headword"] for entry in found["entries"]]), (rule, headwords))
        return found

    def test_the_rules_in_their_order(self):
        self.expect("good", "exact", ["good"])
        self.expect("GOOD", "case", ["good"])
        self.expect("cafe", "accent", ["café"])
        self.expect("ice-cream", "punctuation", ["ice cream"])
        self.expect("went", "lemma", ["go"])
        self.expect("guid", "lemma", ["good"])
        self.expect("geese", "lemma", ["goose"])
        self.expect("gooses", "lemma", ["goose"])
        self.expect("gone", "exact", ["gone"])
        self.expect("zhōngguó", "reading", ["中国"])
        self.expect("hang2", "reading", ["行"])
        self.expect("善良", "explanation", ["goodness"])
        self.expect("kingdom", "explanation", ["中国"])
        self.expect("goodnesz", "", [])

    def test_an_alias_leads_to_its_entry(self):
        self.assertEqual(self.expect("中國", "exact", ["中国"])["entries"][0]["aliases"], ["中國"])

    def test_fields_are_there_when_the_dictionary_has_them(self):
        entry = define("go")["entries"][0]
        self.assertEqual(entry["phonetic"], "gou")
        self.assertEqual(entry["pos"], "n:4/v:96")
        self.assertEqual(entry["tags"], ["zk", "gk"])
        self.assertEqual((entry["collins"], entry["oxford"], entry["bnc_rank"], entry["modern_rank"]), (5, 1, 40, 35))
        self.assertEqual(entry["forms"], "p:went/d:gone/i:going/3:goes")
        self.assertEqual(define("中国")["entries"][0]["phonetic"], "Zhōng guó")
        self.assertNotIn("phonetic", define("goodness")["entries"][0])

    def test_a_dictionary_can_be_chosen(self):
        self.expect("green", "explanation", ["绿色"], "--dict", "zh")
        self.expect("green", "", [], "--dict", "ec")

    def test_tables_of_forms_are_no_dictionaries(self):
        self.assertEqual([d["name"] for d in stack.lexmq_json("dicts", "--json")], ["ec", "zh"])
        self.expect("foot", "", [])

    def test_people_are_told_how_a_word_was_found(self):
        shown = stack.lexmq("lookup", "went")
        self.assertIn("lemma", shown)
        self.assertIn("gou", shown)


class Match(unittest.TestCase):
    def test_each_strategy(self):
        for strategy, pattern, expected in (
                ("exact", "good", ["good"]), ("prefix", "goo", ["good", "goodness", "goose"]), ("suffix", "ness", ["goodness"]),
                ("substring", "oo", ["good", "goodness", "goose"]), ("word", "cream", ["ice cream"]), ("first", "ice", ["ice cream"]),
                ("last", "cream", ["ice cream"]), ("wildcard", "g?o*e", ["goose"]), ("re", "^go+d$", ["good"]),
                ("soundex", "goad", ["good"]), ("lev", "goosd", ["good", "goose"]), ("nprefix", "goo", ["good", "goodness", "goose"]),
                ("reading", "lüse", ["绿色"]), ("text", "desirable qualities", ["good"])):
            with self.subTest(strategy):
                found = match("--strategy", strategy, pattern)
                self.assertEqual([f["word"] for f in found], expected)
                self.assertEqual({f["rule"] for f in found}, {strategy})

    def test_accents_are_folded_last(self):
        self.assertEqual([(f["word"], f["rule"]) for f in match("--strategy", "prefix", "caf")], [("café", "prefix")])
        self.assertEqual([(f["word"], f["rule"]) for f in match("--strategy", "suffix", "fe")], [("café", "accent")])

    def test_a_limit_cuts_the_list_and_says_so(self):
        whole = words("--strategy", "substring", "o", "--limit", "100")
        self.assertGreaterEqual(len(whole), 5)
        self.assertEqual(words("--strategy", "substring", "o", "--all"), whole)
        self.assertEqual(words("--strategy", "substring", "o", "--limit", "2"), whole[:2])
        self.assertIn("more", stack.last_error)

    def test_filters_and_order_of_rank(self):
        self.assertEqual(words("--strategy", "prefix", "go", "--tag", "zk"), ["go", "gone", "good"])
        self.assertEqual(words("--strategy", "prefix", "go", "--tag", "zk", "--tag", "gk"), ["go", "good"])
        self.assertEqual(words("--strategy", "prefix", "go", "--collins", "2"), ["go", "good", "goose"])
        self.assertEqual(words("--strategy", "prefix", "go", "--max-rank", "100"), ["go", "good"])
        self.assertEqual(words("--strategy", "substring", "oo", "--sort", "rank"), ["good", "goose", "goodness"])

    def test_distance_and_rank_are_told(self):
        found = match("--strategy", "lev", "--distance", "2", "gosd")
        self.assertEqual([(f["word"], f["distance"]) for f in found][:1], [("good", 1)])
        self.assertEqual(found[0]["rank"], 80)

    def test_nothing_found_is_1_and_a_mistake_is_2(self):
        self.assertEqual(words("--strategy", "prefix", "xyz", code=1), [])
        stack.lexmq("match", "--strategy", "nonsense", "a", code=2)
        stack.lexmq("match", "--strategy", "re", "(", code=3)
        self.assertIn("parenthesis", stack.last_error)

    def test_a_costly_pattern_ends(self):
        stack.lexmq_result("match", "--strategy", "re", "(a|aa|o|oo)+(a|aa|o|oo)+$")
        self.assertEqual(words("--strategy", "exact", "go"), ["go"])


if __name__ == "__main__":
    unittest.main()
