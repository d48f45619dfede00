"""Formulas of temporal logic that say what another claim says are decided as that claim, and mean the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.walks import PLACES, at, graph, graphs, within
from verifier.evidence.evidence import Closure
from verifier.model.claims import Always, Claim, Ctl, LeadsTo, Ltl, NoDeadlock, Recoverable
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.terms import FALSE, TRUE
from verifier.semantics.claims import cases, plain, premise
from verifier.semantics.evaluate import Setting
from verifier.semantics.graph import explored, key
from verifier.semantics.reachable import holds_on
from verifier.semantics.run import initial_states, successors
from verifier.semantics.temporal import is_violated, satisfying


def op(name: str, *parts: Formula) -> Formula:
    return Operator(name, parts)


P, Q, EVER = Now(at(1)), Now(at(2)), Now(TRUE)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (Ltl(op("G", P), ("go",), ("go",)), Always(at(1))),
        (Ltl(op("G", Now(at(1, 1)))), None),
        (Ltl(op("G", op("F", P)), ("go",)), LeadsTo(TRUE, at(1), ("go",))),
        (Ltl(op("G", op("implies", P, op("F", Q)))), LeadsTo(at(1), at(2), ())),
        (Ltl(op("G", op("implies", P, op("F", Q))), (), ("go",)), None),
        (Ltl(op("G", op("implies", P, op("F", Now(at(1, 1)))))), None),
        (Ltl(op("G", op("X", EVER))), NoDeadlock(FALSE)),
        (Ctl(op("AG", P)), Always(at(1))),
        (Ctl(op("AG", op("EX", EVER))), NoDeadlock(FALSE)),
        (Ctl(op("AG", op("implies", P, op("EF", Q)))), Recoverable(at(2), at(1))),
        (Ctl(op("AG", op("EF", Q))), Recoverable(at(2), TRUE)),
        (Ctl(op("AG", op("AF", Q))), LeadsTo(TRUE, at(2), ())),
        (Ctl(op("EF", P)), None),
    ],
)
def test_plain_form(claim: Claim, expected: Claim | None) -> None:
    assert plain(claim) == (expected or claim)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_plain_form_means_the_same(data: st.DataObject) -> None:
    model = data.draw(graphs())
    places = st.lists(st.integers(0, PLACES - 1), min_size=1, max_size=4, unique=True).map(within)
    p, q = Now(data.draw(places)), Now(data.draw(places))
    fair = data.draw(st.sampled_from([(), ("go",)]))
    setting = Setting(model)
    states = list(initial_states(setting))
    for state in states:
        states += [s.state for s in successors(setting, state) if s.state not in states]
    members = {key(setting, s): s for s in states}
    space = explored(setting, set(members), lambda: None)
    closure = Closure(tuple(({}, s) for s in members.values()))
    for formula in (op("G", p), op("G", op("F", q)), op("G", op("implies", p, op("F", q))), op("G", op("X", EVER))):
        claim = Ltl(formula, fair)
        assert plain(claim) != claim
        assert holds_on(model, claim, closure, lambda: None) is not is_violated(space, claim)
    for formula in (op("AG", p), op("AG", op("implies", p, op("EF", q))), op("AG", op("implies", p, op("AF", q)))):
        branching = Ctl(formula)
        assert plain(branching) != branching
        assert holds_on(model, branching, closure, lambda: None) is (space.initial <= satisfying(space, formula))


def test_a_formula_of_states_has_the_cases_and_the_premise_of_its_claim() -> None:
    model = graph({"go": [(0, 1)]}, [0])
    assert cases(model, Ltl(op("G", P))) == cases(model, Always(at(1)))
    assert cases(model, Ltl(op("F", P))) is None
    assert premise(model, Ltl(op("G", op("implies", P, op("X", Q))))) is at(1)
    assert premise(model, Ctl(op("AG", op("implies", P, op("EG", Q))))) is at(1)
    assert premise(model, Ltl(op("F", P))) is TRUE
