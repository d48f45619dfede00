"""Formulas of temporal logic on random graphs: engines, checker and reference semantics agree."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.walks import branching_claims, graphs, linear_claims, named
from verifier.checker.certified import Verdict
from verifier.checker.certify import certify
from verifier.engines.engine import Budget
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Closure, Holds, Lasso, Trace, Unknown, Violated
from verifier.semantics.evaluate import Setting
from verifier.semantics.reachable import holds_on
from verifier.semantics.refusal import Refused
from verifier.semantics.run import initial_states, successors
from verifier.semantics.shown import replay


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


def lassos(model, most: int) -> Iterator[Trace | Lasso]:
    """All maximal runs with at most `most` steps, stem and loop together, in order of their length."""
    setting = Setting(model)
    layer = [Trace({}, s) for s in initial_states(setting)]
    for _ in range(most + 1):
        for run in layer:
            if not list(successors(setting, run.states[-1])):
                yield run
            yield from (Lasso(run, i) for i, s in enumerate(run.states[:-1]) if s == run.states[-1])
        layer = [Trace({}, r.initial, (*r.steps, step)) for r in layer for step in successors(setting, r.states[-1])]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_run_is_shorter_than_the_one_shown(data):
    model = data.draw(graphs())
    claim = data.draw(linear_claims(model).filter(lambda c: ENGINES["temporal"].handles(model, c) is None))
    answer = ENGINES["temporal"].solve(model, claim, Budget.of(30))
    if isinstance(answer, Violated):
        run = answer.evidence if isinstance(answer.evidence, Trace) else answer.evidence.trace
        for other in lassos(model, min(len(run.steps) - 1, 5)):
            with pytest.raises(Refused):
                replay(model, claim, other)
