"""Which arcs some run takes: by exploration where that is quick, by claims where it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.graph.machines import DOOR, machine
from verifier import taken as module
from verifier.deciding import decide
from verifier.graph.arcs import arcs
from verifier.model.model import Model
from verifier.model.sorts import BOOL
from verifier.model.terms import Const, Var, eq, implies
from verifier.taken import ContradictionError, initial, taken

LARGE = DOOR.replace("int 0..3", "int 0..3000")
"""Too many values for an exploration."""

OPAQUE = """
machine post

opaque Letter
fun seal(Letter): Letter

enum Place { DESK, BOX, BAG, BIN, LOST }

control place
var place: Place = DESK
var letter: Letter
var kept: Letter

rule write when place == DESK { letter' in Letter  kept' in Letter }
rule copy when place == DESK { kept' = letter  place' = BOX }
rule collect when place == BOX and kept == letter { place' = BAG }
rule reject when place == BOX and kept != letter { place' = BIN }
rule lose when place == DESK and kept != letter { place' = LOST }
"""
"""`reject` is never taken; that `lose` is takes two different letters."""


def verdicts(model: Model) -> dict[str, bool | None]:
    """For each rule that changes the state, whether some run takes its first arc."""
    found = taken(model, arcs(model), 30)
    return {a.rule: found[a] for a in reversed(list(found)) if a.start != a.goal}


@pytest.mark.parametrize("text", [DOOR, LARGE])
def test_arcs_that_only_reachability_rules_out_are_found(text: str) -> None:
    found = verdicts(machine(text))
    assert {r for r, known in found.items() if known is False} == {"force", "cool"}
    assert set(found.values()) == {True, False}


def test_opaque_data_may_have_more_values_than_the_exploration_gives_it() -> None:
    assert verdicts(machine(OPAQUE)) == {"copy": True, "collect": True, "reject": False, "lose": True}


def test_a_cut_off_exploration_leaves_the_rest_to_the_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STATES", 2)
    found = verdicts(machine(DOOR))
    assert {r for r, known in found.items() if known is False} == {"force", "cool"}


def test_every_arc_gets_its_answer_in_its_order() -> None:
    model = machine(DOOR)
    assert list(taken(model, arcs(model), 30)) == list(arcs(model))


def test_without_time_what_is_left_is_not_decided() -> None:
    model = machine(LARGE)
    found = set(taken(model, arcs(model), 1e-9).values())
    assert None in found
    assert False not in found


def test_runs_start_where_the_parameters_let_them() -> None:
    start = "if n > 7 then A else if n > 3 then B else C"
    text = f"machine m param n: int 0..9 where n < 5 enum E {{ A, B, C }} var e: E = {start}"
    assert initial(machine(text), 30) == ("B", "C")


def test_runs_start_where_other_variables_let_them() -> None:
    model = machine("machine m enum E { A, B, C } control e var e: E in {A, B} var b: bool = true")
    bound = implies(Var(BOOL, "b"), eq(Var(model.variables[0].sort, "e"), Const(model.variables[0].sort, "B")))
    assert initial(replace(model, init=(*model.init, bound)), 30) == ("B",)


def test_a_contradiction_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    model = machine(LARGE)
    monkeypatch.setattr(
        module, "decide", lambda task: replace(decide(task), contradiction="a and b contradict each other")
    )
    with pytest.raises(ContradictionError, match="a and b"):
        taken(model, arcs(model), 30)
