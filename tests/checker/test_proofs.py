"""Invariants, inductions, closures, plans, traps and rankings: right ones are accepted, forged ones refused."""

import itertools
from dataclasses import replace

import pytest

from tests.checker.machines import judge, machine, prop, refused, run, step, term, verdict
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify, certify_witness
from verifier.evidence.evidence import (
    Bound,
    CellDifference,
    Census,
    Closure,
    Holds,
    Invariant,
    KInduction,
    Plan,
    PlanRow,
    Ranking,
    RankRow,
    SourceMatch,
    Trace,
    Trap,
    Unknown,
    Violated,
)  # fmt: skip
from verifier.model.claims import Always, InRange, Matches, NoDeadlock
from verifier.model.declarations import Binding
from verifier.model.sorts import BOOL, Atom, IntSort
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Bind,
    Binder,
    Call,
    Const,
    Local,
    Op,
    Param,
    Var,
    and_,
    eq,
    not_,
    or_,
)  # fmt: skip
from verifier.semantics.evaluate import Setting
from verifier.semantics.run import initial_states, successors, valuations

GATE = machine("""
machine gate
param spare: bool
enum Lamp { RED, AMBER, GREEN }
control lamp
var lamp: Lamp = RED
var ready: bool = false
var cars: int 0..3 = 0
rule prepare when lamp == RED { lamp' = AMBER  ready' = true }
rule open_up when lamp == AMBER { lamp' = GREEN }
rule pass_by(n: int 1..2) when lamp == GREEN and cars + n <= 2 { cars' = cars + n }
rule close_down when lamp == GREEN { lamp' = RED  ready' = false  cars' = 0 }
rule jump when spare and lamp == RED and ready { lamp' = GREEN }
property few always cars < 3
property green_is_ready always (lamp == GREEN implies ready)
property none_at_red always (lamp == RED implies cars == 0 and not ready)
property none_at_amber always (lamp == AMBER implies cars == 0 and ready)
property by_steps every step (lamp == RED and lamp' == GREEN implies false)
property entered lamp == GREEN reached only via open_up
property determined deterministic
property goes_on no deadlock
property back recoverable lamp == RED from lamp == AMBER
property answered lamp == AMBER leads to lamp == RED assuming fair open_up, close_down
property hollow always (cars == 3 implies ready)
""")
RED_FACT, AMBER_FACT, GREEN_FACT = (term(GATE, n) for n in ("none_at_red", "none_at_amber", "green_is_ready"))
STRONG = (RED_FACT, AMBER_FACT, GREEN_FACT)
LAMP = GATE.control.sort
AT = {name: eq(Var(LAMP, "lamp"), Const(LAMP, name)) for name in LAMP.names}


def test_an_inductive_invariant_proves_a_claim_about_states():
    certified = judge(GATE, "green_is_ready", Holds(Invariant(STRONG)))
    assert (certified.verdict, certified.solver) == (Verdict.PROVED, "cvc5 1.4.2")


@pytest.mark.parametrize("name", ["by_steps", "entered"])
def test_an_inductive_invariant_proves_a_claim_about_steps(name):
    assert verdict(GATE, name, Holds(Invariant(STRONG))) is Verdict.PROVED
    refused(GATE, name, Holds(Invariant(())))


@pytest.mark.parametrize("name", ["determined", "goes_on"])
def test_a_claim_that_holds_in_all_states_needs_no_invariant(name):
    assert verdict(GATE, name, Holds(Invariant(()))) is Verdict.PROVED


def test_the_range_check_is_proved_by_an_invariant():
    assert verdict(GATE, InRange(), Holds(Invariant(()))) is Verdict.PROVED
    wide = machine("""
machine wide
var n: int 0..3 = 0
rule add(more: int 1..2) when n < 2 { n' = n + more }
rule leap when n == 3 { n' = n + 1 }
property never_three never n == 3
""")
    assert "sufficiency" in refused(wide, InRange(), Holds(Invariant(())))


