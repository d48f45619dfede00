"""Path tables, bases and gaps: right ones are accepted, forged ones refused."""

from dataclasses import replace

import pytest

from tests.checker.machines import judge, machine, prop, refused, run, step, verdict
from verifier.checker.certified import Verdict
from verifier.evidence.evidence import (
    BasisTable,
    Holds,
    Instance,
    NoBasis,
    NoPath,
    PathGaps,
    PathRow,
    PathTable,
    Violated,
)  # fmt: skip
from verifier.model.terms import FALSE, Const, Local, Var, eq, not_

# A device that may go LOW -> HIGH at once or by MIDDLE; on the way by SIDE it makes a noise.
DEVICE = machine("""
machine device
enum Level { LOW, MIDDLE, HIGH, SIDE, NOWHERE }
control level
var level: Level = LOW
var noise: bool = false
var last: int 0..2 = 0
rule quiet(to: Level) when step_allowed(level, to) { level' = to }
rule leap when level == LOW { level' = HIGH }
rule noisy_leap when level == LOW { level' = HIGH  noise' = true }
rule fall when level == HIGH { level' = LOW  last' in {0, 1, 2} }
rule slide when level == HIGH { level' = LOW  last' in {0, 1} }
rule lost when level == NOWHERE { level' = LOW }
def step_allowed(a: Level, b: Level) = (a == LOW and b == MIDDLE) or (a == MIDDLE and b == HIGH)
rule shout when level == LOW { level' = SIDE  noise' = true }
rule climb when level == SIDE { level' = HIGH }
property leap_is_quiet every leap equals a path of quiet, shout, climb of length 1..3
property leap_by_middle every leap equals a path of quiet of length 1..3 through level == MIDDLE
property leap_by_side every leap equals a path of shout, climb of length 1..3
property leap_by_side_in_level every leap equals a path of shout, climb of length 1..3 observing level
property leap_by_side_unseen every leap equals a path of quiet, shout, climb of length 1..3 through level == SIDE
property lost_is_void every lost equals a path of quiet
property fall_is_slide every fall equals a path of slide of length 1..1
property slide_is_fall every slide equals a path of fall of length 1..1
property fall_is_slide_in_level every fall equals a path of slide of length 1..1 observing level
property steps basis of quiet, leap
property chosen_steps basis of quiet, leap is start == MIDDLE or goal == MIDDLE
property chosen_leap basis of quiet, leap is start == LOW and goal == HIGH
property chosen_all basis of quiet, leap is start == start
property never_nowhere always level != NOWHERE
""")
LEVEL = DEVICE.control.sort


def at(rule, start, goal, **arguments):
    return Instance(rule, tuple(arguments.items()), start, goal)


LEAP = at("leap", "LOW", "HIGH")
FIRST, SECOND = at("quiet", "LOW", "MIDDLE", to="MIDDLE"), at("quiet", "MIDDLE", "HIGH", to="HIGH")
SHOUT, CLIMB = at("shout", "LOW", "SIDE"), at("climb", "SIDE", "HIGH")
FALL, SLIDE = at("fall", "HIGH", "LOW"), at("slide", "HIGH", "LOW")
LOST = at("lost", "NOWHERE", "LOW")
NOT_NOWHERE = (not_(eq(Var(LEVEL, "level"), Const(LEVEL, "NOWHERE"))),)
LOW = run(DEVICE, initial={"level": "LOW", "noise": False, "last": 0})
HIGH = run(DEVICE, step("leap", level="HIGH"), initial=LOW.initial)
QUIET_ROW = PathRow(LEAP, (FIRST, SECOND))


@pytest.mark.parametrize("name", ["leap_is_quiet", "leap_by_middle"])
def test_a_row_whose_path_does_the_same_is_accepted(name):
    certified = judge(DEVICE, name, Holds(PathTable((QUIET_ROW,), ())))
    assert (certified.verdict, certified.solver) == (Verdict.PROVED, "cvc5 1.4.2")


