"""Two revisions of a series, patch by patch."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.versions.mails import box, diff_of, mail
from verifier.versions import Series, pair, read_series
from verifier.versions.rangediff import assignment


def series(*patches: tuple[str, str], revision: int = 1) -> Series:
    """A series of patches, each its subject and the lines that it adds."""
    prefix = "PATCH" if revision == 1 else f"PATCH v{revision}"
    mails = [
        mail(f"[{prefix} {i}/{len(patches)}] {subject}", diff_of("a.arc", added.split()))
        for i, (subject, added) in enumerate(patches, 1)
    ]
    return read_series(box(*mails))


def shown(old: Series, new: Series) -> list[tuple[str, str, str]]:
    """The pairs, as the old subject, the new one and the kind."""
    return [(p.old.subject if p.old else "", p.new.subject if p.new else "", p.kind) for p in pair(old, new)]


ONE, TWO, THREE = ("one", "a b c d e f"), ("two", "p q r s t u"), ("three", "x y z")


def test_series_is_the_same_as_itself() -> None:
    assert shown(series(ONE, TWO), series(ONE, TWO, revision=2)) == [("one", "one", "same"), ("two", "two", "same")]


def test_reordered_patches_are_the_same() -> None:
    assert shown(series(ONE, TWO), series(TWO, ONE)) == [("two", "two", "same"), ("one", "one", "same")]


def test_same_subject_with_other_lines_is_a_change() -> None:
    assert shown(series(ONE, TWO), series(("one", "k l"), TWO)) == [("one", "one", "changed"), ("two", "two", "same")]


def test_same_lines_under_another_subject_are_the_same() -> None:
    assert shown(series(ONE), series(("uno", ONE[1]))) == [("one", "uno", "same")]


def test_like_patch_under_another_subject_is_a_change() -> None:
    assert shown(series(ONE, TWO), series(("due", "p q r s t v"), ("uno", "a b c d e g"))) == [
        ("two", "due", "changed"),
        ("one", "uno", "changed"),
    ]


def test_dropped_patch_stands_before_what_followed_it() -> None:
    assert shown(series(ONE, TWO, THREE), series(ONE, THREE)) == [
        ("one", "one", "same"),
        ("two", "", "dropped"),
        ("three", "three", "same"),
    ]


def test_added_patch_and_one_dropped_at_the_end() -> None:
    assert shown(series(ONE, TWO), series(THREE, ONE)) == [
        ("", "three", "added"),
        ("one", "one", "same"),
        ("two", "", "dropped"),
    ]


def test_unlike_patches_are_not_matched() -> None:
    assert shown(series(ONE), series(TWO)) == [("", "two", "added"), ("one", "", "dropped")]


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_assignment_is_the_cheapest(costs: list[list[int]]) -> None:
    size = len(costs)
    found = assignment(costs)
    assert sorted(found) == list(range(size))
    every = (sum(costs[i][p[i]] for i in range(size)) for p in itertools.permutations(range(size)))
    assert sum(costs[i][found[i]] for i in range(size)) == pytest.approx(min(every))
