"""What explored the states is said where the time is shown: a report is the same on every machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verifier.statespace import kernel

SPEC = "machine m\nvar n: int 0..9 = 0\nrule up when n < 9 { n' = n + 1 }\nproperty top reachable n == 9\n"


@pytest.fixture
def without_kernel(monkeypatch):
    """A machine on which the kernel cannot be had."""
    monkeypatch.setattr(kernel, "_found", lambda: "there is no C compiler")


@pytest.mark.skipif(kernel.library() is None, reason="there is no C compiler")
def test_the_kernel_is_named_by_stats(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    assert "\nexplored by the C kernel\n" in arcproof("stats", "m.arc").out
    assert json.loads(arcproof("stats", "m.arc", "-f", "json").out)["explorer"] == "the C kernel"


@pytest.mark.usefixtures("without_kernel")
def test_generated_python_is_named_by_stats_with_the_reason(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    told = "explored by generated Python (the kernel is missing: there is no C compiler)"
    assert told in arcproof("stats", "m.arc").out


@pytest.mark.usefixtures("without_kernel")
def test_a_check_without_the_kernel_has_a_note_and_the_same_report(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    options = ("check", "m.arc", "--engine", "explicit", "--jobs", "1", "--no-cache", "--report")
    result = arcproof(*options, "json=without.json")
    assert result.code == 0
    assert result.err.count("note: states were explored by generated Python, for the kernel is missing: there is") == 1
    assert "kernel" not in result.out
    assert "kernel" not in (folder / "without.json").read_text()


def test_a_check_that_explores_nothing_has_no_note(arcproof, folder: Path, without_kernel) -> None:
    (folder / "m.arc").write_text(SPEC)
    assert "kernel" not in arcproof("check", "m.arc", "--engine", "bmc", "--jobs", "1", "--no-cache").err