def test_a_path_that_differs_where_it_is_not_observed_is_accepted():
    row = PathRow(LEAP, (SHOUT, CLIMB))
    assert verdict(DEVICE, "leap_by_side_in_level", Holds(PathTable((row,), ()))) is Verdict.PROVED
    assert "does the same" in refused(DEVICE, "leap_by_side", Holds(PathTable((row,), ())))


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (QUIET_ROW, QUIET_ROW),
        (PathRow(LEAP, ()),),
        (PathRow(LEAP, (FIRST,)),),
        (PathRow(LEAP, (SECOND,)),),
        (PathRow(LEAP, (SECOND, FIRST)),),
        (PathRow(LEAP, (FIRST, SECOND, SECOND)),),
        (PathRow(LEAP, (LEAP,)),),
        (PathRow(LEAP, (SHOUT, CLIMB)),),
        (PathRow(LEAP, (FIRST, replace(SECOND, arguments=(("to", "MIDDLE"),)))),),
        (PathRow(LEAP, (FIRST, replace(SECOND, arguments=()))),),
        (PathRow(LEAP, (FIRST, replace(SECOND, rule="no_such_rule"))),),
        (PathRow(LEAP, (replace(FIRST, start="MIDDLE"), SECOND)),),
        (PathRow(LEAP, (FIRST, replace(SECOND, goal="MIDDLE"))),),
        (PathRow(replace(LEAP, rule="noisy_leap"), (FIRST, SECOND)),),
        (PathRow(replace(LEAP, start="MIDDLE"), (SECOND,)),),
        (QUIET_ROW, PathRow(FALL, (SLIDE,))),
    ],
)
def test_a_forged_path_table_is_refused(rows):
    refused(DEVICE, "leap_is_quiet", Holds(PathTable(rows, ())))


def test_a_path_outside_the_length_or_the_interior_allowed_is_refused():
    claim = prop(DEVICE, "leap_is_quiet").claim
    for other in (replace(claim, high=1), replace(claim, low=3), replace(claim, steps=("shout", "climb"))):
        assert "not allowed" in refused(DEVICE, other, Holds(PathTable((QUIET_ROW,), ())))
    assert "does the same" in refused(DEVICE, "leap_by_side_unseen", Holds(PathTable((QUIET_ROW,), ())))
    only_low = replace(claim, step_where=eq(Local(LEVEL, "start"), Const(LEVEL, "LOW")))
    assert "not allowed" in refused(DEVICE, only_low, Holds(PathTable((QUIET_ROW,), ())))


def test_an_instance_that_never_fires_needs_an_invariant_that_says_so():
    assert verdict(DEVICE, "lost_is_void", Holds(PathTable((PathRow(LOST, ()),), NOT_NOWHERE))) is Verdict.PROVED
    assert "never fires" in refused(DEVICE, "lost_is_void", Holds(PathTable((PathRow(LOST, ()),), ())))
    assert "initiation" in refused(DEVICE, "lost_is_void", Holds(PathTable((PathRow(LOST, ()),), (FALSE,))))


def test_a_path_must_offer_every_outcome_and_no_other():
    refused(DEVICE, "fall_is_slide", Holds(PathTable((PathRow(FALL, (SLIDE,)),), ())))
    assert "nothing else" in refused(DEVICE, "slide_is_fall", Holds(PathTable((PathRow(SLIDE, (FALL,)),), ())))
    table = PathTable((PathRow(FALL, (SLIDE,)),), ())
    assert verdict(DEVICE, "fall_is_slide_in_level", Holds(table)) is Verdict.PROVED


NO_LEAP = PathGaps((NoPath(LEAP, (LOW,), (SHOUT, CLIMB)),), (), ())


def test_a_gap_that_every_path_is_told_apart_from_refutes():
    certified = judge(DEVICE, "leap_by_side", Violated(NO_LEAP))
    assert (certified.verdict, certified.solver) == (Verdict.REFUTED, "replay")
    assert verdict(DEVICE, "leap_by_side_unseen", Violated(NO_LEAP)) is Verdict.REFUTED
    for name, instance in (("fall_is_slide", FALL), ("slide_is_fall", SLIDE)):
        assert verdict(DEVICE, name, Violated(PathGaps((NoPath(instance, (HIGH,), ()),), (), ()))) is Verdict.REFUTED