@pytest.mark.parametrize("dropped", range(3))
def test_an_invariant_without_one_of_its_conjuncts_is_refused(dropped):
    left = STRONG[:dropped] + STRONG[dropped + 1 :]
    refused(GATE, "by_steps" if dropped == 0 else "green_is_ready", Holds(Invariant(left)))


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("forge", [not_, lambda c: FALSE, lambda c: and_(c, AT["RED"])])
def test_an_invariant_with_one_conjunct_replaced_is_refused(place, forge):
    conjuncts = (*STRONG[:place], forge(STRONG[place]), *STRONG[place + 1 :])
    refused(GATE, "by_steps", Holds(Invariant(conjuncts)))


def test_an_invariant_with_a_conjunct_that_is_too_weak_is_refused():
    weak = or_(RED_FACT, Var(BOOL, "ready"))
    refused(GATE, "by_steps", Holds(Invariant((weak, AMBER_FACT, GREEN_FACT))))


def test_false_holds_initially_only_if_there_is_no_initial_state():
    assert "initiation" in refused(GATE, "few", Holds(Invariant((FALSE,))))


ON_PARAMETER = Local(IntSort(1, 2), "n")
CARS = Var(IntSort(0, 3), "cars")


@pytest.mark.parametrize(
    "conjunct",
    [
        eq(Var(LAMP, "lamp", 1), Var(LAMP, "lamp")),  # about two states
        App(BOOL, Op.LE, (CARS, ON_PARAMETER)),  # would be about the argument of whatever rule fires
        Var(BOOL, "lamp"),  # of a wrong sort
        Var(BOOL, "no_such_variable"),
        Param(BOOL, "no_such_parameter"),
        Call(BOOL, "no_such_function", ()),
        Const(LAMP, "RED"),
        App(BOOL, Op.NOT, (AT["RED"], AT["RED"])),
        App(BOOL, Op.IN, (CARS, CARS)),
        eq(Var(LAMP, "lamp"), Const(LAMP, "BLUE")),
    ],
)
def test_what_is_not_a_formula_about_one_state_is_refused_as_a_conjunct(conjunct):
    refused(GATE, "few", Holds(Invariant((conjunct,))))


def test_an_ill_sorted_conjunct_proves_nothing():
    odd = App(BOOL, Op.LT, (Var(LAMP, "lamp"), CARS))
    assert verdict(GATE, "determined", Holds(Invariant((odd,)))) is Verdict.UNKNOWN


SLOW = machine("""
machine slow
param high: int 0..1
var n: int 0..9 = 0
rule turn when n < 2 { n' = 1 - n }
rule climb when n > 2 and n < 6 { n' = n + 1 }
property low never n == 6
property no_last_step every step n' != 6
property in_low always n < 2
""")


def test_k_induction_proves_with_a_large_enough_k():
    assert verdict(SLOW, "low", Holds(KInduction(4, ()))) is Verdict.PROVED
    assert verdict(SLOW, "low", Holds(KInduction(1, (term(SLOW, "in_low"),)))) is Verdict.PROVED


@pytest.mark.parametrize("k", [-1, 0, 1, 2, 3])
def test_k_induction_with_too_small_a_k_is_refused(k):
    refused(SLOW, "low", Holds(KInduction(k, ())))


def test_k_induction_with_a_wrong_invariant_is_refused():
    refused(SLOW, "low", Holds(KInduction(4, (not_(term(SLOW, "in_low")),))))
    refused(SLOW, "low", Holds(KInduction(4, (eq(Var(IntSort(0, 9), "n"), Const(IntSort(0, 9), 0)),))))


def test_k_induction_of_a_claim_about_steps_has_a_base_as_well():
    first = machine("""
machine first
var n: int 0..3 = 0
rule go when n < 3 { n' = n + 1 }
property never_two every step n' != 2
""")
    for k in (1, 2, 3, 5):
        refused(first, "never_two", Holds(KInduction(k, ())))


def test_a_bound_is_no_proof():
    certified = judge(SLOW, "low", Holds(Bound(3)))
    assert (certified.verdict, certified.expected) == (Verdict.BOUNDED, False)
    assert verdict(SLOW, "no_last_step", Holds(Bound(3))) is Verdict.BOUNDED


