"""The table of codes, and the nearest name."""

from __future__ import annotations

import re

import pytest

from verifier.diagnostics import CODES, nearest


def test_codes_have_three_digits_and_belong_to_a_known_range() -> None:
    assert [c for c in CODES if not re.fullmatch(r"ARC(00|01|0[2-9]|[1-9]\d)\d", c)] == []


def test_each_code_has_a_title_and_one_sentence() -> None:
    for code, info in CODES.items():
        assert info.title, code
        assert info.title == info.title.strip(" ."), code
        assert re.fullmatch(r"[A-Z0-9`].*\.", info.explanation), code


def test_titles_tell_codes_apart() -> None:
    titles = [info.title for info in CODES.values()]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize(
    ("name", "candidates", "expected"),
    [
        ("rul", ["rule", "role", "arc"], "rule"),
        ("runing", ["RUNNING", "STOP"], "RUNNING"),
        ("xyz", ["rule", "arc"], None),
        ("x", [], None),
        ("ab", ["ac", "ad"], nearest("ab", ["ad", "ac"])),
    ],
)
def test_the_nearest_name_is_the_most_alike(name: str, candidates: list[str], expected: str | None) -> None:
    assert nearest(name, candidates) == expected


def test_a_very_long_name_is_compared_quickly() -> None:
    assert nearest("a" * 1_000_000, ["b" * 10]) is None
