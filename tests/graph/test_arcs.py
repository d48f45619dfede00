"""Which arcs there are, and for which parameters."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.machines import DOOR, HUB, arc, machine
from verifier.diagnostics import Span
from verifier.graph.arcs import GraphError, arcs, initial_values
from verifier.graph.conditions import condition
from verifier.model.declarations import Parameter
from verifier.model.sorts import BOOL, EnumSort, values
from verifier.model.terms import TRUE

HERE = Span("machine.arc", 1, 1, 1, 1)
COLOUR = EnumSort("Colour", ("RED", "GREEN", "BLUE"), (0, 1, 2))
PARAMETERS = (Parameter("p", BOOL, TRUE, None, HERE), Parameter("colour", COLOUR, TRUE, None, HERE))
DOMAIN = [dict(zip(("p", "colour"), v, strict=True)) for v in itertools.product(values(BOOL), values(COLOUR))]


def test_an_arc_is_what_control_values_and_arguments_do_not_rule_out() -> None:
    found = {(a.rule, a.start, a.goal) for a in arcs(machine(DOOR))}
    assert ("open", "CLOSED", "OPEN") in found
    assert ("open.fails", "CLOSED", "BROKEN") in found
    assert ("force", "LOCKED", "OPEN") in found  # that `knocks` never gets there is not seen from the control values
    assert {(s, g) for r, s, g in found if r == "toggle"} == {("OPEN", "CLOSED"), ("CLOSED", "OPEN")}
    assert {(s, g) for r, s, g in found if r == "knock"} == {("CLOSED", "CLOSED"), ("LOCKED", "LOCKED")}


def test_arguments_are_tried_one_by_one() -> None:
    found = {(a.start, a.goal) for a in arcs(machine(HUB)) if a.rule == "go"}
    assert found == set(itertools.permutations(("HOME", "A", "B", "C", "D"), 2))


def test_a_condition_names_the_parameters_that_matter() -> None:
    model = machine(DOOR)
    assert arc(model, "lock", "CLOSED").condition == "lockable"
    assert arc(model, "open", "CLOSED").condition == ""


def test_an_arc_that_no_parameter_allows_is_none() -> None:
    model = machine(
        "machine m param p: bool assume not p enum E { A, B } var e: E = A arc a: A -> B when p arc b: B -> A"
    )
    assert [a.rule for a in arcs(model)] == ["b"]


def test_guards_over_many_parameters_are_shown_as_they_stand() -> None:
    model = machine("machine m param n: int 0..1000 enum E { A, B } var e: E = A arc a: A -> B when n < 5 and e == A")
    assert [a.condition for a in arcs(model)] == ["n < 5"]


def test_initial_values_are_those_that_the_initial_constraint_allows() -> None:
    assert initial_values(machine(DOOR)) == ("CLOSED",)
    assert initial_values(machine("machine m enum E { A, B, C } var e: E in {A, C}")) == ("A", "C")


def test_a_machine_without_control_variable_has_no_graph() -> None:
    with pytest.raises(GraphError, match="no control variable"):
        arcs(machine("machine m var b: bool = true"))


def test_a_control_variable_with_too_many_values_is_refused() -> None:
    bits = ", ".join(f"B{i}" for i in range(7))
    with pytest.raises(GraphError, match="128 values"):
        arcs(machine(f"machine m flags F {{ {bits} }} var f: F = {{}}"))


def test_conditions_are_short() -> None:
    def text(*allowed: tuple[bool, str]) -> str:
        return condition(PARAMETERS, [{"p": p, "colour": c} for p, c in allowed], DOMAIN)

    assert text((True, "RED"), (True, "GREEN"), (True, "BLUE")) == "p"
    assert text((False, "RED")) == "not p and colour == RED"
    assert text((True, "RED"), (False, "RED"), (True, "BLUE"), (False, "BLUE")) == "colour in {RED, BLUE}"
    assert text((False, "RED"), (False, "GREEN"), (False, "BLUE"), (True, "RED")) == "colour == RED or not p"


@given(st.sets(st.sampled_from(range(len(DOMAIN))), min_size=1))
def test_a_condition_holds_where_it_should(places: set[int]) -> None:
    allowed = [DOMAIN[i] for i in sorted(places)]
    text = condition(PARAMETERS, allowed, DOMAIN)
    for valuation in DOMAIN:
        assert _holds(text, valuation) is (valuation in allowed)


def _holds(text: str, valuation: dict[str, object]) -> bool:
    """Evaluate the few forms that a condition has."""
    if text == "":
        return True
    names = valuation | {c: c for c in COLOUR.names}
    return bool(eval(text, {"__builtins__": {}}, names))