def test_a_bound_beyond_a_counterexample_is_refused():
    counts = machine("""
machine counts
var n: int 0..3 = 0
rule go when n < 3 { n' = n + 1 }
property below_three always n < 3
property no_step_to_three every step n' < 3
""")
    for name in ("below_three", "no_step_to_three"):
        assert verdict(counts, name, Holds(Bound(2))) is Verdict.BOUNDED
        assert "after" in refused(counts, name, Holds(Bound(3)))
        refused(counts, name, Holds(Bound(-1)))


def test_a_bound_too_deep_to_be_looked_at_is_undecided():
    assert verdict(SLOW, "low", Holds(Bound(10**9))) is Verdict.UNKNOWN
    assert verdict(SLOW, "low", Holds(KInduction(10**9, ()))) is Verdict.UNKNOWN


def closure(model):
    members = []
    for parameters in valuations(model):
        setting = Setting(model, parameters)
        found = list(initial_states(setting))
        for state in found:
            found += [s.state for s in successors(setting, state) if s.state not in found]
        members += [(parameters, s) for s in {tuple(s.items()): s for s in found}.values()]
    return Closure(tuple(members))


ALL = closure(GATE)
SAFE = ["few", "green_is_ready", "none_at_red", "by_steps", "entered", "determined", "goes_on", "back", "answered"]


@pytest.mark.parametrize("name", SAFE)
def test_the_set_of_reachable_states_proves_what_holds_and_refutes_nothing(name):
    assert verdict(GATE, name, Holds(ALL)) is Verdict.PROVED
    assert "other way" in refused(GATE, name, Violated(ALL))


def test_the_set_of_reachable_states_refutes_what_does_not_hold():
    assert verdict(GATE, Always(AT["RED"]), Violated(ALL)) is Verdict.REFUTED
    refused(GATE, Always(AT["RED"]), Holds(ALL))
    for name in ("freed", "freed_again"):
        assert verdict(STUCK, name, Violated(closure(STUCK))) is Verdict.REFUTED
        refused(STUCK, name, Holds(closure(STUCK)))


def test_a_closure_with_any_member_left_out_or_added_or_changed_is_refused():
    for place, (parameters, state) in enumerate(ALL.members):
        left = ALL.members[:place] + ALL.members[place + 1 :]
        for forged in (left, (*ALL.members, ALL.members[place]), (*left, ({"spare": 7}, state)), (*left, ({}, state))):
            refused(GATE, "few", Holds(Closure(forged)))
        for changed in ({**state, "cars": (state["cars"] + 1) % 4}, {**state, "lamp": "BLUE"}):
            if (parameters, changed) not in ALL.members:
                refused(GATE, "few", Holds(Closure((*left, (parameters, changed)))))


OPAQUE = machine("""
machine opaque_data
opaque Item
var a: Item
var b: Item
rule swap { a' = b  b' = a }
property same always a == b
""")

OVERFLOW = machine("""
machine overflow
var n: int 0..3 = 0
rule go { n' = n + 1 }
property low always n <= 3
""")


def test_a_closure_proves_nothing_where_data_is_opaque():
    one = Closure((({}, {"a": Atom("Item", 0), "b": Atom("Item", 0)}),))
    assert "opaque" in refused(OPAQUE, "same", Holds(one))


def census(model):
    """How many of the members of the closure there are for each value of the parameters."""
    members = [tuple(p.items()) for p, _ in closure(model).members]
    return Census(tuple((dict(p), members.count(p)) for p in dict.fromkeys(members)))


COUNTED = census(GATE)
SIMPLE = ["few", "green_is_ready", "none_at_red", "by_steps", "entered", "determined", "goes_on"]


@pytest.mark.parametrize("name", SIMPLE)
def test_the_number_of_reachable_states_proves_what_holds_and_refutes_nothing(name):
    assert verdict(GATE, name, Holds(COUNTED)) is Verdict.PROVED
    assert "other way" in refused(GATE, name, Violated(COUNTED))


