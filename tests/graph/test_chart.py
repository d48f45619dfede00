"""What a picture draws as a line of its own, what it puts together, and what it says in words."""

from __future__ import annotations

import pytest

from tests.graph.machines import DOOR, HUB, known, machine
from verifier.graph.arcs import arcs
from verifier.graph.chart import Chart, chart
from verifier.graph.exhibit import Exhibit, Marked
from verifier.graph.grouping import Edge

pytestmark = pytest.mark.graphviz

DEAD = "force cool"


def drawn(text: str, never: str = "", shown: Exhibit | None = None) -> Chart:
    """The chart of a spec."""
    model = machine(text)
    return chart(model, known(model, never), (), shown)


def between(picture: Chart, start: str | None, goal: str) -> list[Edge]:
    """The edges from one state to another."""
    return [e for e in picture.edges if (e.start, e.goal) == (start, goal)]


def rules(edge: Edge) -> list[str]:
    """The texts on an edge."""
    return [str(x) for x in edge.labels]


def test_states_are_the_control_values_with_what_is_known_of_them() -> None:
    states = {s.name: s for s in drawn(DOOR, DEAD).states}
    assert list(states) == ["OPEN", "CLOSED", "LOCKED", "BROKEN", "MELTED"]
    assert [n for n, s in states.items() if s.initial] == ["CLOSED"]
    assert [n for n, s in states.items() if not s.reached] == ["MELTED"]
    assert [n for n, s in states.items() if s.error] == ["BROKEN"]


def test_the_bits_of_a_set_of_flags_are_shown() -> None:
    picture = drawn("machine m flags F { A, B } named BOTH = {A, B} var f: F = {} rule turn { f' in F }")
    shown = [(s.name, s.detail) for s in picture.states]
    assert shown == [("{}", "0b00"), ("{A}", "0b01"), ("{B}", "0b10"), ("BOTH", "0b11")]


def test_a_state_that_only_failures_lead_to_is_an_error_state() -> None:
    picture = drawn("machine m enum E { A, B, C } var e: E = A arc go: A -> B fails -> C")
    assert [s.name for s in picture.states if s.error] == ["C"]


def test_rules_between_the_same_states_share_an_edge() -> None:
    text = "machine m enum E { A, B } var e: E = A arc walk: A -> B arc fly: A -> B"
    (edge,) = drawn(text).edges
    assert rules(edge) == ["walk", "fly"]


def test_a_rule_that_leads_both_ways_is_one_edge_with_two_heads() -> None:
    picture = drawn(DOOR, DEAD)
    (both,) = [e for e in picture.edges if e.both]
    assert {both.start, both.goal} == {"OPEN", "CLOSED"}
    assert rules(both) == ["toggle"]


def test_a_condition_on_parameters_stands_behind_the_rule() -> None:
    (edge,) = between(drawn(DOOR, DEAD), "CLOSED", "LOCKED")
    assert rules(edge) == ["lock [lockable]"]


def test_arcs_that_no_run_takes_are_edges_of_their_own() -> None:
    picture = drawn(DOOR, DEAD)
    assert {(e.start, e.goal) for e in picture.edges if e.style.taken is False} == {
        ("LOCKED", "OPEN"),
        ("MELTED", "CLOSED"),
    }
    assert picture.idle == ("force", "cool")


def test_failures_are_edges_of_their_own() -> None:
    picture = drawn(DOOR, DEAD)
    (edge,) = [e for e in picture.edges if e.style.failure]
    assert (edge.start, edge.goal, rules(edge)) == ("CLOSED", "BROKEN", ["open.fails"])


def test_rules_that_keep_the_state_are_listed_and_not_drawn() -> None:
    picture = drawn(DOOR, DEAD)
    assert picture.keeping == (("knock", "CLOSED, LOCKED"),)
    assert not any(e.start == e.goal for e in picture.edges)


def test_a_state_that_nothing_touches_is_not_drawn() -> None:
    picture = drawn("machine m enum E { A, B, C } var e: E = A arc go: A -> B")
    assert [s.name for s in picture.states] == ["A", "B"]
    assert [s.name for s in picture.undrawn] == ["C"]


def test_a_rule_from_nearly_everywhere_is_one_arrow() -> None:
    picture = drawn(HUB)
    (home,) = between(picture, None, "HOME")
    assert (home.origin, rules(home)) == ("any state", ["reset"])
    (lost,) = between(picture, None, "LOST_ERROR")
    assert (lost.origin, rules(lost), lost.style.failure) == ("any other state but HOME", ["lose"], True)
    assert not any("reset" in rules(e) for e in picture.edges if e.start is not None)
    assert picture.keeping == ()  # that `reset` keeps HOME is said by "any state"


def test_a_rule_that_leads_from_everywhere_to_everywhere_is_drawn_line_by_line() -> None:
    pairs = [{e.start, e.goal} for e in drawn(HUB).edges if rules(e) == ["go"]]
    assert len(pairs) == 10
    assert all(None not in p for p in pairs)


def test_steps_that_are_shown_have_edges_of_their_own_with_their_marks() -> None:
    steps = (
        Marked("1", ("knock",), "CLOSED", "CLOSED", "knock"),
        Marked("2", ("toggle",), "CLOSED", "OPEN", "toggle"),
        Marked("3", ("toggle",), "OPEN", "CLOSED", "toggle"),
        Marked("4", ("toggle",), "CLOSED", "OPEN", "toggle"),
    )
    picture = drawn(DOOR, DEAD, Exhibit(steps))
    marked = {(e.start, e.goal): rules(e) for e in picture.edges if e.style.marked}
    assert marked == {
        ("CLOSED", "CLOSED"): ["(1) knock"],
        ("CLOSED", "OPEN"): ["(2) (4) toggle"],
        ("OPEN", "CLOSED"): ["(3) toggle"],
    }
    assert rules(next(e for e in between(picture, "CLOSED", "OPEN") if not e.style.marked)) == ["open"]
    assert picture.walked == {"CLOSED", "OPEN"}
    assert picture.keeping == (("knock", "LOCKED"),)


def test_a_step_out_of_nearly_everywhere_does_not_change_the_one_arrow() -> None:
    step = Marked("1", ("reset",), "A", "HOME", "reset")
    picture = drawn(HUB, "", Exhibit((step,)))
    assert [(rules(e), e.origin) for e in picture.edges if e.goal == "HOME" and "reset" in str(rules(e))] == [
        (["(1) reset"], ""),
        (["reset"], "any state"),
    ]


def test_every_arc_is_kept_by_itself_for_programs() -> None:
    model = machine(HUB)
    assert len(chart(model, known(model)).lines) == len(arcs(model))
