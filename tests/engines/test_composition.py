"""The engines for composition and routes agree with an enumeration by the reference semantics."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.test_conformance import reachable
from tests.machines import COLOUR, models, terms
from verifier.engines.engine import Budget
from verifier.engines.paths import Paths
from verifier.engines.routes import RouteSearch
from verifier.evidence.evidence import Holds, PathGaps, Trace, Unknown, Violated
from verifier.model.claims import Basis, EqualsPath, Routes
from verifier.model.sorts import BOOL, values
from verifier.model.terms import FALSE, TRUE, Local, Var, eq
from verifier.semantics.evaluate import Setting
from verifier.semantics.instances import instances
from verifier.semantics.outcomes import told_apart
from verifier.semantics.run import is_run, successors, valuations

LIMITS = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def places(model):
    """Every reachable state as a trace that starts there (which `told_apart` takes, though it may be no run)."""
    return [Trace(p, dict(k)) for p in valuations(model) for k in reachable(Setting(model, p))]


def walks(steps, instance, low, high):
    for length in range(low, high + 1):
        for walk in itertools.product(steps, repeat=length):
            linked = all(a.goal == b.start for a, b in itertools.pairwise(walk))
            if linked and walk[0].start == instance.start and walk[-1].goal == instance.goal:
                yield walk


def has_path(model, instance, steps, claim, through, here):
    if not any(told_apart(model, t, instance, (), through, ("c",)) or fires(model, t, instance) for t in here):
        return True
    return any(
        not any(told_apart(model, t, instance, w, through, claim.observing) for t in here)
        for w in walks(steps, instance, claim.low, claim.high)
    )


def fires(model, trace, instance):
    setting = Setting(model, trace.parameters)
    wanted = (instance.rule, dict(instance.arguments), instance.start, instance.goal)
    return any(
        (s.rule, dict(s.arguments), trace.initial["c"], s.state["c"]) == wanted
        for s in successors(setting, trace.initial)
    )


@settings(max_examples=60, **LIMITS)
@given(st.data(), models())
def test_a_path_is_found_iff_one_equals_the_instance_in_every_reachable_state(data, model):
    names = tuple(r.name for r in model.rules)
    through = data.draw(st.sampled_from([TRUE, eq(Var(BOOL, "b"), TRUE), eq(Var(COLOUR, "c"), Local(COLOUR, "goal"))]))
    observing = data.draw(st.sampled_from([("c",), ("c", "b"), ("c", "b", "n", "f", "w", "m", "s")]))
    claim = EqualsPath(names[:1], TRUE, names, TRUE, data.draw(st.integers(1, 2)), 2, through, observing)
    answer = Paths().solve(model, claim, Budget.of(30))
    assert not isinstance(answer, Unknown), answer
    here = places(model)
    steps = list(instances(model, names, TRUE))
    expected = {i: has_path(model, i, steps, claim, through, here) for i in instances(model, names[:1], TRUE)}
    assert isinstance(answer, Holds) == all(expected.values())
    if isinstance(answer, Violated):
        assert isinstance(answer.evidence, PathGaps)
        assert {n.instance for n in answer.evidence.missing} == {i for i, found in expected.items() if not found}
        assert all(is_run(model, t) for n in answer.evidence.missing for t in n.traces)


@settings(max_examples=25, **LIMITS)
@given(models())
def test_a_computed_basis_generates_every_other_instance(model):
    names = tuple(r.name for r in model.rules)
    claim = Basis(names, None, 1, 2, ("c",))
    answer = Paths().solve(model, claim, Budget.of(30))
    if isinstance(answer, Holds):
        here = places(model)
        chosen = list(answer.evidence.generators)
        rest = [i for i in instances(model, names, TRUE) if i not in chosen]
        assert all(has_path(model, i, chosen, claim, TRUE, here) for i in rest)
        for one in chosen:
            others = [i for i in chosen if i != one]
            assert not has_path(model, one, others, claim, TRUE, here)


@settings(max_examples=60, **LIMITS)
@given(models(), terms(BOOL, (), (Local(COLOUR, "start"), Local(COLOUR, "goal")), 1))
def test_the_control_graph_of_a_route_table_is_the_one_of_the_semantics(model, blocked):
    names = tuple(r.name for r in model.rules)
    answer = RouteSearch().solve(model, Routes(names, TRUE, TRUE, FALSE, None, None), Budget.of(30))
    may, must = set(), set()
    for trace in places(model):
        setting = Setting(model, trace.parameters)
        p, start = trace.parameters["p"], trace.initial["c"]
        goals = {s.state["c"] for s in successors(setting, trace.initial)} - {start}
        may |= {(p, start, g) for g in goals}
        must |= {(p, start, g) for g in values(COLOUR) if g not in goals}
    if isinstance(answer, Unknown):
        assert may & must
    else:
        assert not may & must
        found = {(dict(g.parameters)["p"], *arc) for g in answer.evidence.graphs for arc in g.arcs}
        assert found == may
