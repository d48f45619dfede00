"""Places of keys and values: what stands at a place is the key or the value itself."""

from __future__ import annotations

import datetime
import time
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.change.toml import Document, Path, read_toml
from verifier.diagnostics import Span, SpecError

TRICKY = r'''
# a comment with [brackets] = and "quotes"
top = 1
"quoted key" = 'literal # no comment'
'single.quoted' = "a \" quote # and ] sign"
a.b . "c d" = true   # a comment behind
empty = ""
text = """
first [not.a.table]
  "two" quotes, ""escaped \""" here"""
raw = \'\'\'
x = 1 # \'\'\'
list = [ 1, [2, 3], "x]", # ]
  { in-line = [ { deep = "}" } ], other.dotted = 0x1F },
]
none = []
nothing = {}
when = 2027-01-31
at = 2027-01-31 10:20:30 # a date with a space
half = 1.5e-3
[table]   # behind a header
key = 1
  [ table . "sub table" ]
  deep = "ä"
[[array]]
n = 1
[array.child]
n = 11
[[array]]
n = 2
[[array.nested]]
n = 21
[[array.nested]]
n = 22
[array.child]
n = 12
'''.replace("\\'", "'")


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value that is no table and no array of the data, with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from leaves(value, (*path, number))
    else:
        yield path, data


def text_at(document: Document, span: Span) -> str:
    lines = document.source.text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def check_places(document: Document) -> None:
    for path, value in leaves(document.data):
        assert tomllib.loads(f"x = {text_at(document, document.values[path])}") == {"x": value}, path
        named = [p for p in (path[:n] for n in range(1, len(path) + 1)) if isinstance(p[-1], str)]
        for key in named:
            (found,) = tomllib.loads(f"{text_at(document, document.keys[key]).strip('[] ')} = 0").items()
            while isinstance(found[1], dict):  # a header's dotted name ends in the key
                (found,) = found[1].items()
            assert found[0] == key[-1]


def test_what_stands_at_a_place_is_the_key_or_the_value() -> None:
    document = read_toml("t.toml", TRICKY.encode())
    assert len(list(leaves(document.data))) == 24
    check_places(document)


def test_crlf_counts_as_a_line_end() -> None:
    document = read_toml("t.toml", TRICKY.replace("\n", "\r\n").encode())
    check_places(document)


KEYS = st.sampled_from(["a", "b-c", "1", '"d e"', "'#'", '"\\u00e9"'])
SCALARS = st.sampled_from(
    [
        "1",
        "0x1f",
        "true",
        "1e3",
        '"#]}="',
        "'\\'",
        '"\\""',
        '"""x\n"y"""',
        "1979-05-27",
        "inf",
        "'''\n'''",
    ]
)
SPACE = st.sampled_from(["", " ", "\t"])
BREAK = st.sampled_from(["", "\n", " # c ]\n", "\n\n"])


@st.composite
def inline(draw: st.DrawFn, depth: int = 2) -> str:
    """A value as TOML may write it."""
    form = draw(st.integers(0, 2)) if depth else 0
    if form == 1:
        parts = [draw(BREAK) + draw(inline(depth - 1)) + draw(BREAK) for _ in range(draw(st.integers(0, 3)))]
        return "[" + ",".join(parts) + draw(BREAK) + "]"
    if form == 2:
        keys = draw(st.lists(KEYS, unique=True, max_size=3))
        return (
            "{" + ",".join(draw(SPACE) + k + draw(SPACE) + "=" + draw(inline_flat()) for k in keys) + draw(SPACE) + "}"
        )
    return draw(SCALARS)


def inline_flat() -> st.SearchStrategy[str]:
    return SCALARS.filter(lambda text: "\n" not in text)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document of pairs, tables and arrays of tables."""
    lines = [
        f"{k}{draw(SPACE)}={draw(SPACE)}{draw(inline())}{draw(SPACE)}# end" for k in draw(st.lists(KEYS, unique=True))
    ]
    for number in range(draw(st.integers(0, 3))):
        header = draw(st.sampled_from([f"[t{number}]", f"[ t{number} . 'x y' ]", "[[many]]", "[[ many ]]"]))
        lines += [header, *(f"{k} = {draw(inline())}" for k in draw(st.lists(KEYS, unique=True)))]
    return "\n".join(lines) + draw(SPACE)


@given(documents())
def test_places_are_right_in_every_document(text: str) -> None:
    check_places(read_toml("t.toml", text.encode()))


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b"a = = 1\n", "t.toml:1:5", "invalid value"),
        (b"a = 1\nb = 2\na = 3\n", "t.toml:3:6", "overwrite"),
        (b"a = 1\n[t\n", "t.toml:2:3", "expected"),
        (b'a = """\n\n', "t.toml:3:1", "unterminated"),
        (b"a = 1\nb = '\xff'\n", "t.toml:2:1", "not UTF-8"),
        (b"a = " + b"[" * 5000, "t.toml:1:1", ""),
        (b"a = " + b"9" * 5000, "t.toml:1:1", "digits"),
        (b"#" * 1_000_001, "t.toml:1:1", "more than 1,000,000 bytes"),
    ],
)
def test_what_is_not_toml_is_refused_with_its_place(content: bytes, place: str, message: str) -> None:
    with pytest.raises(SpecError) as refused:
        read_toml("t.toml", content)
    (found,) = refused.value.diagnostics
    assert (found.code, str(found.span)) == ("ARC940", place)
    assert message in found.message


def test_the_place_of_what_is_not_there_is_that_of_the_table_around_it() -> None:
    document = read_toml("t.toml", b"\n[a]\n[[b]]\nc = 1\n")
    assert str(document.key(("a", "x"))) == "t.toml:2:1"
    assert str(document.value(("b", 0, "x", "y"))) == "t.toml:3:1"
    assert str(document.key(("x",))) == "t.toml:1:1"
    assert document.tables == ((("a",), 2), (("b", 0), 3))
    assert isinstance(read_toml("t", b"d = 2027-01-31").data["d"], datetime.date)


def test_a_large_file_is_read_quickly() -> None:
    text = "".join(f"[t{n}]\na = 1\n" for n in range(20_000))
    started = time.monotonic()
    document = read_toml("t.toml", text.encode())
    assert time.monotonic() - started < 10
    assert str(document.value(("t19999", "a"))) == "t.toml:40000:5"


@pytest.mark.parametrize(("opening", "closing"), ["[]", ("{a=", "}")])
def test_nesting_is_read_or_refused(opening: str, closing: str) -> None:
    codes = {depth: read_codes(f"x = {opening * depth}1{closing * depth}") for depth in (10, 100, *range(300, 520, 10))}
    assert codes[10] == codes[100] == []
    assert all(found in ([], ["ARC940"]) for found in codes.values())


def read_codes(text: str) -> list[str]:
    """Return the codes of what is wrong with a text."""
    try:
        read_toml("t.toml", text.encode())
    except SpecError as error:
        return [d.code for d in error.diagnostics]
    return []
