"""Formulas of temporal logic on random graphs: engines, checker and reference semantics agree."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.statespace.families import devices
from tests.walks import at, branching_claims, graph, graphs, linear_claims, named, within
from verifier.checker.certified import EvidenceRefused, Verdict
from verifier.checker.certify import certify
from verifier.engines import temporal, temporal_product
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.engines.temporal_rounds import by_rounds
from verifier.evidence.evidence import (
    Census,
    Closure,
    Holds,
    KLive,
    Labelling,
    Lasso,
    Rounds,
    Trace,
    Unknown,
    Violated,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import Ctl, LeadsTo, Ltl
from verifier.model.formulas import Now, Operator
from verifier.model.terms import Const, Var, eq
from verifier.semantics.evaluate import Setting
from verifier.semantics.positive import in_linear_time, positive, settled
from verifier.semantics.reachable import holds_on
from verifier.semantics.refusal import Refused
from verifier.semantics.run import initial_states, successors
from verifier.semantics.shown import replay
from verifier.semantics.temporal import holds_on_run
from verifier.statespace import search as searches


def reachable(model) -> Iterator[dict]:
    """All reachable states."""
    queue = list(initial_states(Setting(model)))
    seen = []
    for state in queue:
        if state not in seen:
            seen.append(state)
            queue += [s.state for s in successors(Setting(model), state)]
    return seen


def truth(model, claim) -> bool:
    """What the reference semantics says of a claim."""
    return holds_on(model, claim, Closure(tuple(({}, s) for s in reachable(model))), lambda: None)


@pytest.mark.parametrize("name", ["temporal", "liveness"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engine_agrees_with_the_semantics(name, data):
    model = data.draw(graphs())
    claims = st.one_of(linear_claims(model), branching_claims())
    claim = data.draw(claims.filter(lambda c: ENGINES[name].handles(model, c) is None))
    answer = ENGINES[name].solve(model, claim, Budget.of(30))
    assert not isinstance(answer, Unknown), answer.reason
    assert isinstance(answer, Holds) is truth(model, claim)
    certified = certify(model, named(claim), answer, 30)
    assert certified.verdict is (Verdict.PROVED if isinstance(answer, Holds) else Verdict.REFUTED)


def runs(model, most: int) -> Iterator[Trace | Lasso]:
    """All runs with at most `most` steps, and all lassos, stem and loop together."""
    setting = Setting(model)
    layer = [Trace({}, s) for s in initial_states(setting)]
    for _ in range(most + 1):
        for run in layer:
            yield run
            yield from (Lasso(run, i) for i, s in enumerate(run.states[:-1]) if s == run.states[-1])
        layer = [Trace({}, r.initial, (*r.steps, step)) for r in layer for step in successors(setting, r.states[-1])]


def violates(model, claim, run: Trace | Lasso) -> bool:
    """Whether a run shows that the claim is false."""
    try:
        replay(model, claim, run)
    except Refused:
        return False
    return True


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_run_is_shorter_than_the_one_shown(data):
    model = data.draw(graphs())
    claim = data.draw(linear_claims(model).filter(lambda c: ENGINES["temporal"].handles(model, c) is None))
    answer = ENGINES["temporal"].solve(model, claim, Budget.of(30))
    if isinstance(answer, Violated):
        shown = answer.evidence
        trace = shown if isinstance(shown, Trace) else shown.trace
        surely = is_cut_off(model, claim, shown)
        for other in runs(model, min(len(trace.steps) - 1, 5)):
            if not surely or is_cut_off(model, claim, other):
                assert not violates(model, claim, other), (shown, other)


def is_cut_off(model, claim, run: Trace | Lasso) -> bool:
    """Whether a run is a violation however it goes on."""
    surely = settled(positive(claim.formula, False))
    return isinstance(run, Trace) and holds_on_run(surely, Setting(model), run.states, None)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_run_without_a_response_is_shorter_than_the_one_shown(data):
    model = data.draw(graphs())
    places = st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True).map(within)
    rules = st.lists(st.sampled_from([r.name for r in model.rules]), max_size=2, unique=True).map(tuple)
    claim = LeadsTo(data.draw(places), data.draw(places), data.draw(rules))
    answer = ENGINES["explicit"].solve(model, claim, Budget.of(30))
    assert isinstance(answer, Holds) is truth(model, claim)
    if isinstance(answer, Violated):
        trace = answer.evidence if isinstance(answer.evidence, Trace) else answer.evidence.trace
        assert violates(model, claim, answer.evidence)
        assert not any(violates(model, claim, r) for r in runs(model, min(len(trace.steps) - 1, 5)))


WEAK, STRONG = ("fair",), ("strong",)


@pytest.mark.parametrize("kinds", [(), WEAK, STRONG, WEAK + STRONG])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_fairness_of_each_kind_means_what_the_semantics_says(kinds, data):
    model = data.draw(graphs())
    rules = st.lists(st.sampled_from([r.name for r in model.rules]), min_size=1, max_size=2, unique=True).map(tuple)
    fairness = {kind: data.draw(rules) for kind in kinds}
    claim = data.draw(linear_claims(model).map(lambda c: Ltl(c.formula, **{"fair": (), "strong": (), **fairness})))
    if ENGINES["temporal"].handles(model, claim) is None:
        answer = ENGINES["temporal"].solve(model, claim, Budget.of(30))
        assert isinstance(answer, Holds) is truth(model, claim)


# go and turn lead round between 0 and 1; halt leads from 1 to 2, where stay stays.
ROUNDABOUT = graph({"go": [(0, 1)], "turn": [(1, 0)], "halt": [(1, 2)], "stay": [(2, 2)]}, [0])


def op(name: str, *parts) -> Operator:
    return Operator(name, parts)


@pytest.mark.parametrize(
    ("formula", "rules", "loop"),
    [
        (op("EF", Now(at(2))), ["go", "halt"], None),
        (op("EX", op("EX", Now(at(2)))), ["go", "halt"], None),
        (op("EU", Now(at(0)), Now(at(1))), ["go"], None),
        (op("EG", Now(within([0, 1]))), ["go", "turn"], 0),
        (op("EF", op("EG", Now(at(2)))), ["go", "halt", "stay"], 2),
        (op("EW", Now(at(0)), Now(at(1))), ["go"], None),
    ],
)
def test_a_formula_that_says_that_runs_exist_is_proved_by_runs(formula, rules, loop):
    claim = Ctl(formula)
    answer = ENGINES["temporal"].solve(ROUNDABOUT, claim, Budget.of(30))
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, Witnesses)
    ((trace, at_loop),) = answer.evidence.runs
    assert ([s.rule for s in trace.steps], at_loop) == (rules, loop)
    assert certify(ROUNDABOUT, named(claim), answer, 30).verdict is Verdict.PROVED
    shorter = replace(trace, steps=trace.steps[:-1])
    for forged in (Witnesses((shorter,), (None,)), Witnesses((trace,), (1 - len(rules),)), Witnesses(())):
        with pytest.raises(EvidenceRefused):
            certify(ROUNDABOUT, named(claim), Holds(forged), 30)


def test_a_run_is_shown_from_every_initial_state():
    model = graph({"go": [(0, 2), (1, 2)], "back": [(2, 1)]}, [0, 1])
    claim = Ctl(op("EF", Now(at(2))))
    answer = ENGINES["temporal"].solve(model, claim, Budget.of(30))
    assert isinstance(answer, Holds)
    assert [t.initial["at"] for t in answer.evidence.traces] == [0, 1]
    first = replace(answer.evidence, traces=answer.evidence.traces[:1], loops=(None,))
    with pytest.raises(EvidenceRefused, match="no run from some initial state"):
        certify(model, named(claim), Holds(first), 30)


def test_runs_do_not_prove_what_is_said_of_every_run():
    (run,) = (r for r in runs(ROUNDABOUT, 1) if isinstance(r, Trace) and r.steps)
    with pytest.raises(EvidenceRefused, match="does not show that there is no other"):
        certify(ROUNDABOUT, named(Ctl(op("AF", Now(at(1))))), Holds(Witnesses((run,), (None,))), 30)


@pytest.mark.parametrize(
    ("formula", "steps"),
    [
        (op("W", Now(at(0)), Now(at(2))), 1),
        (op("G", op("implies", Now(at(1)), op("X", Now(at(2))))), 2),
        (op("X", op("X", Now(at(0)))), 2),
    ],
)
def test_a_run_that_is_a_violation_whatever_comes_is_cut_off(formula, steps):
    claim = Ltl(formula, ("halt",), ("go",))
    answer = ENGINES["temporal"].solve(ROUNDABOUT, claim, Budget.of(30))
    assert isinstance(answer, Violated)
    assert isinstance(answer.evidence, Trace)
    assert len(answer.evidence.steps) == steps
    assert certify(ROUNDABOUT, named(claim), answer, 30).verdict is Verdict.REFUTED


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_rounds_are_bounded_by_counting_iff_the_claim_holds(data):
    model = data.draw(graphs())
    claim = data.draw(linear_claims(model).filter(lambda c: in_linear_time(c) is not None))
    proof = by_rounds(model, claim, Budget.of(60))
    assert (proof is not None) is truth(model, claim)
    if proof is not None:
        assert certify(model, named(claim), Holds(proof), 60).verdict is Verdict.PROVED


def test_a_wrong_number_of_states_of_the_watched_machine_is_refused():
    claim = Ltl(op("F", Now(at(2))), (), ("halt",))
    (rounds,) = by_rounds(ROUNDABOUT, claim, Budget.of(60)).parts
    ((parameters, states),) = rounds.census.counts
    for forged in (
        replace(rounds, census=Census(((parameters, states - 1),))),
        replace(rounds, census=Census(((parameters, states + 1),))),
        replace(rounds, census=Census(())),
        Rounds(0, (), rounds.census),
        Rounds(rounds.k, ()),
    ):
        with pytest.raises(EvidenceRefused):
            certify(ROUNDABOUT, named(claim), Holds(KLive((forged,))), 60)


def test_many_states_are_labelled(monkeypatch):
    monkeypatch.setattr(temporal, "MEMBERS", 100)
    model = devices(2)
    mode, errors = model.variable["mode"], model.variable["errors"]
    running = eq(Var(mode.sort, "mode"), Const(mode.sort, ("RUNNING", "RUNNING")))
    most = eq(Var(errors.sort, "errors"), Const(errors.sort, 15))
    stays = op("G", op("implies", Now(most), op("or", op("G", Now(most)), op("G", op("F", Now(running))))))
    answer = ENGINES["temporal"].solve(model, Ltl(stays), Budget.of(60))
    assert isinstance(answer, Holds)
    assert isinstance(answer.evidence, Labelling)
    assert certify(model, named(Ltl(stays)), answer, 60).verdict is Verdict.PROVED


def test_the_same_lasso_is_found_without_the_kernel(monkeypatch):
    monkeypatch.setattr(temporal_product, "FIRST", 1)
    monkeypatch.setattr(searches, "library", lambda: None)
    claim = Ltl(op("F", op("G", Now(within([1, 2])))))
    answer = ENGINES["temporal"].solve(ROUNDABOUT, claim, Budget.of(30))
    assert isinstance(answer, Violated)
    assert [s.rule for s in answer.evidence.trace.steps] == ["go", "turn"]
