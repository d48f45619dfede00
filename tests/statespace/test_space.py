"""Exploring: pinned counts, shortest runs, limits, threads; with the kernel and without it."""

import time

import pytest

from tests.statespace.families import DEVICES, devices, machine_of
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Holds, Invariant, Trap, Violated
from verifier.model.claims import Recoverable
from verifier.model.terms import TRUE
from verifier.pipeline import check
from verifier.request import Request
from verifier.semantics.claims import cases
from verifier.semantics.run import is_run
from verifier.statespace import search as searches
from verifier.statespace import space as spaces
from verifier.statespace.kernel import library
from verifier.statespace.machine import Observation
from verifier.statespace.search import Status
from verifier.statespace.space import Limits, Watch, explored

needs_kernel = pytest.mark.skipif(library() is None, reason="there is no C compiler")


@pytest.fixture(params=["kernel", "hash table", "twin"])
def engine(request, monkeypatch):
    """The ways to explore."""
    if request.param == "twin":
        monkeypatch.setattr(searches, "library", lambda: None)
    elif library() is None:
        pytest.skip("there is no C compiler")
    elif request.param == "hash table":
        monkeypatch.setattr(searches, "DENSE", 0)
    return request.param


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_states_and_transitions_of_n_devices_are_counted(engine, count):
    space = explored(devices(count), {})
    assert space.is_complete
    assert (space.states, space.transitions) == DEVICES[count]
    assert space.depth == 75 + 3 * count
    assert sum(space.firings().values()) == space.transitions


@needs_kernel
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("dense", [0, 1 << 21])
def test_half_a_million_states_are_the_same_for_any_number_of_threads(threads, dense, monkeypatch):
    monkeypatch.setattr(searches, "DENSE", dense)
    space = explored(devices(5), {}, limits=Limits(threads=threads))
    assert (space.states, space.transitions, space.depth) == (*DEVICES[5], 90)
    assert len(set(space.packed())) == space.states


def watching(model, name):
    claim = next(p.claim for p in model.properties if p.name == name)
    return Watch((Observation(cases=cases(model, claim)),))


def test_a_trace_is_shortest_and_a_run(engine):
    model = devices(4)
    space = explored(model, {}, watching(model, "together"))
    found = space.found()
    trace = space.trace(found.state, found.level)
    assert space.status is Status.HIT
    assert len(trace.steps) == found.level == 12
    assert is_run(model, trace)
    assert space.trace(found.state) == trace


def test_a_trace_is_rebuilt_by_a_second_run(engine, monkeypatch):
    model = devices(3)
    first = explored(model, {}, watching(model, "together"))
    monkeypatch.setattr(spaces, "KEPT", 0)
    again = explored(model, {}, watching(model, "together"))
    assert again.levels is None
    assert again.trace(again.found().state) == first.trace(first.found().state)


@needs_kernel
def test_the_trace_does_not_depend_on_threads():
    model = devices(5)
    traces = []
    for threads in (1, 2):
        space = explored(model, {}, watching(model, "together"), Limits(threads=threads))
        traces.append(space.trace(space.found().state))
    assert traces[0] == traces[1]


def test_levels_have_each_state_once_in_order_of_distance(engine, monkeypatch):
    kept = [sorted(level) for level in explored(devices(2), {}).by_level()]
    monkeypatch.setattr(spaces, "KEPT", 0)
    again = [sorted(level) for level in explored(devices(2), {}).by_level()]
    assert kept == again
    assert sum(map(len, kept)) == len({s for level in kept for s in level}) == DEVICES[2][0]


def test_membership_and_successors(engine):
    space = explored(devices(2), {})
    states = list(space.packed())
    assert all(s in space for s in states)
    assert sum(1 for s in range(1 << space.layout.bits) if s in space) == len(states)
    assert all(after in space for s in states[:50] for after in space.successors(s))
    assert {p for s in states[:5] for _, p in space.steps(s)} <= set(states)


def test_memory_that_is_used_up_ends_the_search_with_what_was_explored(engine, monkeypatch):
    monkeypatch.setattr(searches, "DENSE", 0)
    space = explored(devices(4), {}, limits=Limits(memory=300_000))
    assert space.status is Status.MEMORY
    assert 0 < space.states < DEVICES[4][0]
    assert space.search.counts().memory <= 300_000 or engine == "twin"


def test_time_that_is_up_ends_the_search(engine):
    space = explored(devices(4), {}, limits=Limits(deadline=time.monotonic() - 1))
    assert space.status is Status.TIME
    assert not space.is_complete


def test_a_number_of_states_ends_the_search(engine):
    space = explored(devices(4), {}, limits=Limits(states=100))
    assert space.status is Status.MORE
    assert 100 < space.states < 1000


def test_an_int_that_leaves_its_range_ends_the_search(engine):
    space = explored(machine_of("var n: int 0..9 = 0\nrule up { n' = n + 1 }"), {})
    assert space.status is Status.WRONG
    assert space.states == 10


def test_deadlocks_are_found_and_counted(engine):
    model = machine_of("var n: int 0..9 = 0\nrule up when n < 7 { n' = n + 1 }\nrule jump when n == 3 { n' = 9 }")
    space = explored(model, {})
    assert space.counts.dead == 2
    assert sorted(space.unpack(s)["n"] for s in space.deadlocks()) == [7, 9]
    stuck = explored(model, {}, Watch(deadlock=True)).found()
    assert (stuck.level, stuck.state) == (4, 9)


def test_many_words_a_state(engine):
    model = machine_of(
        "index I[40]\nvar m: I -> bits[4] = each i in I: 0\nvar n: int 0..3 = 0\n"
        "rule up(i: I) when m[i] == 0 and n < 3 { m' = m with [i] = 15  n' = n + 1 }"
    )
    space = explored(model, {})
    assert space.layout.words == 3
    assert space.states == 1 + 40 + 40 * 39 // 2 + 40 * 39 * 38 // 6
    assert all(space.layout.pack(space.unpack(s)) == s for s in space.packed())


def decided(model, name, **limits):
    claim = next(p.claim for p in model.properties if p.name == name)
    return ENGINES["explicit"].solve(model, claim, Budget(time.monotonic() + 60, **limits))


def test_a_large_space_is_shown_by_a_short_invariant(engine):
    answer = decided(devices(4), "counted")
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, Invariant)


def test_a_violation_is_certified(engine):
    report = check(devices(3), Request(properties=("together",), engine="explicit"))
    (result,) = (p for p in report.properties if p.certified.property.name == "together")
    assert result.certified.verdict.value == "REFUTED"
    assert len(result.certified.evidence.steps) == 9


def test_a_trap_is_found_by_going_backwards(engine):
    model = machine_of(
        "var n: int 0..9 = 0\nvar b: bool = false\nrule up when n < 9 { n' = n + 1 }\nrule back when not b { n' = 0 }\n"
        "rule lock when n == 4 { b' = true }\nproperty home never n == 20 vacuous ok"
    )
    goal = next(t for t in (model.init[0],))
    answer = ENGINES["explicit"].solve(model, Recoverable(goal, TRUE), Budget.of(60))
    assert isinstance(answer, Violated)
    assert isinstance(answer.evidence, Trap)
    assert len(answer.evidence.trace.steps) == 5
