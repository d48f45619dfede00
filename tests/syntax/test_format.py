"""The one layout: it says the same, keeps the comments, and follows from the words alone."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.diagnostics import Source, SpecError
from verifier.syntax import parse
from verifier.syntax.format import format_spec
from verifier.syntax.format_document import WIDTH
from verifier.syntax.words import DECLARATIONS

ROOT = Path(__file__).parent.parent.parent
CORPUS = sorted((ROOT / "tests" / "corpus" / "valid").glob("*.arc"))
SPECS = sorted((ROOT / "spec").rglob("*.arc"))
PIECE = re.compile(r'"(?:\\.|[^"\\\n])*"|#[^\n]*|[^\s"#]+|\s+')


def formatted(text: str) -> str:
    return format_spec(Source("t.arc", text))


def comments(text: str) -> list[str]:
    return [p.rstrip() for p in PIECE.findall(text) if p.startswith("#")]


def words(text: str) -> list[str]:
    """The words and signs without those that a layout may leave out."""
    plain = "".join("" if p.startswith("#") else p for p in PIECE.findall(text))
    return re.findall(r'"(?:\\.|[^"\\\n])*"|\w+|[^\s\w]', re.sub(r"[;,]", " ", plain))


def layout(body: str) -> str:
    """The layout of declarations, without the machine's heading."""
    return formatted(f"machine m\n{body}").removeprefix("machine m\n")


