"""Traces, forks, lassos and witnesses: right ones are accepted, forged ones refused."""

from dataclasses import replace

import pytest

from tests.checker.machines import forged_traces, judge, machine, prop, refused, run, step, term, verdict
from verifier.checker.certified import EvidenceRefused, Verdict
from verifier.evidence.evidence import (
    Fork,
    Holds,
    Interpretation,
    Invariant,
    Lasso,
    Trace,
    Unknown,
    Unreachable,
    Violated,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import InRange, Reachable
from verifier.model.sorts import Atom
from verifier.model.terms import not_

LIFT = machine("""
machine lift
param attic: bool
enum Floor { GROUND, FIRST, ATTIC }
control floor
var floor: Floor = GROUND
var open: bool = false
var trips: int 0..3 = 0
rule go(to: Floor) when not open and to != floor and (to == ATTIC implies attic) {
  floor' = to
  trips' = if trips < 2 then trips + 1 else 0
}
rule door(on: bool) when open != on and floor != ATTIC { open' = on }
rule shake when open { trips' in {0, 3} }
property never_attic never floor == ATTIC
property closed_above always (floor == FIRST implies not open)
property attic_opened reachable floor == ATTIC
property first_opened reachable (floor == FIRST and open)
property steady every step (trips' == 0 or trips' > trips)
property only_by_going floor == FIRST reached only via shake
property determined deterministic
property no_stop no deadlock
property comes_down floor == FIRST leads to floor == GROUND
property comes_down_fairly floor == FIRST leads to floor == GROUND assuming fair door, go
""")

START = {"floor": "GROUND", "open": False, "trips": 0}
UP = step("go", {"to": "FIRST"}, floor="FIRST", trips=1)
TO_ATTIC = run(LIFT, UP, step("go", {"to": "ATTIC"}, floor="ATTIC", trips=2), initial=START, attic=True)
OPENED = run(LIFT, UP, step("door", {"on": True}, open=True), initial=START, attic=False)


def test_a_run_to_a_bad_state_refutes():
    certified = judge(LIFT, "never_attic", Violated(TO_ATTIC))
    assert (certified.verdict, certified.solver, certified.evidence) == (Verdict.REFUTED, "replay", TO_ATTIC)
    assert verdict(LIFT, "closed_above", Violated(OPENED)) is Verdict.REFUTED


@pytest.mark.parametrize(("name", "trace"), [("never_attic", TO_ATTIC), ("closed_above", OPENED)])
def test_a_trace_with_any_one_position_changed_is_refused(name, trace):
    condition = term(LIFT, name)
    for forged in forged_traces(LIFT, trace):
        try:
            accepted = judge(LIFT, name, Violated(forged))
        except EvidenceRefused:
            continue
        # Another parameter, or another first floor, may also give a run that violates: then it is a right one.
        assert accepted.verdict is Verdict.REFUTED
        assert forged.parameters != trace.parameters, forged
        assert condition is term(LIFT, "closed_above"), forged


def test_a_run_that_ends_well_refutes_nothing():
    assert "does not violate" in refused(LIFT, "never_attic", Violated(OPENED))
    assert "does not violate" in refused(LIFT, "only_by_going", Violated(OPENED))


def test_a_run_proves_no_safety_claim():
    assert "does not prove" in refused(LIFT, "never_attic", Holds(OPENED))


def test_a_bad_last_step_refutes_a_claim_about_steps():
    opened = step("door", {"on": True}, open=True)
    shaken = run(LIFT, opened, step("shake", trips=3), step("shake", trips=3), initial=START, attic=False)
    assert verdict(LIFT, "steady", Violated(shaken)) is Verdict.REFUTED
    assert "does not violate" in refused(LIFT, "steady", Violated(replace(shaken, steps=shaken.steps[:-1])))
    assert verdict(LIFT, "only_by_going", Violated(run(LIFT, UP, initial=START, attic=False))) is Verdict.REFUTED


FORK = Fork(
    run(LIFT, step("door", {"on": True}, open=True), initial=START, attic=False),
    step("shake", **{**START, "open": True}),
    step("shake", **{**START, "open": True, "trips": 3}),
)


def test_two_successors_of_one_instance_refute_determinism():
    assert verdict(LIFT, "determined", Violated(FORK)) is Verdict.REFUTED


@pytest.mark.parametrize(
    "forged",
    [
        replace(FORK, right=FORK.left),
        replace(FORK, right=replace(FORK.right, rule="door")),
        replace(FORK, right=replace(FORK.right, arguments={"to": "FIRST"})),
        replace(FORK, right=replace(FORK.right, state={**FORK.right.state, "trips": 2})),
        replace(FORK, left=replace(FORK.left, state={**FORK.left.state, "floor": "FIRST"})),
        replace(FORK, trace=replace(FORK.trace, steps=())),
        replace(FORK, left=step("door", {"on": False}, **{**START, "open": False})),
    ],
)
def test_a_forged_fork_is_refused(forged):
    refused(LIFT, "determined", Violated(forged))


def test_a_fork_of_a_rule_outside_the_claim_is_refused():
    claim = replace(prop(LIFT, "determined").claim, rules=("go", "door"))
    assert "not of one instance" in refused(LIFT, claim, Violated(FORK))


def test_a_trace_that_could_go_on_is_no_deadlock():
    assert "no deadlock" in refused(LIFT, "no_stop", Violated(OPENED))


PAUSE = machine("""
machine pause
enum Phase { WAIT, WORK, DONE }
control phase
var phase: Phase = WAIT
rule begin when phase == WAIT { phase' = WORK }
rule idle when phase == WORK { phase' = WORK }
rule finish when phase == WORK { phase' = DONE }
property done_is_excused no deadlock except phase == DONE
property never_stops no deadlock
property finishes phase == WORK leads to phase == DONE
property finishes_fairly phase == WORK leads to phase == DONE assuming fair finish
property never_idle phase == WAIT leads to phase == DONE assuming fair begin
property waits_again phase == DONE leads to phase == WAIT
""")
WAIT, WORK, DONE = ({"phase": p} for p in ("WAIT", "WORK", "DONE"))
TO_END = run(PAUSE, step("begin", phase="WORK"), step("finish", phase="DONE"), initial=WAIT)
ROUND = run(PAUSE, step("begin", phase="WORK"), step("idle", phase="WORK"), initial=WAIT)


def test_a_run_into_a_deadlock_refutes_unless_it_is_excused():
    assert verdict(PAUSE, "never_stops", Violated(TO_END)) is Verdict.REFUTED
    refused(PAUSE, "done_is_excused", Violated(TO_END))
    refused(PAUSE, "never_stops", Violated(replace(TO_END, steps=TO_END.steps[:1])))


def test_a_fair_loop_without_the_response_refutes():
    assert verdict(PAUSE, "finishes", Violated(Lasso(ROUND, 1))) is Verdict.REFUTED
    assert verdict(PAUSE, "never_idle", Violated(Lasso(ROUND, 1))) is Verdict.REFUTED


def test_a_lasso_whose_loop_is_unfair_is_refused():
    assert "not fair to finish" in refused(PAUSE, "finishes_fairly", Violated(Lasso(ROUND, 1)))


@pytest.mark.parametrize("loop", [-2, -1, 0, 2, 3])
def test_a_lasso_whose_loop_does_not_close_is_refused(loop):
    assert "not closed" in refused(PAUSE, "finishes", Violated(Lasso(ROUND, loop)))


def test_a_deadlock_with_a_pending_trigger_refutes_and_one_that_is_answered_does_not():
    assert verdict(PAUSE, "waits_again", Violated(TO_END)) is Verdict.REFUTED
    assert "no trigger" in refused(PAUSE, "finishes", Violated(TO_END))
    assert "could go on" in refused(PAUSE, "finishes", Violated(ROUND))


RING = machine("""
machine ring
var on: bool = false
rule turn { on' = not on }
property comes not on leads to on
""")


def test_a_lasso_with_a_response_in_its_loop_is_refused():
    turns = run(RING, step("turn", on=True), step("turn", on=False), initial={"on": False})
    assert "response in the loop" in refused(RING, "comes", Violated(Lasso(turns, 0)))


WITNESS = run(LIFT, UP, step("door", {"on": True}, open=True), initial=START, attic=True)


def test_a_witness_for_each_value_of_the_parameters_proves_reachability():
    assert verdict(LIFT, "first_opened", Holds(Witnesses((OPENED, WITNESS)))) is Verdict.PROVED


@pytest.mark.parametrize("traces", [(), (OPENED,), (OPENED, OPENED), (WITNESS, TO_ATTIC)])
def test_witnesses_that_leave_out_a_value_of_the_parameters_are_refused(traces):
    refused(LIFT, "first_opened", Holds(Witnesses(traces)))


def test_every_forged_witness_is_refused():
    for forged in forged_traces(LIFT, WITNESS):
        refused(LIFT, "first_opened", Holds(Witnesses((OPENED, forged))))


def test_a_trace_alone_proves_reachability_where_there_are_no_parameters():
    claim = Reachable(prop(PAUSE, "finishes").claim.response)
    assert verdict(PAUSE, claim, Holds(TO_END)) is Verdict.PROVED
    refused(PAUSE, claim, Holds(ROUND))
    refused(LIFT, "first_opened", Holds(OPENED))
    refused(PAUSE, claim, Violated(TO_END))


def test_unreachability_is_shown_for_allowed_parameters_only():
    never = (not_(term(LIFT, "never_attic")),)
    assert verdict(LIFT, "attic_opened", Violated(Unreachable({"attic": False}, never))) is Verdict.REFUTED
    for parameters in ({"attic": True}, {"attic": 7}, {"other": True}, {}):
        refused(LIFT, "attic_opened", Violated(Unreachable(parameters, never)))
    refused(LIFT, "attic_opened", Violated(Unreachable({"attic": False}, ())))
    refused(LIFT, "attic_opened", Holds(Invariant(never)))


OPAQUE = machine("""
machine store
opaque Item
fun next(Item): Item
fun weight(Item): int 0..2
var held: Item
var first: Item
rule take(other: Item) when next(other) != other { held' = next(other) }
property same always held == first
property light always weight(held) < 2
""")
A, B, C = (Atom("Item", i) for i in range(3))
MEANING = Interpretation({"Item": 2}, {"next": ({(A,): B}, A), "weight": ({(B,): 2}, 0)})
TAKEN = Trace({}, {"held": A, "first": A}, (step("take", {"other": A}, held=B, first=A),), MEANING)


def test_a_run_in_an_interpretation_refutes():
    assert verdict(OPAQUE, "same", Violated(TAKEN)) is Verdict.REFUTED
    assert verdict(OPAQUE, "light", Violated(TAKEN)) is Verdict.REFUTED


@pytest.mark.parametrize(
    "meaning",
    [
        Interpretation({"Item": 1}, MEANING.functions),  # B does not exist
        Interpretation({"Item": 0}, MEANING.functions),  # an opaque sort is not empty
        Interpretation({"Item": 2}, {"weight": MEANING.functions["weight"]}),  # next has no meaning
        Interpretation({"Item": 2}, {**MEANING.functions, "next": ({(A,): C}, A)}),
        Interpretation({"Item": 2}, {**MEANING.functions, "next": ({}, A)}),
        Interpretation({"Item": 2}, {**MEANING.functions, "weight": ({(B,): 3}, 0)}),
        Interpretation({"Item": 2}, {**MEANING.functions, "weight": ({(B,): 2}, -1)}),
    ],
)
def test_a_run_in_a_wrong_interpretation_is_refused(meaning):
    refused(OPAQUE, "same", Violated(replace(TAKEN, interpretation=meaning)))


def test_an_argument_outside_the_interpretation_is_refused():
    meaning = Interpretation({"Item": 2}, {**MEANING.functions, "next": ({}, B)})
    taken = step("take", {"other": C}, held=B, first=A)
    refused(OPAQUE, "same", Violated(replace(TAKEN, interpretation=meaning, steps=(taken,))))


COUNTER = machine("""
machine counter
var n: int 0..5 = 0
rule add(more: int 1..3) when n < 4 { n' = n + more }
property small always n < 6
""")


def test_a_run_to_a_state_from_which_an_int_leaves_its_range_refutes_the_range_check():
    near = run(COUNTER, step("add", {"more": 3}, n=3), initial={"n": 0})
    assert verdict(COUNTER, InRange(), Violated(near)) is Verdict.REFUTED
    refused(COUNTER, InRange(), Violated(run(COUNTER, initial={"n": 0})))
    beyond = (*near.steps, step("add", {"more": 3}, n=6))
    refused(COUNTER, InRange(), Violated(replace(near, steps=beyond)))


def test_an_answer_without_evidence_is_unknown_with_its_reason():
    certified = judge(LIFT, "never_attic", Unknown("no luck"))
    assert (certified.verdict, certified.reason, certified.evidence) == (Verdict.UNKNOWN, "no luck", None)


def test_assuming_restricts_the_runs():
    model = machine("""
machine jump
var n: int 0..3 = 0
rule step when n < 3 { n' = n + 1 }
property low assuming n != 2 always n < 3
""")
    trace = run(model, *(step("step", n=i) for i in (1, 2, 3)), initial={"n": 0})
    with pytest.raises(EvidenceRefused, match="not a run"):
        judge(model, "low", Violated(trace))
    assert verdict(model, prop(model, "low").claim, Violated(trace)) is Verdict.REFUTED
