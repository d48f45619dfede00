"""One state of each orbit stands for all of them: counts, depths, runs; and what breaks the symmetry is told."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.statespace.families import DEVICES, devices, machine_of
from tests.statespace.symmetric import machines
from verifier.model.declarations import Table
from verifier.model.sorts import BOOL, IndexSort
from verifier.model.terms import Call, Const, Var, eq
from verifier.semantics.evaluate import Setting
from verifier.semantics.run import initial_states, is_run, successors, valuations
from verifier.statespace import folding as foldings
from verifier.statespace import orbits as all_orbits
from verifier.statespace import search as searches
from verifier.statespace.folding import Weight
from verifier.statespace.kernel import library
from verifier.statespace.machine import Observation
from verifier.statespace.search import Status
from verifier.statespace.space import Limits, Watch, explored

MOST = 3000

REPRESENTATIVES = {2: 567, 3: 1875, 4: 5115, 5: 12177}
"""One state of each orbit of n devices."""


@pytest.fixture(params=["kernel", "twin"])
def engine(request, monkeypatch):
    """The ways to explore."""
    if request.param == "twin":
        monkeypatch.setattr(searches, "library", lambda: None)
        monkeypatch.setattr(foldings, "library", lambda: None)
    elif library() is None:
        pytest.skip("there is no C compiler")
    return request.param


def folded(model, watch=None, parameters=None, **limits):
    watch, parameters = watch or Watch(), parameters or {}
    return explored(model, parameters, watch, Limits(**limits), watch.symmetry(model, parameters))


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_the_orbits_of_n_devices_sum_up_to_all_states(engine, count):
    space = folded(devices(count))
    assert space.weight == Weight(*DEVICES[count], 0)
    assert space.depth == 75 + 3 * count
    assert space.states == REPRESENTATIVES[count]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=machines())
def test_orbits_partition_the_states(engine, model):
    whole = explored(model, {}, limits=Limits(states=MOST))
    assume(whole.is_complete)
    space = folded(model)
    assert space.symmetry.free
    assert space.weight == Weight(whole.states, whole.transitions, whole.counts.dead)
    assert space.depth == whole.depth
    assert sorted(space.members()) == sorted(whole.packed())
    assert all(state in space for state in whole.packed())


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=machines(most=3))
def test_the_orbits_are_those_of_the_semantics(model):
    setting = Setting(model)
    found = {tuple(s.items()): s for s in initial_states(setting)}
    queue, steps = list(found.values()), 0
    for state in queue:
        assume(len(queue) < 200)
        for step in successors(setting, state):
            steps += 1
            if tuple(step.state.items()) not in found:
                found[tuple(step.state.items())] = step.state
                queue.append(step.state)
    space = folded(model)
    assert (space.weight.states, space.weight.transitions) == (len(found), steps)


@pytest.mark.skipif(library() is None, reason="there is no C compiler")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_twin_has_the_representatives_of_the_kernel(data):
    model = data.draw(machines())
    space = folded(model, states=MOST)
    orbits = space.folding.orbits
    states = [s for s, _ in zip(space.members(), range(200), strict=False)]
    to = list(range(orbits.count))
    for movable in orbits.movable:
        for place, individual in zip(movable, data.draw(st.permutations(movable)), strict=True):
            to[place] = individual
    elsewhere = [orbits.moved(s, to) for s in states]
    by_twin = [orbits.representative(s) for s in states]
    assert space.folding.represented(states) == by_twin
    assert [orbits.representative(s) for s in elsewhere] == by_twin
    assert all(s in orbits.members(r) for s, r in zip(states[:20], by_twin, strict=False))


@pytest.mark.skipif(library() is None, reason="there is no C compiler")
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("dense", [0, 1 << 21])
def test_threads_and_tables_make_no_difference(threads, dense, monkeypatch):
    monkeypatch.setattr(searches, "DENSE", dense)
    space = folded(devices(6), threads=threads)
    assert space.weight == Weight(3_997_696, 93_511_680, 0)


def test_a_trace_is_a_shortest_run_of_the_machine(engine):
    model = devices(4)
    (claim,) = (p.claim for p in model.properties if p.name == "together")
    watch = Watch((Observation((claim.condition,)),))
    space = folded(model, watch)
    found = space.found()
    trace = space.trace(found.state, found.level)
    assert space.status is Status.HIT
    assert len(trace.steps) == found.level == 12
    assert is_run(model, trace)
    assert space.trace(found.state) == trace


def test_where_too_many_arrangements_are_tried_no_count_is_told(engine, monkeypatch):
    model = machine_of(
        "index T[4]\nvar m: T -> T\nrule turn(t: T) { m' = m with [t] = m[m[t]] }\n"
    )  # every map is initial
    assert folded(model).weight.states == 4**4
    monkeypatch.setattr(all_orbits, "TRIED", 1)
    space = folded(model)
    assert space.is_complete
    assert space.weight is None
    assert set(space.members()) == set(range(4**4))


def test_more_individuals_than_64_bits_can_permute():
    model = machine_of("index T[24]\nvar m: T -> bool = each t in T: false\nrule up(t: T) { m' = m with [t] = true }")
    space = folded(model)
    assert (space.states, space.weight.states, space.depth) == (25, 2**24, 24)


HEAD = "index T[3]\nvar m: T -> bool = each t in T: false\nvar o: T\nvar n: int 0..3 = 0\n"


@pytest.mark.parametrize(
    ("text", "free", "reason"),
    [
        ("param first: T\nrule up { m' = m with [first] = true }", 2, "is named (parameter first)"),
        ("rule up when (all t in T: m[t] implies n + 1 == 2) { n' = 1 }", 3, None),
        ("rule up { n' = if (some t in T: m[t] implies n + 1 == 2) then 1 else 0 }", 3, None),
        ("rule up when (all t in T: m[t] implies fit_(n) == 2) { n' = 1 }\ndef fit_(i: int 0..3) = i", 3, None),
        ("var sets: T -> set of T\nrule up(t: T) { o' = t }", 3, None),
        ("var at: T -> T -> T -> T -> bool\nrule up(t: T) { o' = t }", 0, "depend on more than 3 individuals"),
        ("var maps: set of (T -> bool)\nrule up(t: T) { o' = t }", 0, "the keys of maps are made of individuals"),
        ("index Z[62]\nrule up(z: Z, t: T) { o' = t }", 0, "more than 64 individuals"),
    ],
)
def test_what_breaks_the_symmetry_is_told(text, free, reason):
    model = machine_of(HEAD + text)
    for parameters in valuations(model):
        found = Watch().symmetry(model, parameters)
        assert len(dict(found.free).get("T", ())) == free
        assert reason is None or reason in dict(found.reasons)["T"]
        assert (reason is None) == ("T" not in dict(found.reasons))


@pytest.mark.parametrize(
    ("marked", "free"),
    [((True, False, True), (0, 2)), ((False, True, True), (1, 2)), ((True, True, True), (0, 1, 2))],
)
def test_a_table_that_tells_individuals_apart_breaks_the_symmetry(marked, free):
    model, sort = machine_of(HEAD + "rule up(t: T) { o' = t }"), IndexSort("T", 3)
    entries = tuple(((i,), b) for i, b in enumerate(marked))
    model = replace(model, tables=(Table("odd", (sort,), BOOL, entries, (), None, model.rules[0].span),))
    found = Watch((Observation((Call(BOOL, "odd", (Var(sort, "o"),)),)),)).symmetry(model, {})
    assert found.free == (("T", free),)
    assert found.reasons == (() if len(free) == 3 else (("T", "table odd tells them apart"),))
    assert Watch().symmetry(model, {}).free == (("T", (0, 1, 2)),)


def test_an_individual_that_a_property_names_stays_where_it_is():
    model, sort = machine_of(HEAD + "rule up(t: T) { o' = t }"), IndexSort("T", 3)
    watch = Watch((Observation((eq(Var(sort, "o"), Const(sort, 1)),)),))
    found = watch.symmetry(model, {})
    assert found.free == (("T", (0, 2)),)
    assert str(found) == "2 individuals of T are interchangeable; not all of T: T[1] is named"
    space = explored(model, {}, watch, symmetry=found)
    assert space.status is Status.HIT
