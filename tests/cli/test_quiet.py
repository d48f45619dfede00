"""What hooks need: the class in the first line, and undecided as a remark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Specs = Callable[..., Path]

# `x` follows where `y` has been before: to say so takes the closure of f.
OPEN = """machine m
opaque T
fun f(T): T
param c: T
var x: T = c
var y: T = c
var leading: bool = true
rule lead when leading { y' = f(y) }
rule turn { leading' = false }
rule follow when not leading and x != y { x' = f(x) }
property p never not leading and x != y and f(x) == x
"""


def test_quiet_says_nothing_of_what_is_as_expected(arcproof, specs: Specs) -> None:
    specs("lamp")
    result = arcproof("check", "--quiet", "--property", "starts_dark", "--property", "never_lit")
    assert result.code == 0
    assert result.out.startswith("ALL AS EXPECTED")
    assert result.out.count("\n") == 1


def test_quiet_says_the_class_first_and_then_what_is_wrong(arcproof, specs: Specs) -> None:
    specs("lamp", "broken")
    result = arcproof("check", "-q")
    first, *rest = result.out.splitlines()
    assert result.code == 2
    assert first.startswith("COULD NOT CHECK")
    assert any("spec/broken.arc" in line for line in rest)
    assert not any(line.lstrip().startswith("ok ") for line in rest)


@pytest.mark.parametrize(("choice", "code"), [("fail", 3), ("warn", 0)])
def test_undecided_is_a_failure_unless_it_is_to_be_a_remark(arcproof, folder: Path, choice: str, code: int) -> None:
    (folder / "m.arc").write_text(OPEN)
    result = arcproof("check", "m.arc", "--undecided", choice, "--timeout", "5", "-q")
    assert result.code == code
    assert result.out.startswith("UNDECIDED")


def test_a_remark_hides_no_failure(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(f"{OPEN}property q never x == x\n")
    assert arcproof("check", "m.arc", "--undecided", "warn", "--timeout", "5").code == 1