@pytest.mark.parametrize("name", ["leap_is_quiet", "leap_by_middle", "leap_by_side_in_level"])
def test_a_gap_that_has_a_path_is_refused(name):
    gaps = PathGaps((NoPath(LEAP, (LOW,), ()),), (), ())
    assert "not told apart" in refused(DEVICE, name, Violated(gaps))


@pytest.mark.parametrize(
    "gaps",
    [
        PathGaps((), (), ()),
        PathGaps((), (QUIET_ROW,), ()),
        PathGaps((NoPath(LEAP, (), ()),), (), ()),
        PathGaps((NoPath(LEAP, (HIGH,), ()),), (), ()),
        PathGaps((NoPath(LEAP, (LOW, HIGH), ()),), (), ()),
        PathGaps((NoPath(LEAP, (replace(LOW, initial={**LOW.initial, "noise": True}),), ()),), (), ()),
        PathGaps((NoPath(FALL, (HIGH,), ()),), (), ()),
        PathGaps((NoPath(replace(LEAP, goal="MIDDLE"), (LOW,), ()),), (), ()),
        PathGaps((*NO_LEAP.missing, *NO_LEAP.missing), (), ()),
        PathGaps(NO_LEAP.missing, (QUIET_ROW,), ()),
        PathGaps(NO_LEAP.missing, (), (FALSE,)),
        PathGaps((NoPath(LEAP, (LOW,), (SHOUT,)),), (), ()),
        PathGaps((NoPath(LEAP, (LOW,), (FIRST, SECOND)),), (), ()),
    ],
)
def test_forged_gaps_are_refused(gaps):
    refused(DEVICE, "leap_by_side", Violated(gaps))


def test_gaps_and_tables_are_not_taken_for_each_other():
    refused(DEVICE, "leap_is_quiet", Violated(PathTable((QUIET_ROW,), ())))
    refused(DEVICE, "leap_by_side", Holds(NO_LEAP))


MIDDLE = run(DEVICE, step("quiet", {"to": "MIDDLE"}, level="MIDDLE"), initial=LOW.initial)
BASIS = BasisTable((FIRST, SECOND), (QUIET_ROW,), (NoPath(FIRST, (LOW,), ()), NoPath(SECOND, (MIDDLE,), ())), ())


@pytest.mark.parametrize("name", ["steps", "chosen_steps"])
def test_a_basis_is_accepted(name):
    certified = judge(DEVICE, name, Holds(BASIS))
    assert (certified.verdict, certified.reason, certified.solver) == (Verdict.PROVED, None, "cvc5 1.4.2, replay")


@pytest.mark.parametrize(
    "forged",
    [
        replace(BASIS, generators=(FIRST,)),
        replace(BASIS, generators=(FIRST, SECOND, LEAP)),
        replace(BASIS, generators=(FIRST, SECOND, FIRST)),
        replace(BASIS, generators=(FIRST, SECOND, LEAP), rows=()),
        replace(BASIS, generators=(FIRST, SECOND, LEAP), rows=(), needed=(*BASIS.needed, NoPath(LEAP, (LOW,), ()))),
        replace(BASIS, generators=(LEAP, SECOND), rows=(PathRow(FIRST, ()),)),
        replace(BASIS, rows=()),
        replace(BASIS, rows=(PathRow(LEAP, ()),)),
        replace(BASIS, rows=(PathRow(LEAP, (LEAP,)),)),
        replace(BASIS, rows=(PathRow(LEAP, (SECOND, FIRST)),)),
        replace(BASIS, needed=()),
        replace(BASIS, needed=BASIS.needed[:1]),
        replace(BASIS, needed=(BASIS.needed[0], BASIS.needed[0])),
        replace(BASIS, needed=(replace(BASIS.needed[0], traces=()), BASIS.needed[1])),
        replace(BASIS, needed=(replace(BASIS.needed[0], traces=(MIDDLE,)), BASIS.needed[1])),
        replace(BASIS, conjuncts=(FALSE,)),
    ],
)
def test_a_forged_basis_is_refused(forged):
    refused(DEVICE, "steps", Holds(forged))
    refused(DEVICE, "chosen_steps", Holds(forged))


