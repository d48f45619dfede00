"""Leaving out interleavings hides no deadlock and no state that is watched for, and what is shown is a run."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.machines import models, terms
from tests.statespace.families import machine_of
from tests.statespace.symmetric import machines
from verifier.engines.engine import Budget
from verifier.engines.explicit import Explicit
from verifier.evidence.evidence import Unknown, Violated
from verifier.model.claims import Always, NoDeadlock
from verifier.model.sorts import BOOL, IntSort
from verifier.model.terms import FALSE, TRUE, App, Const, Op, Var, eq
from verifier.semantics.claims import cases
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.run import is_run, successors, valuations
from verifier.statespace.machine import Observation
from verifier.statespace.space import Limits, Watch, explored
from verifier.statespace.stubborn import Reduced, searched

N = IntSort(0, 4)
CELLS = st.integers(0, 3)


@st.composite
def networks(draw):
    """Processes that walk around three places each, some steps of which set or wait for a shared flag."""
    count, flags = draw(st.integers(2, 4)), draw(st.integers(1, 2))
    lines = [f"var f{i}: bool = false" for i in range(flags)]
    for p in range(count):
        lines.append(f"var p{p}: int 0..2 = 0")
        for number in range(draw(st.integers(1, 4))):
            source, goal, flag = draw(CELLS) % 3, draw(CELLS) % 3, draw(CELLS) % flags
            waits = draw(st.sampled_from(["", f" and f{flag}", f" and not f{flag}"]))
            sets = draw(st.sampled_from(["", f"  f{draw(CELLS) % flags}' = true", f"  f{flag}' = false"]))
            lines.append(f"rule r{p}_{number} when p{p} == {source}{waits} {{ p{p}' = {goal}{sets} }}")
    return machine_of("\n".join(lines) + "\n")


def agrees(model, watch, limits=None):
    """Whether a reduced search finds something iff a full one does; what it finds is checked."""
    for parameters in valuations(model):
        whole = explored(model, parameters, watch, Limits(states=2000))
        assume(whole.is_complete or whole.found() is not None)
        try:
            found, run = searched(model, parameters, watch, Limits())
        except ValueError:  # an int leaves its range, beyond the first violation
            assume(False)
        assert (found.run is None) == (whole.found() is None)
        if run is None:
            assert found.states <= whole.states
            continue
        assert is_run(model, run)
        last, setting = run.states[-1], Setting(model, parameters)
        bad = any(holds(c.condition, setting, (last,)) for o in watch.observed for c in o.cases)
        stuck = watch.deadlock and not holds(watch.excluded, setting, (last,)) and not list(successors(setting, last))
        assert bad or stuck


FINDS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@FINDS
@given(model=networks())
def test_deadlocks_are_found_in_networks(model):
    agrees(model, Watch(deadlock=True))


@FINDS
@given(model=networks(), data=st.data())
def test_states_are_found_in_networks(model, data):
    values = {v.name: data.draw(CELLS) % 3 for v in model.variables if v.name[0] == "p"}
    goal = " and ".join(f"p{n[1:]} == {v}" for n, v in list(values.items())[: data.draw(st.integers(1, 2))])
    extra = machine_of(model.source.text.removeprefix("machine m\n") + f"property c never {goal}\n")
    agrees(extra, Watch((Observation(cases=cases(extra, extra.properties[0].claim)),)))


@FINDS
@given(model=machines(most=2))
def test_deadlocks_are_found_where_data_is_shared(model):
    agrees(model, Watch(deadlock=True))


@FINDS
@given(model=models(), data=st.data())
def test_states_and_deadlocks_are_found_in_random_machines(model, data):
    condition = data.draw(terms(BOOL, (0,)))
    agrees(model, Watch((Observation(cases=cases(model, Always(condition))),)))
    agrees(model, Watch(deadlock=True, excluded=condition))


def philosophers(count):
    lines = ["enum P { THINKS, HAS_LEFT, EATS }"]
    lines += [f"var p{i}: P = THINKS\nvar f{i}: bool = false" for i in range(count)]
    for i in range(count):
        j = (i + 1) % count
        lines.append(f"rule left{i} when p{i} == THINKS and not f{i} {{ p{i}' = HAS_LEFT  f{i}' = true }}")
        lines.append(f"rule right{i} when p{i} == HAS_LEFT and not f{j} {{ p{i}' = EATS  f{j}' = true }}")
        lines.append(f"rule put{i} when p{i} == EATS {{ p{i}' = THINKS  f{i}' = false  f{j}' = false }}")
    return machine_of("\n".join(lines) + "\nproperty goes_on no deadlock\n")


@pytest.mark.parametrize(("count", "reduced", "states"), [(3, 14, 14), (5, 67, 82), (7, 254, 478)])
def test_philosophers_are_counted(count, reduced, states):
    model = philosophers(count)
    assert explored(model, {}).states == states
    assert Reduced(model, {}, Watch()).search(Limits()).states == reduced


def counters(count):
    lines = [f"var n{i}: int 0..4 = 0\nrule up{i} when n{i} < 4 {{ n{i}' = n{i} + 1 }}" for i in range(count)]
    return machine_of("\n".join(lines))


def test_independent_counters_are_counted_one_after_the_other():
    model = counters(6)
    found, run = searched(model, {}, Watch(deadlock=True), Limits())
    assert explored(model, {}).states == 5**6
    assert (found.states, len(run.steps)) == (25, 24)


def test_what_is_visible_is_not_put_off():
    model = machine_of(
        "var n: int 0..3 = 0\nvar b: bool = false\nrule round { n' = if n == 3 then 0 else n + 1 }\n"
        "rule last when not b { b' = true }\nproperty unset never b\n"
    )
    found, run = searched(model, {}, Watch((Observation(cases=cases(model, model.properties[0].claim)),)), Limits())
    assert found.run is not None
    assert run.steps[-1].rule == "last"


@pytest.mark.parametrize(("first", "second"), [(0, 4), (4, 0), (1, 3), (3, 1), (2, 2)])
def test_every_meeting_of_two_counters_is_found(first, second):
    model = counters(2)
    goal = App(BOOL, Op.AND, tuple(eq(Var(N, f"n{i}"), Const(N, n)) for i, n in enumerate((first, second))))
    found, run = searched(model, {}, Watch((Observation((goal,)),)), Limits())
    assert found.run is not None
    assert len(run.steps) == first + second


def test_a_claim_about_steps_is_refused():
    model = philosophers(2)
    with pytest.raises(ValueError, match="the claim is about steps"):
        searched(model, {}, Watch((Observation(forks=("left0",)),)), Limits())


def test_where_all_states_are_too_many_a_deadlock_is_found_and_else_the_reason_says_so():
    model = philosophers(8)
    answer = Explicit(100).solve(model, NoDeadlock(FALSE), Budget.of(60))
    assert isinstance(answer, Violated)
    assert is_run(model, answer.evidence)
    answer = Explicit(100).solve(counters(5), Always(TRUE), Budget.of(60))
    assert isinstance(answer, Unknown)
    assert answer.reason.endswith("states without needless interleavings is one, which proves nothing")