def test_the_number_of_reachable_states_refutes_what_does_not_hold():
    assert verdict(GATE, Always(AT["RED"]), Violated(COUNTED)) is Verdict.REFUTED
    assert "other way" in refused(GATE, Always(AT["RED"]), Holds(COUNTED))


def test_a_census_decides_nothing_about_whole_runs():
    for name in ("back", "answered"):
        assert "single states and steps" in refused(GATE, name, Holds(COUNTED))


def test_a_census_with_any_other_number_or_parameters_is_refused():
    for place, (parameters, states) in enumerate(COUNTED.counts):
        others = COUNTED.counts[:place] + COUNTED.counts[place + 1 :]
        for number in (states - 1, states + 1, 0, 10 * states):
            message = refused(GATE, "few", Holds(Census((*others, (parameters, number)))))
            assert ("more reachable" if number < states else "fewer reachable") in message
        for forged in (others, (*COUNTED.counts, (parameters, states)), (*others, ({}, states))):
            refused(GATE, "few", Holds(Census(forged)))


def test_a_census_that_does_not_fit_into_memory_is_undecided():
    found = certify(GATE, prop(GATE, "few"), Holds(COUNTED), 20, memory=1000)
    assert found.verdict is Verdict.UNKNOWN
    assert "the memory allowed (0 MB) does not do" in (found.reason or "")
    many = Census(tuple((p, 10**15) for p, _ in COUNTED.counts))
    assert verdict(GATE, "few", Holds(many)) is Verdict.UNKNOWN


def test_a_census_for_which_there_is_no_time_is_undecided():
    assert judge(GATE, "few", Holds(COUNTED), -1).verdict is Verdict.UNKNOWN


def test_a_census_of_a_machine_whose_int_leaves_its_range_is_refused():
    assert "an int leaves its range" in refused(OVERFLOW, "low", Holds(Census((({}, 4),))))


def test_a_census_proves_nothing_where_data_is_opaque():
    assert "opaque" in refused(OPAQUE, "same", Holds(Census((({}, 1),))))


ROWS = (PlanRow(AT["GREEN"], "close_down", ()), PlanRow(AT["AMBER"], "open_up", ()))


def test_a_plan_proves_recoverability():
    assert verdict(GATE, "back", Holds(Plan(ROWS, ()))) is Verdict.PROVED
    assert verdict(GATE, "back", Holds(Plan(ROWS, STRONG))) is Verdict.PROVED


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[::-1],
        ROWS[:1],
        ROWS[1:],
        (),
        (replace(ROWS[0], rule="jump"), ROWS[1]),
        (replace(ROWS[0], rule="no_such_rule"), ROWS[1]),
        (replace(ROWS[0], arguments=(("n", 1),)), ROWS[1]),
        (replace(ROWS[0], condition=TRUE), ROWS[1]),
        (replace(ROWS[0], condition=FALSE), ROWS[1]),
        (ROWS[0], replace(ROWS[1], condition=AT["GREEN"])),
        (ROWS[0], replace(ROWS[1], rule="pass_by", arguments=(("n", 1),))),
        (replace(ROWS[0], condition=Var(BOOL, "ready", 1)), ROWS[1]),
    ],
)
def test_a_forged_plan_is_refused(rows):
    refused(GATE, "back", Holds(Plan(rows, ())))


def test_a_plan_over_what_is_no_invariant_is_refused():
    refused(GATE, "back", Holds(Plan((), (not_(AT["AMBER"]),))))


def test_a_bound_variable_cannot_capture_what_a_rule_chooses():
    choice = machine("""
machine choice
var n: int 0..2 = 0
var m: int 0..2 = 0
rule pick when n == 0 { m' in {1, 2} }
property out recoverable n == 1 from n == 0
""")
    sort = IntSort(0, 2)
    local = Local(sort, "pick.m'")
    nowhere = Bind(BOOL, Binder.ALL, local, eq(Var(sort, "m"), local))  # m equals every number: never
    start = eq(Var(sort, "n"), Const(sort, 0))
    rows = (PlanRow(nowhere, "pick", ()), PlanRow(start, "pick", ()))
    refused(choice, "out", Holds(Plan(rows, ())))


