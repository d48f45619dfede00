"""`arcproof stats`: the numbers, and what the exit code says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SPEC = """machine m
param far: bool
var n: int 0..9 = 0
var stopped: bool = false
rule up when not stopped and n < (if far then 8 else 3) { n' = n + 1 }
rule down when not stopped and n > 0 { n' = n - 1 }
rule stop when n == 2 { stopped' = true }
"""

WRONG = "machine m\nvar n: int 0..3 = 0\nrule up { n' = n + 1 }\n"


def test_numbers_for_each_value_of_the_parameters_and_in_all(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    result = arcproof("stats", "m.arc", "-f", "json")
    data = json.loads(result.out)
    near = {
        "parameters": {"far": False}, "complete": True, "incomplete": None, "states": 5, "transitions": 8, "depth": 3,
        "components": 2, "terminal_components": 1, "largest_component": 4, "deadlocks": 0,
        "firings": {"up": 3, "down": 3, "stop": 2},
    }  # fmt: skip
    assert result.code == 0
    assert data["each"][0] == near
    assert [e["states"] for e in data["each"]] == [5, 10]
    assert data["total"]["states"] == 15
    assert data["total"]["depth"] == 8
    assert data["total"]["firings"] == {"up": 11, "down": 11, "stop": 4}


def test_the_table_says_the_same(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    result = arcproof("stats", "m.arc")
    assert result.code == 0
    rows = [line.split() for line in result.out.splitlines()]
    assert rows[1] == ["far", "=", "false", "5", "8", "3", "2", "1", "4", "0"]
    assert rows[3][-7:] == ["15", "26", "8", "4", "2", "9", "0"]
    assert ["stop", "4"] in rows


def test_a_parameter_can_be_fixed(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(SPEC)
    data = json.loads(arcproof("stats", "m.arc", "--param", "far=true", "-f", "json").out)
    assert [e["parameters"] for e in data["each"]] == [{"far": True}]


@pytest.mark.parametrize(
    ("text", "arguments", "reason"),
    [
        (SPEC, ("--states", "3"), "there are more than 3 states"),
        (WRONG, (), "an int leaves its range"),
    ],
)
def test_what_is_incomplete_is_3_and_says_what_was_explored(text, arguments, reason, arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(text)
    result = arcproof("stats", "m.arc", *arguments)
    assert result.code == 3
    assert f"incomplete: {reason}" in result.out
    data = json.loads(arcproof("stats", "m.arc", "-f", "json", *arguments).out)
    assert data["total"]["complete"] is False
    assert data["total"]["states"] >= 3
    assert data["total"]["components"] is None


def test_states_that_cannot_be_listed_are_2(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text("machine m\nopaque T\nvar x: T\nrule r { x' in T }\n")
    result = arcproof("stats", "m.arc")
    assert result.code == 2
    assert "the states of m.arc cannot be listed" in result.err
