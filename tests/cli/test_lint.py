"""`arcproof lint`: what is printed, and what the exit code says."""

from __future__ import annotations

from pathlib import Path

GOOD = "machine m\nvar on: bool = false\nrule press { on' = not on }\n"
BAD = "machine m\nvar on: bool = false\nvar x: bool = false\nrule press { on' = not on  x' = true }\n"


def test_nothing_found_is_0(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(GOOD)
    result = arcproof("lint", "m.arc")
    assert (result.code, result.out, result.err) == (0, "0 findings in 1 spec\n", "")


def test_findings_are_1(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(BAD)
    result = arcproof("lint", ".")
    assert result.code == 1
    assert result.out.startswith("finding[ARC062]: variable x is written and never read\n --> ./m.arc:3:5\n")
    assert result.out.endswith("1 finding in 1 spec\n")


def test_a_spec_with_errors_is_2_and_the_others_are_looked_at(arcproof, folder: Path) -> None:
    (folder / "a.arc").write_text("machine a\nvar x bool\n")
    (folder / "b.arc").write_text(BAD)
    result = arcproof("lint", "a.arc", "b.arc")
    assert result.code == 2
    assert "a.arc:2" in result.err
    assert "b.arc:3:5" in result.out


def test_what_is_undecided_is_3(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text("machine m\nvar n: int 0..2 = 0\nrule r { n' = n + 1 }\nproperty p always n >= 0\n")
    result = arcproof("lint", "m.arc")
    assert result.code == 3
    assert "undecided: everything about the runs of the machine" in result.out
    assert result.out.endswith("0 findings in 1 spec, 1 question undecided\n")


def test_without_a_spec_there_is_nothing_to_do(arcproof, folder: Path) -> None:
    assert arcproof("lint").code == 2