@pytest.mark.parametrize("path", [*CORPUS, *SPECS], ids=lambda p: p.stem)
def test_what_is_said_stays_and_the_layout_is_final(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    once = formatted(text)
    assert parse(Source("t.arc", once)) == parse(Source("t.arc", text))
    assert formatted(once) == once
    assert comments(once) == comments(text)
    assert words(once) == words(text)


@pytest.mark.parametrize("path", [*CORPUS, *SPECS], ids=lambda p: p.stem)
def test_only_texts_comments_and_grids_go_beyond_the_width(path: Path) -> None:
    long = [line for line in formatted(path.read_text(encoding="utf-8")).splitlines() if len(line) > WIDTH]
    assert [line for line in long if not re.search(r'"|#|^ *\|', line)] == []


def rearranged(seed: int, text: str, spaces: list[str]) -> str:
    """The text with other white space; lines of grids stay lines."""
    chosen = random.Random(seed)
    found: list[str] = [""]
    in_table, before = False, ""
    for piece in PIECE.findall(text):
        if not piece.isspace():
            if piece in DECLARATIONS and not before.startswith('"'):  # it may follow one in `c "file" table NAME`
                in_table = piece == "table"
            before = piece
            found.append(piece)
        elif found[-1].startswith("#"):
            found.append(chosen.choice(["\n", "\n  "]))
        elif in_table:
            found.append("\n " if "\n" in piece else chosen.choice([" ", "   "]))
        else:
            found.append(chosen.choice(spaces))
    return "".join(found)


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
@settings(max_examples=3, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_the_layout_follows_from_the_words_alone(path: Path, seed: int) -> None:
    text = re.sub(r"\n\n+", "\n", path.read_text(encoding="utf-8"))
    text = "".join(p for p in PIECE.findall(text) if not p.startswith("#"))
    assert formatted(rearranged(seed, text, [" ", "\n", "   ", "\n\t "])) == formatted(text)


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
@settings(max_examples=5, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_comments_anywhere_are_kept(path: Path, seed: int) -> None:
    spaces = [" ", "\n", "\n\n\n", " # behind\n", "\n# above\n", "\n\n  # apart\n\n", "\n# two\n  # lines\n"]
    text = rearranged(seed, path.read_text(encoding="utf-8"), spaces)
    once = formatted(text)
    assert formatted(once) == once
    assert comments(once) == comments(text)
    assert words(once) == words(text)
    assert not re.search(r"\n\n\n|[ \t]\n|^\n", once)


def test_a_long_condition_is_broken_before_its_loosest_operators() -> None:
    names = [f"a_rather_long_name_{i}" for i in range(4)]
    spec = "".join(f"var {n}: bool\n" for n in names)
    claim = f"{names[0]} and {names[1]} implies {names[2]} and {names[3]} or {names[0]} and {names[3]}"
    assert layout(f"{spec}property p always {claim} expect violated").removeprefix(spec) == (
        "property p\n"
        "  always a_rather_long_name_0 and a_rather_long_name_1\n"
        "    implies a_rather_long_name_2 and a_rather_long_name_3 or a_rather_long_name_0 and a_rather_long_name_3\n"
        "  expect violated\n"
    )


def test_grids_are_aligned() -> None:
    grid = "table t: bool, bool -> int -1..9\n| | false | true | # header\n|false|-1|9|\n# second\n| true | 0 | 1 |\n"
    assert layout(grid) == (
        "table t: bool, bool -> int -1..9\n"
        "  |       | false | true |  # header\n"
        "  | false | -1    | 9    |\n"
        "  # second\n"
        "  | true  | 0     | 1    |\n"
    )


def test_a_comment_inside_a_cell_comes_before_its_line() -> None:
    grid = "flags F { A, B }\ntable t: bool -> F\n| false | true |\n| {A, # why\n B} | {} |\n"
    assert layout(grid).splitlines()[2:] == ["  | false  | true |", "  # why", "  | {A, B} | {}   |"]


def test_separators_that_separate_nothing_are_left_out() -> None:
    assert layout("enum E { A, B, }") == "enum E { A, B }\n"
    assert layout("var x: bool\nrule r { x' = true; }").endswith("rule r { x' = true }\n")


def test_a_separator_before_a_sign_stays() -> None:
    body = "var n: int -3..3\nvar m: int -3..3\nrule r { n' = m; -m <= 2; m' = 0 }"
    assert layout(body).endswith("rule r { n' = m;  -m <= 2  m' = 0 }\n")


def test_a_block_that_is_long_has_a_line_for_each_constraint_and_keeps_empty_lines() -> None:
    names = [f"variable_number_{i}" for i in range(4)]
    block = "\n\n\n".join(f"{n}' = true # about {n[-1]}" for n in names[:2]) + f"\n{names[2]}' = false"
    text = layout("".join(f"var {n}: bool\n" for n in names) + f"rule r {{ {block}\n# last\n}}")
    assert text.split("rule r\n")[1] == (
        "  {\n"
        "    variable_number_0' = true  # about 0\n"
        "\n"
        "    variable_number_1' = true  # about 1\n"
        "    variable_number_2' = false\n"
        "    # last\n"
        "  }\n"
    )


def test_comments_stand_with_what_they_stood_with() -> None:
    text = "# head\n\nmachine m # name\nvar x: bool # of x\n  # more of x\n\n\n# of y\nvar y: bool # behind\n# end\n"
    assert formatted(text) == (
        "# head\n\nmachine m  # name\nvar x: bool  # of x\n  # more of x\n\n# of y\nvar y: bool  # behind\n# end\n"
    )


def test_texts_in_pieces_stay_in_pieces() -> None:
    assert layout('def a = true "one" "two"') == 'def a = true\n  "one"\n  "two"\n'


def test_lines_end_as_in_unix() -> None:
    assert formatted("machine m\r\n# c\r\nvar x: bool\r\n") == "machine m\n# c\nvar x: bool\n"


def test_the_deepest_nesting_is_laid_out() -> None:
    deep = "not (" * 95 + "x" + ")" * 95
    assert len(layout(f"var x: bool\nproperty p always {deep}")) > 500


def test_a_syntax_error_is_reported_as_by_the_parser() -> None:
    with pytest.raises(SpecError) as error:
        formatted("machine m\nvar x bool\n")
    assert error.value.diagnostics[0].span is not None