STUCK = machine("""
machine stuck
param weak: bool
enum Place { FREE, HELD, LOST }
control place
var place: Place = FREE
rule grab when place == FREE { place' = HELD }
rule drop when place == HELD and not weak { place' = FREE }
rule lose when place == HELD { place' = LOST }
rule rest { place' = place }
property freed recoverable place == FREE from place == HELD
property freed_again place == HELD leads to place == FREE assuming fair drop, lose
""")
PLACE = STUCK.control.sort
HELD, LOST, FREE = (eq(Var(PLACE, "place"), Const(PLACE, n)) for n in ("HELD", "LOST", "FREE"))
CAUGHT = run(STUCK, step("grab", place="HELD"), initial={"place": "FREE"}, weak=True)


def test_a_trap_refutes_recoverability():
    certified = judge(STUCK, "freed", Violated(Trap(CAUGHT, (or_(HELD, LOST),))))
    assert (certified.verdict, certified.solver) == (Verdict.REFUTED, "cvc5 1.4.2, replay")
    assert verdict(STUCK, "freed", Violated(Trap(CAUGHT, (not_(FREE), TRUE)))) is Verdict.REFUTED


@pytest.mark.parametrize(
    "forged",
    [
        Trap(CAUGHT, (HELD,)),
        Trap(CAUGHT, (LOST,)),
        Trap(CAUGHT, (FALSE,)),
        Trap(CAUGHT, ()),
        Trap(CAUGHT, (or_(HELD, LOST, FREE),)),
        Trap(replace(CAUGHT, parameters={"weak": False}), (or_(HELD, LOST),)),
        Trap(replace(CAUGHT, steps=()), (or_(HELD, LOST),)),
        Trap(replace(CAUGHT, initial={"place": "HELD"}), (or_(HELD, LOST),)),
        Trap(CAUGHT, (or_(HELD, Var(BOOL, "x")),)),
    ],
)
def test_a_forged_trap_is_refused(forged):
    refused(STUCK, "freed", Violated(forged))


RANKS = (RankRow(AT["GREEN"], "close_down"), RankRow(AT["AMBER"], "open_up"))


def test_a_ranking_proves_a_response():
    assert verdict(GATE, "answered", Holds(Ranking(RANKS, ()))) is Verdict.PROVED
    assert verdict(GATE, "answered", Holds(Ranking(RANKS, STRONG))) is Verdict.PROVED


@pytest.mark.parametrize(
    "rows",
    [
        (),
        RANKS[:1],
        RANKS[1:],
        RANKS[::-1],
        (replace(RANKS[0], helpful=None), RANKS[1]),  # cars may pass for ever, as far as this says
        (replace(RANKS[0], helpful="pass_by"), RANKS[1]),
        (replace(RANKS[0], helpful="open_up"), RANKS[1]),
        (replace(RANKS[0], region=TRUE), RANKS[1]),
        (replace(RANKS[0], region=FALSE), RANKS[1]),
        (RANKS[0], replace(RANKS[1], region=AT["RED"])),
        (RANKS[0], replace(RANKS[1], helpful="no_such_rule")),
    ],
)
def test_a_forged_ranking_is_refused(rows):
    refused(GATE, "answered", Holds(Ranking(rows, ())))


def test_a_ranking_through_a_rule_that_is_not_fair_is_refused():
    claim = replace(prop(GATE, "answered").claim, fair=("open_up",))
    assert "not fair" in refused(GATE, claim, Holds(Ranking(RANKS, ())))


def test_a_ranking_over_a_deadlock_is_refused():
    over = machine("""
machine over
var n: int 0..2 = 0
rule go when n == 0 { n' = 1 }
property arrives n == 0 leads to n == 2 assuming fair go
""")
    sort = IntSort(0, 2)
    zero, one = (eq(Var(sort, "n"), Const(sort, i)) for i in (0, 1))
    for rows in ((RankRow(one, None), RankRow(zero, "go")), (RankRow(one, "go"), RankRow(zero, "go"))):
        refused(over, "arrives", Holds(Ranking(rows, ())))


