"""What all formats say in the same words."""

from __future__ import annotations

from verifier.report.formats import phrases


def test_of_long_meanings_only_what_differs_is_shown() -> None:
    same = " and ".join(f"x{i} == {i}" for i in range(100))
    before, after = phrases.excerpts(f"{same} and y == 1 and {same}", f"{same} and y == 2 and {same}")
    assert "y == 1" in before
    assert "y == 2" in after
    assert max(len(before), len(after)) < 2 * phrases.AROUND + 30
    assert before.startswith("... ")
    assert before.endswith(" ...")


def test_short_meanings_are_shown_in_full() -> None:
    assert phrases.excerpts("a and b", "a or b") == ("a and b", "a or b")
