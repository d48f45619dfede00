"""The reachable states, their number, and shortest runs to them."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.engines.diagrams.families import family, model
from tests.engines.test_conformance import reachable
from tests.machines import models
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.order import arranged
from verifier.engines.diagrams.reach import OutOfTime, Search
from verifier.engines.engine import Budget
from verifier.semantics.evaluate import Setting
from verifier.semantics.run import is_run, valuations


def searched(drawn, nodes=1 << 18):
    """The diagrams of a model and a search in them."""
    machine = Machine(drawn, nodes)
    return machine, Search(machine, Budget.of(60))


@pytest.mark.parametrize(
    ("name", "size", "count"),
    [
        ("devices", 5, 503_808), ("devices", 6, 3_997_696), ("devices", 8, 251_658_240),
        ("devices", 16, 3_940_649_673_949_185), ("philosophers", 5, 242), ("philosophers", 20, 3_486_784_400),
        ("peterson", 3, 705), ("peterson", 4, 14_844), ("counters", 16, 2**48),
        ("irregular", 1, 2_888_560), ("irregular", 2, 60_832),
    ],
)  # fmt: skip
def test_states_are_counted_exactly(name, size, count):
    machine, search = searched(family(name, size))
    assert machine.count(search.closure(machine.init)) == count


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_states_are_those_of_the_semantics(drawn):
    machine, search = searched(drawn)
    found = search.closure(machine.init)
    expected = {(p["p"], key) for p in valuations(drawn) for key in reachable(Setting(drawn, p))}
    assert machine.count(found) == len(expected)
    for parameter, key in expected:
        assert (found & machine.point({"p": parameter}, dict(key))).satisfiable()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_runs_are_shortest(drawn):
    machine, search = searched(drawn)
    for parameters in valuations(drawn):
        for key, distance in list(reachable(Setting(drawn, parameters)).items())[:20]:
            point = machine.point(parameters, dict(key))
            trace = search.run(search.rings(machine.init, point), point)
            assert is_run(drawn, trace)
            assert trace.states[-1] == dict(key)
            assert len(trace.steps) == distance


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_backwards_is_the_converse_of_forwards(drawn):
    machine, search = searched(drawn)
    found = search.closure(machine.init)
    goal, _, _ = machine.some(found) if found.satisfiable() else (found, None, None)
    assert search.backwards(goal, found) == machine.words.any(
        p for p in _points(machine, found) if (search.closure(p) & goal).satisfiable()
    )


def _points(machine, states):
    while states.satisfiable():
        point, _, _ = machine.some(states)
        yield point
        states = states & ~point


OPEN = """machine open
var big: bits[12] = 0
var small: int 0..5 = 0
rule take(x: bits[12], k: int 0..5) when x & 1 == 1 and big != x { big' = x small' = k }
rule drift when big != 0 { small' in int 2..4 }
rule grow when small < 5 { small' = small + 1 }
property odd always big == 0 or big & 1 == 1
property low always small < 5
property same deterministic drift
"""


def test_arguments_with_many_values_and_open_choices():
    drawn = model(OPEN)
    machine, search = searched(drawn)
    assert len(machine.arguments) == 1
    found = search.closure(machine.init)
    assert machine.count(found) == 6 + 2048 * 6
    goal = machine.point({}, {"big": 7, "small": 5})
    trace = search.run(search.rings(machine.init, goal), goal)
    assert [(s.rule, dict(s.arguments)) for s in trace.steps] == [("take", {"x": 7, "k": 5})]
    assert is_run(drawn, trace)


def test_a_step_that_leaves_a_range_is_none():
    machine, search = searched(
        model("machine m\nvar n: int 0..3 = 0\nrule up { n' = n + 1 }\nproperty p always true\n")
    )
    assert machine.count(search.closure(machine.init)) == 4
    assert machine.count(machine.live) == 3


def test_time_that_is_up_ends_the_search_with_what_is_known():
    machine = Machine(family("devices", 5), 1 << 18)
    with pytest.raises(OutOfTime, match="1 states were known"):
        Search(machine, Budget.of(-1)).closure(machine.init)


def test_leaves_that_are_read_together_stand_together():
    groups = [frozenset({i, i + 4}) for i in range(4)]
    order = arranged(8, groups)
    assert sorted(order) == list(range(8))
    assert all(abs(order.index(i) - order.index(i + 4)) == 1 for i in range(4))
    assert arranged(3, []) == [0, 1, 2]
