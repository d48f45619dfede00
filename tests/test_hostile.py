"""Specs that ask for too much end in a diagnostic or in UNKNOWN, soon."""

import time
from pathlib import Path

import pytest

from verifier.cli.main import run

HUGE = """machine m "Ranges that nobody can list."
var n: int 0..1000000000
rule go(x: int 0..1000000000) when x > n { n' = x }
property a always n <= 1000000000
property b n == 0 leads to n == 5
property c reachable n == 7
property d recoverable n == 3 from n == 4
property e no deadlock
property f deterministic
"""

REFUSED = {
    "cyclic definitions": "machine m\ndef a(y: bool) = b(y)\ndef b(y: bool) = a(y)\nvar x: bool",
    "a set over a huge range": "machine m\nvar s: set of int 0..1000000000\nrule r { }",
    "a map from a huge range": "machine m\nvar s: int 0..1000000000 -> bool\nrule r { }",
    "a long name": f"machine m\nvar {'x' * 10_000}: bool",
    "deep nesting": f"machine m\nvar x: bool\nproperty p always {'(' * 50_000}x{')' * 50_000}",
    "nothing": "",
}


def checked(tmp_path: Path, text: str, *options: str) -> int:
    path = tmp_path / "hostile.arc"
    path.write_text(text, encoding="utf-8")
    started = time.monotonic()
    code = run(["check", str(path), *options])
    assert time.monotonic() - started < 60
    return code


@pytest.mark.parametrize("engine", [None, "bmc", "kinduction", "ic3", "explicit", "witness", "recover", "ranking"])
def test_a_range_of_a_thousand_million_values_is_undecided_at_worst(tmp_path, engine, capfd):
    options = () if engine is None else ("--engine", engine)
    assert checked(tmp_path, HUGE, "--timeout", "3", *options) == 3
    assert "REFUTED  a" not in capfd.readouterr().out


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused(tmp_path, what, capfd):
    assert checked(tmp_path, REFUSED[what]) == 2
    shown = capfd.readouterr()
    assert "error[ARC" in shown.out + shown.err
    assert "Traceback" not in shown.out + shown.err


def test_a_folder_that_holds_no_spec_and_a_spec_that_is_a_folder_are_refused(tmp_path):
    (tmp_path / "folder.arc").mkdir()
    assert run(["check", str(tmp_path)]) == 2
    assert run(["check", str(tmp_path / "folder.arc")]) == 2