def test_a_basis_other_than_the_chosen_one_is_refused():
    assert "not the chosen" in refused(DEVICE, "chosen_leap", Holds(BASIS))
    refused(DEVICE, "chosen_all", Holds(BASIS))


def test_a_basis_of_which_no_generator_can_go_may_not_be_a_smallest_one():
    twins = machine("""
machine twins
enum Side { LEFT, RIGHT }
control side
var side: Side = LEFT
rule over when side == LEFT { side' = RIGHT }
rule across when side == LEFT { side' = RIGHT }
property sides basis of over, across
""")
    over, across = Instance("over", (), "LEFT", "RIGHT"), Instance("across", (), "LEFT", "RIGHT")
    left = run(twins, initial={"side": "LEFT"})
    table = BasisTable((over,), (PathRow(across, (over,)),), (NoPath(over, (left,), ()),), ())
    certified = judge(twins, "sides", Holds(table))
    assert certified.verdict is Verdict.PROVED
    assert "smallest not shown" in certified.reason


def test_chosen_instances_that_miss_another_or_have_one_too_many_are_refuted():
    missing = NoBasis(NoPath(FIRST, (LOW,), ()), None, ())
    assert verdict(DEVICE, "chosen_leap", Violated(missing)) is Verdict.REFUTED
    redundant = NoBasis(None, QUIET_ROW, ())
    assert verdict(DEVICE, "chosen_all", Violated(redundant)) is Verdict.REFUTED


@pytest.mark.parametrize(
    ("name", "forged"),
    [
        ("steps", NoBasis(NoPath(FIRST, (LOW,), ()), None, ())),
        ("chosen_leap", NoBasis(None, None, ())),
        ("chosen_leap", NoBasis(NoPath(LEAP, (LOW,), ()), None, ())),
        ("chosen_leap", NoBasis(NoPath(FIRST, (), ()), None, ())),
        ("chosen_steps", NoBasis(NoPath(LEAP, (LOW,), ()), None, ())),
        ("chosen_steps", NoBasis(None, QUIET_ROW, ())),
        ("chosen_all", NoBasis(None, PathRow(LEAP, (LEAP,)), ())),
        ("chosen_all", NoBasis(None, PathRow(LEAP, ()), ())),
        ("chosen_all", NoBasis(None, PathRow(FIRST, (LEAP,)), ())),
        ("chosen_all", NoBasis(None, QUIET_ROW, (FALSE,))),
    ],
)
def test_a_forged_refutation_of_a_basis_is_refused(name, forged):
    refused(DEVICE, name, Violated(forged))


def test_a_way_that_ends_before_the_path_does_counts_for_nothing():
    maze = machine("""
machine maze
enum Place { START, INSIDE, GOAL }
control place
var place: Place = START
var dark: bool = false
rule enter when place == START { place' = INSIDE  dark' in {true, false} }
rule leave when place == INSIDE and not dark { place' = GOAL }
rule direct when place == START { place' = GOAL  dark' = false }
property through_light every direct equals a path of enter, leave of length 2..2 through not dark
""")
    direct = Instance("direct", (), "START", "GOAL")
    path = (Instance("enter", (), "START", "INSIDE"), Instance("leave", (), "INSIDE", "GOAL"))
    start = run(maze, initial={"place": "START", "dark": False})
    assert verdict(maze, "through_light", Holds(PathTable((PathRow(direct, path),), ()))) is Verdict.PROVED
    gap = PathGaps((NoPath(direct, (start,), path),), (), ())
    assert "not told apart" in refused(maze, "through_light", Violated(gap))


def test_instances_that_cannot_be_listed_leave_the_claim_undecided():
    huge = machine("""
machine huge
enum Level { LOW, HIGH }
control level
var level: Level = LOW
rule go(word: bits[32]) when level == LOW { level' = HIGH }
property go_is_go every go equals a path of go
""")
    assert verdict(huge, "go_is_go", Holds(PathTable((), ()))) is Verdict.UNKNOWN
