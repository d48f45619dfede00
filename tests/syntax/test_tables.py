"""The grammar and the tables made of it."""

from __future__ import annotations

import json
import subprocess
import sys

from verifier.syntax import compile as grammar
from verifier.syntax.automaton import END, automaton, tables
from verifier.syntax.words import DECLARATIONS, FOREIGN, KEYWORD, MISSING, MISTAKEN, PROPERTY_CLAUSES, SOFT


def test_the_tables_are_those_of_the_grammar() -> None:
    made = grammar.tables(grammar.GRAMMAR.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(made)) == tables(), "make them anew, see verifier/syntax/compile.py"


def test_parsing_imports_no_parser_generator() -> None:
    program = (
        "import sys; from verifier.syntax import parse; from verifier.diagnostics import Source;"
        "parse(Source('x', 'machine m var x: bool')); print('lark' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed == "False\n"


def test_the_words_that_messages_know_are_words_of_the_grammar() -> None:
    found = tables()
    kinds = {kind for actions in found["actions"] for kind in actions}
    assert kinds >= DECLARATIONS | SOFT | PROPERTY_CLAUSES | set(MISSING) | {END}
    assert kinds >= {kind for meant in MISTAKEN.values() for kind in meant}
    assert kinds.isdisjoint(FOREIGN)
    assert all(KEYWORD.fullmatch(word) for word in DECLARATIONS | SOFT)


def test_a_declaration_begins_with_exactly_the_keywords_of_declarations() -> None:
    machine = automaton()
    assert machine.expected(machine.start("declaration")) == DECLARATIONS
