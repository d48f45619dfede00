"""A spec may come from a stranger: whatever the bytes, diagnostics come back, and soon."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.diagnostics import CODES, Diagnostic, Source, SpecError
from verifier.syntax import parse, parse_expression, read_source, tree
from verifier.syntax.limits import MAX_BYTES, MAX_DEPTH, MAX_ERRORS, MAX_TOKENS

SECONDS = 10.0  # generous: a busy machine; an idle one needs a tenth


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


def codes(text: str) -> set[str]:
    with pytest.raises(SpecError) as caught:
        parse(Source("h.arc", text))
    return {d.code for d in caught.value.diagnostics}


DEEP = {
    "brackets": ("(", "a + a", ")"),
    "braces": ("{", "a", "}"),
    "calls": ("f(", "a", ")"),
    "keys": ("m[", "a", "]"),
    "negations": ("not ", "a", ""),
    "minuses": ("- ", "a", ""),
    "implications": ("a implies ", "a", ""),
    "conditions": ("if ", "a", " then a else a"),
    "alternatives": ("if a then a else ", "a", ""),
    "definitions": ("let a = a in ", "a", ""),
    "quantifiers": ("all a in a: ", "a", ""),
    "sums": ("a + ", "a", ""),
    "updates": ("", "a", " with [a] = a"),
    "accesses": ("", "a", "[a]"),
}


@pytest.mark.parametrize("kind", sorted(DEEP))
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5_000])
def test_nesting_beyond_the_limit_is_an_error(kind: str, depth: int) -> None:
    before, core, after = DEEP[kind]
    assert codes(f"machine m\nproperty p always {before * depth}{core}{after * depth}") == {"ARC011"}


@pytest.mark.parametrize("kind", sorted(DEEP))
def test_nesting_up_to_the_limit_is_read_and_compared_without_overflow(kind: str) -> None:
    before, core, after = DEEP[kind]
    text = f"{before * (MAX_DEPTH - 1)}{core}{after * (MAX_DEPTH - 1)}"
    one, two = parse_expression(Source("h.arc", text)), parse_expression(Source("h.arc", text))
    assert one == two
    assert hash(one) == hash(two)
    assert repr(one) == repr(two)


@pytest.mark.parametrize("brackets", ["(", "{", "f(", "m[", "if ", "not ", "all a in ", "let a = "])
def test_endless_opening_is_an_error(brackets: str) -> None:
    assert codes(f"machine m\nproperty p always {brackets * 20_000}") == {"ARC011"}


@pytest.mark.parametrize("kind", ["T -> ", "set of ", "("])
def test_deep_types_are_an_error(kind: str) -> None:
    assert codes(f"machine m\nvar x: {kind * 5_000}T") == {"ARC011"}


@pytest.mark.parametrize("operator", ["and", "or"])
def test_a_chain_of_5000_operands_is_one_flat_node(operator: str) -> None:
    chain = parse_expression(Source("h.arc", f" {operator} ".join(["a"] * 5_000)))
    assert isinstance(chain, tree.Junction)
    assert (chain.op, len(chain.operands)) == (operator, 5_000)


def test_long_lists_are_read() -> None:
    text = "machine m\nenum T { " + ", ".join(f"A{n}" for n in range(20_000)) + " }"
    (enum,) = parse(Source("h.arc", text)).declarations
    assert isinstance(enum, tree.EnumDecl)
    assert len(enum.values) == 20_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" " * (MAX_BYTES + 1), "ARC905"),
        ("; " * (MAX_TOKENS + 1), "ARC905"),
        ("machine m\nvar " + "x" * 201 + ": bool", "ARC005"),
        ("machine m\nvar x: bits[" + "1" * 900_000 + "]", "ARC005"),
        ("machine m\0\nvar x: bool", "ARC002"),
        ("machine m\n" + "\ud800" * 1000, "ARC002"),
        ("machine m\n" + '"' * 99_999, "ARC003"),
        ("machine m\ntable f: A -> B\n" + "|\n" * 50_000, "ARC014"),
    ],
    ids=["size", "words", "name", "digits", "nul", "surrogates", "quotes", "bars"],
)
def test_what_is_too_large_or_not_text_is_an_error(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize("line", ["var x =\n", "rule r {\n", "1a\n", "\u00e9 a\n", "| a\n"])
def test_errors_beyond_the_limit_are_cut_off_and_it_says_so(line: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(Source("h.arc", "machine m\n" + line * 20_000))
    found = caught.value.diagnostics
    assert len(found) <= MAX_ERRORS + 1
    assert found[-1].code == "ARC016" or len(found) < MAX_ERRORS


WORDS = [
    "machine",
    "was",
    "m",
    "var",
    "x",
    "x'",
    ":",
    "bool",
    "int",
    "0..3",
    "=",
    "==",
    "rule",
    "{",
    "}",
    "(",
    ")",
    "f(",
    "[",
    "]",
    "property",
    "p",
    "always",
    "every",
    "not",
    "in",
    "and",
    "->",
    "arc",
    "fails",
    "table",
    "|",
    '"t"',
    "c",
    "from",
    "where",
    "let",
    "if",
    "then",
    "else",
    "all",
    ",",
    ";",
    "ltl",
    "&&",
    "=>",
    "stay",
    "any",
    "of",
    "1a",
    "≠",
]


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """The diagnostics of a text; none iff it is a spec."""
    try:
        parse(Source("h.arc", text))
    except SpecError as error:
        return error.diagnostics
    return ()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from([*WORDS, "\n"]), max_size=40))
def test_any_words_give_a_tree_or_known_diagnostics_with_places(words: list[str]) -> None:
    text = "machine m\n" + " ".join(words)
    lines = text.split("\n")
    for diagnostic in diagnostics(text):
        assert diagnostic.code in CODES
        assert diagnostic.span is not None
        assert 1 <= diagnostic.span.line <= len(lines)
        assert 1 <= diagnostic.span.column <= len(lines[diagnostic.span.line - 1]) + 1


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=200))
def test_any_text_gives_a_tree_or_known_diagnostics(text: str) -> None:
    assert {d.code for d in diagnostics(text)} <= set(CODES)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_unless_they_are_no_text(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "h.arc"
    path.write_bytes(data)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        with pytest.raises(SpecError):
            read_source(str(path))
    else:
        assert read_source(str(path)).text == text.removeprefix("\ufeff")


def test_reading_leaves_the_recursion_limit_alone(tmp_path: Path) -> None:
    before = sys.getrecursionlimit()
    codes("machine m\nproperty p always " + "(" * 5_000)
    assert sys.getrecursionlimit() == before
