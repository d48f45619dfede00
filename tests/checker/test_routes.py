"""Route tables: the checker computes the routes itself, and refuses forged control graphs."""

from dataclasses import replace

import pytest

from tests.checker.machines import judge, machine, prop, refused, term, verdict
from verifier.checker.certified import Verdict
from verifier.evidence.evidence import ArcSet, Holds, RouteTable, Violated
from verifier.model.sorts import BOOL
from verifier.model.terms import FALSE, Const, Param, Var, eq, implies, not_
from verifier.semantics.routes import Kind, route_differences

NET = machine("""
machine net
param bridge: bool
enum Node { A, B, C, D, E }
control node
var node: Node = A
var tired: bool = false
rule walk(to: Node) when (node == A and to == B) or (node == B and to == C) or (node == C and to == A)
{ node' = to }
rule cross when bridge and node == A { node' = D }
rule back when node == D and not tired { node' = A }
rule rest { tired' = false }
def onwards(s: Node) = if s == A then B else if s == B then C else A
def hop(s: Node, g: Node) = if s == A and g == D then D else onwards(s)
def at_d(s: Node, g: Node) = s == D or g == D
def at_e(s: Node, g: Node) = s == E or g == E
property shortest routes walk, cross, back, rest shortest except at_e(start, goal) or at_d(start, goal)
property table_of_hops routes walk, cross, back, rest shortest
  except at_e(start, goal) or (not bridge and at_d(start, goal)) matching hop
property no_way_out routes walk, cross, back, rest shortest
  except start == E or (goal != E and at_d(start, goal)) blocked goal == E
property interior routes walk, cross, back, rest shortest through node != B
  except at_e(start, goal) or at_d(start, goal)
property never_at_e never (node == E)
property awake always not tired
""")
ROUND = (("A", "B"), ("B", "C"), ("C", "A"))
WITHOUT = ArcSet((("bridge", False),), ROUND)
WITH = ArcSet((("bridge", True),), (*ROUND, ("A", "D"), ("D", "A")))
INVARIANT = (term(NET, "awake"), not_(term(NET, "never_at_e")))
NODE = NET.control.sort
AT_D_BY_BRIDGE = implies(eq(Var(NODE, "node"), Const(NODE, "D")), Param(BOOL, "bridge"))
TABLE = RouteTable((WITHOUT, WITH), (*INVARIANT, AT_D_BY_BRIDGE))


@pytest.mark.parametrize("name", ["shortest", "no_way_out", "table_of_hops"])
def test_a_route_table_proves_what_its_routes_say(name):
    certified = judge(NET, name, Holds(TABLE))
    assert (certified.verdict, certified.solver) == (Verdict.PROVED, "cvc5 1.4.2, replay")
    assert "other way" in refused(NET, name, Violated(TABLE))


def test_the_same_route_table_refutes_what_its_routes_deny():
    assert verdict(NET, "interior", Violated(TABLE)) is Verdict.REFUTED
    assert "other way" in refused(NET, "interior", Holds(TABLE))


@pytest.mark.parametrize(
    "forged",
    [
        replace(TABLE, graphs=(WITH,)),
        replace(TABLE, graphs=(WITHOUT, WITH, WITH)),
        replace(TABLE, graphs=(WITHOUT, replace(WITH, parameters=()))),
        replace(TABLE, graphs=(replace(WITHOUT, arcs=WITH.arcs), replace(WITH, arcs=WITHOUT.arcs))),
        *(replace(TABLE, graphs=(WITHOUT, replace(WITH, arcs=WITH.arcs[:i] + WITH.arcs[i + 1 :]))) for i in range(5)),
        *(
            replace(TABLE, graphs=(replace(WITHOUT, arcs=(*ROUND, a)), WITH))
            for a in [("A", "C"), ("A", "D"), ("D", "A")]
        ),
        replace(TABLE, graphs=(WITHOUT, replace(WITH, arcs=(*WITH.arcs, ("E", "A"))))),
        replace(TABLE, graphs=(WITHOUT, replace(WITH, arcs=(*WITH.arcs, ("A", "Z"))))),
        replace(TABLE, conjuncts=(FALSE,)),
        replace(TABLE, conjuncts=()),
        replace(TABLE, conjuncts=TABLE.conjuncts[1:]),
    ],
)
def test_a_forged_route_table_is_refused(forged):
    refused(NET, "shortest", Holds(forged))


def differences(claim, *graphs):
    return route_differences(NET, claim, RouteTable(graphs, ()))


def test_missing_routes_and_ties_are_named_with_their_routes():
    claim = prop(NET, "shortest").claim
    assert differences(claim, WITHOUT, WITH) == ()
    square = replace(WITHOUT, arcs=(("A", "B"), ("A", "E"), ("B", "C"), ("E", "C"), ("C", "A")))
    found = {(d.start, d.goal): (d.kind, d.routes) for d in differences(claim, square)}
    assert found == {
        ("A", "C"): (Kind.TIE, (("A", "B", "C"), ("A", "E", "C"))),
    }
    line = replace(WITHOUT, arcs=(("A", "B"), ("B", "C")))
    assert {(d.start, d.goal, d.kind) for d in differences(claim, line)} == {
        ("B", "A", Kind.MISSING), ("C", "A", Kind.MISSING), ("C", "B", Kind.MISSING),
    }  # fmt: skip


def test_a_wrong_next_hop_is_named_with_both_values():
    claim = prop(NET, "table_of_hops").claim
    turned = replace(WITHOUT, arcs=(("A", "C"), ("C", "B"), ("B", "A")))
    found = differences(claim, turned)
    assert [d.kind for d in found] == [Kind.HOP] * 6
    first = found[0]
    assert (first.start, first.goal, first.expected, first.found) == ("A", "B", "B", "C")
    assert first.routes == (("A", "C", "B"),)


def test_a_blocked_pair_with_a_route_is_named():
    claim = prop(NET, "no_way_out").claim
    there = replace(WITHOUT, arcs=(*ROUND, ("C", "E")))
    assert {(d.start, d.goal, d.kind) for d in differences(claim, there)} == {(s, "E", Kind.BLOCKED) for s in "ABC"}


def test_no_route_leads_through_its_own_goal_or_start():
    claim = replace(prop(NET, "shortest").claim, excluded=FALSE)
    found = {(d.start, d.goal): d for d in differences(claim, WITHOUT)}
    assert ("A", "C") not in found
    assert all(d.kind is Kind.MISSING and not d.routes for d in found.values())
