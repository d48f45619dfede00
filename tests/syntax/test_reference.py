"""The language reference: its examples are specs, its lists are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.syntax import parse
from verifier.syntax.automaton import tables
from verifier.syntax.words import DECLARATIONS, SOFT

TEXT = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```arc\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_reference_has_examples() -> None:
    assert len(EXAMPLES) >= 5
    assert TEXT.count("```arc\n") == len(EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.split()[1])
def test_each_example_is_a_spec(example: str) -> None:
    source = Source("example.arc", example)
    spec = parse(source)
    assert elaborate(spec, source).name == spec.name.name


def test_the_reserved_words_are_listed() -> None:
    (listed,) = re.findall(r"The keywords are reserved:\s+`([^`]*)`", TEXT)
    words = {k for k in tables()["keywords"] if " " not in k}
    assert set(listed.split()) == words - SOFT


def test_each_declaration_occurs_in_an_example_unless_it_is_not_supported() -> None:
    used = {w for example in EXAMPLES for w in re.findall(r"^(\w+)", example, re.MULTILINE)}
    assert DECLARATIONS - {"use", "join"} - used <= {"opaque", "fun", "assume", "control"}