def test_evidence_of_the_wrong_kind_is_refused():
    kinds = [Invariant(()), Plan((), ()), Ranking((), ()), Bound(1), KInduction(1, ()), Trace({}, {})]
    for evidence, name in itertools.product(kinds, ["back", "answered", "few"]):
        right = {("back", Plan), ("answered", Ranking), ("few", Invariant), ("few", Bound), ("few", KInduction)}
        if (name, type(evidence)) not in right:
            refused(GATE, name, Holds(evidence))
        if not isinstance(evidence, Trace):
            refused(GATE, name, Violated(evidence))


def test_without_an_initial_state_everything_holds_and_so_nothing_is_said():
    empty = machine("""
machine empty
param m: int 0..3
assume m > 3
var n: int 0..3 = m
rule go { n' = n }
property wrong always n < 0
""")
    proved = judge(empty, "wrong", Holds(Invariant((FALSE,))))
    vacuous = certify_witness(empty, proved, Holds(Invariant((FALSE,))), 20)
    assert (proved.verdict, vacuous.verdict) == (Verdict.PROVED, Verdict.VACUOUS)
    assert "no run" in vacuous.reason


def test_a_premise_that_comes_true_is_witnessed():
    found = prop(GATE, "green_is_ready")
    proved = certify(GATE, found, Holds(Invariant(STRONG)), 20)
    red = {"lamp": "RED", "ready": False, "cars": 0}
    steps = (step("prepare", lamp="AMBER", ready=True), step("open_up", lamp="GREEN"))
    trace = run(GATE, *steps, initial=red, spare=False)
    assert certify_witness(GATE, proved, Violated(trace), 20) == replace(proved, witness=trace)
    unknown = certify_witness(GATE, proved, Unknown("no time"), 20)
    assert unknown.verdict is Verdict.UNKNOWN
    assert "no time" in unknown.reason
    assert certify_witness(GATE, proved, Holds(Bound(1)), 20).verdict is Verdict.UNKNOWN
    with pytest.raises(Exception, match="does not violate"):
        certify_witness(GATE, proved, Violated(replace(trace, steps=trace.steps[:1])), 20)


def test_a_premise_that_is_never_true_makes_the_proof_vacuous():
    few = (App(BOOL, Op.LT, (CARS, Const(IntSort(3, 3), 3))),)
    proved = certify(GATE, prop(GATE, "hollow"), Holds(Invariant(few)), 20)
    vacuous = certify_witness(GATE, proved, Holds(Invariant(few)), 20)
    assert (vacuous.verdict, vacuous.witness, vacuous.expected) == (Verdict.VACUOUS, None, False)


def test_a_rule_that_only_restricts_an_int_of_a_wider_range_may_be_stuck():
    edge = machine("""
machine edge
var n: int 0..3 = 0
rule go { n' == n + 1 }
property on no deadlock
""")
    refused(edge, NoDeadlock(FALSE), Holds(Invariant(())))
    states = [step("go", n=i) for i in (1, 2, 3)]
    assert verdict(edge, "on", Violated(run(edge, *states, initial={"n": 0}))) is Verdict.REFUTED


def test_a_table_matches_its_source_iff_cells_were_compared_and_none_differs():
    claim = Matches("next", Binding("file.c", "next"))
    cell = CellDifference(("A",), "1", "2", "file.c:3")
    assert verdict(GATE, claim, Holds(SourceMatch("file.c", "0", 4, ()))) is Verdict.PROVED
    assert verdict(GATE, claim, Violated(SourceMatch("file.c", "0", 4, (cell,)))) is Verdict.REFUTED
    refused(GATE, claim, Holds(SourceMatch("file.c", "0", 4, (cell,))))
    refused(GATE, claim, Holds(SourceMatch("file.c", "0", 0, ())))
    refused(GATE, claim, Violated(SourceMatch("file.c", "0", 4, ())))
    refused(GATE, "few", Holds(SourceMatch("file.c", "0", 4, ())))
