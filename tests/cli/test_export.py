"""`arcproof export`: what is written where, and what the exit code says."""

from __future__ import annotations

from pathlib import Path

import pytest

SPEC = """machine m
param p: bool
var on: bool = false
rule press when p or not on { on' = not on }
property off always not on expect violated
property fair_off on leads to not on assuming fair press
property can_be_off recoverable not on from on
"""


@pytest.mark.parametrize(
    ("language", "word", "left_out"),
    [
        ("promela", "active proctype Machine", ("can_be_off",)),
        ("murphi", "startstate", ("fair_off", "can_be_off")),
    ],
)
def test_the_text_goes_to_standard_output_and_remarks_do_not(language, word, left_out, arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    result = arcproof("export", "m.arc", "--to", language)
    assert result.code == 0
    assert word in result.out
    remarks = result.err.splitlines()
    assert [line.split(":")[2] for line in remarks] == [f" property {name}" for name in left_out]


def test_output_goes_to_a_file(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    result = arcproof("export", "m.arc", "--to", "promela", "--property", "off", "-o", "m.pml")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert "assert(holds_off)" in (folder / "m.pml").read_text()


def test_a_parameter_can_be_fixed(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    assert "p_p" in arcproof("export", "m.arc", "--to", "murphi").out
    assert "p_p" not in arcproof("export", "m.arc", "--to", "murphi", "--param", "p=true").out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--property", "can_be_off"), "property can_be_off cannot be said in promela"),
        (("--property", "of"), "no property `of`"),
        (("--param", "q=true"), "no parameter `q`"),
        (("-o", "missing/m.pml"), "cannot write to missing/m.pml"),
    ],
)
def test_what_is_asked_for_in_vain_is_2(arguments, reason, arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    result = arcproof("export", "m.arc", "--to", "promela", *arguments)
    assert result.code == 2
    assert result.out == ""
    assert reason in result.err


def test_a_machine_that_cannot_be_said_is_2(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text("machine m\nopaque T\nvar x: T\nrule r { x' in T }\n")
    result = arcproof("export", "m.arc", "--to", "murphi")
    assert result.code == 2
    assert "m.arc cannot be said in murphi: " in result.err


def test_a_spec_with_errors_is_2(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text("machine m\nvar x bool\n")
    result = arcproof("export", "m.arc", "--to", "murphi")
    assert result.code == 2
    assert "m.arc:2" in result.err
