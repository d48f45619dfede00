"""`arcproof stats`: the numbers, and what the exit code says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks.families import spec
from verifier.report.schema import schema_text

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
    jsonschema.validate(data, json.loads(schema_text("stats")))
    near = {
        "parameters": {"far": False}, "complete": True, "incomplete": None, "states": 5, "transitions": 8,
        "diameter": 3, "components": 2, "terminal_components": 1, "largest_component": 4, "deadlocks": 0,
        "firings": {"up": 3, "down": 3, "stop": 2},
    }  # fmt: skip
    assert result.code == 0
    assert data["each"][0] == near
    assert [e["states"] for e in data["each"]] == [5, 10]
    assert data["total"]["states"] == 15
    assert data["total"]["diameter"] == 8
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
    assert result.err == "arcproof: the states of m.arc cannot be listed: sort T is opaque\n"


def test_a_rule_that_no_run_takes_stands_out(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(
        "machine m\nvar b: bool = false\nrule on { b' = true }\nrule never_so when b != b { b' = b }\n"
    )
    rows = [line.split() for line in arcproof("stats", "m.arc").out.splitlines()]
    assert rows[4:6] == [["on", "2"], ["never_so", "never"]]


@pytest.mark.parametrize(
    ("family", "size", "states", "transitions"), [("devices", 2, 1008, 4302), ("peterson", 3, 705, 1725)]
)
def test_the_families_have_the_numbers_that_are_known(
    family, size, states, transitions, arcproof, folder: Path
) -> None:
    (folder / "m.arc").write_text(spec(family, size))
    total = json.loads(arcproof("stats", "m.arc", "-f", "json").out)["total"]
    assert (total["states"], total["transitions"]) == (states, transitions)
    assert sum(total["firings"].values()) == transitions


def test_threads_change_nothing(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(spec("peterson", 3))
    assert arcproof("stats", "m.arc", "--threads", "3").out == arcproof("stats", "m.arc").out


def test_interchangeable_individuals_are_told_with_what_represents_all_states(arcproof, folder: Path) -> None:
    text = "machine m\nindex T[4]\nvar m: T -> bool = each t in T: false\nrule up(t: T) { m' = m with [t] = true }\n"
    (folder / "m.arc").write_text(text)
    said = "4 individuals of T are interchangeable; 5 states represent all 16"
    assert f"symmetry: {said}" in arcproof("stats", "m.arc").out.splitlines()
    assert json.loads(arcproof("stats", "m.arc", "-f", "json").out)["symmetry"] == said
    (folder / "m.arc").write_text(text + "param first: T\nrule back { m' = m with [first] = false }\n")
    assert "3 individuals of T are interchangeable; not all of T: T[0] is named (parameter first) / " in (
        arcproof("stats", "m.arc").out
    )
