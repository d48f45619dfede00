"""The reference semantics of temporal logic: classical equivalences, and known answers."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.machines import BRANCHING
from tests.walks import at, graph, graphs, linear_claims, within
from tests.walks import formulas as walk_formulas
from tests.words import A_AFTER, A, B, Word, formulas, truth, words
from verifier.evidence.evidence import Closure, Lasso, Trace
from verifier.model.claims import Ctl, Ltl
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.terms import FALSE, TRUE, and_, not_
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.monitor import watched
from verifier.semantics.positive import in_linear_time, positive
from verifier.semantics.reachable import holds_on
from verifier.semantics.refusal import Refused
from verifier.semantics.run import initial_states, successors
from verifier.semantics.shown import replay
from verifier.statespace.space import explored

LOTS = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def op(name: str, *parts: Formula) -> Formula:
    return Operator(name, parts)


def neg(formula: Formula) -> Formula:
    return op("not", formula)


EVER = Now(TRUE)


@LOTS
@given(formulas(2), formulas(2), words())
def test_classical_equivalences_of_linear_time(p: Formula, q: Formula, word: Word) -> None:
    pairs = [
        (op("G", p), neg(op("F", neg(p)))),
        (op("F", p), op("U", EVER, p)),
        (op("U", p, q), op("or", q, op("and", p, op("X", op("U", p, q))))),
        (op("R", p, q), neg(op("U", neg(p), neg(q)))),
        (op("W", p, q), op("or", op("U", p, q), op("G", p))),
        (op("G", p), op("and", p, neg(op("X", neg(op("G", p)))))),
        (op("F", op("or", p, q)), op("or", op("F", p), op("F", q))),
        (op("G", op("and", p, q)), op("and", op("G", p), op("G", q))),
        (op("U", p, op("or", q, p)), op("or", q, p)),
        (op("implies", p, q), op("or", neg(p), q)),
        (op("iff", p, q), op("and", op("implies", p, q), op("implies", q, p))),
        (op("X", p), op("and", op("X", EVER), neg(op("X", neg(p))))),
    ]
    for left, right in pairs:
        assert truth(left, word) is truth(right, word)


@LOTS
@given(formulas(3), words())
def test_positive_form_says_the_same(formula: Formula, word: Word) -> None:
    assert truth(_readable(positive(formula)), word) is truth(formula, word)
    assert truth(_readable(positive(formula, False)), word) is not truth(formula, word)


def _readable(formula: Formula) -> Formula:
    """With `not X not` for the weak next that the language has no word for."""
    if isinstance(formula, Now):
        return formula
    parts = tuple(_readable(p) for p in formula.parts)
    return neg(op("X", neg(*parts))) if formula.name == "N" else Operator(formula.name, parts)


ONE: Word = (({"a": True, "b": False},), None)
ROUND: Word = (({"a": True, "b": False}, {"a": False, "b": True}, {"a": True, "b": False}), 0)


@pytest.mark.parametrize(
    ("formula", "word", "expected"),
    [
        (op("X", EVER), ONE, False),
        (neg(op("X", neg(EVER))), ONE, True),
        (op("G", op("F", Now(A))), ONE, True),
        (op("F", Now(B)), ONE, False),
        (Now(A_AFTER), ONE, False),
        (neg(Now(A_AFTER)), ONE, True),
        (Now(not_(A_AFTER)), ONE, False),
        (op("G", op("X", EVER)), ROUND, True),
        (op("G", op("F", Now(B))), ROUND, True),
        (op("F", op("G", Now(B))), ROUND, False),
        (op("G", op("iff", Now(A), op("X", Now(B)))), ROUND, True),
        (op("G", op("implies", Now(B), Now(A_AFTER))), ROUND, True),
        (op("U", Now(A), Now(B)), ROUND, True),
        (op("R", Now(B), Now(A)), ROUND, False),
    ],
)
def test_known_answers_on_runs(formula: Formula, word: Word, expected: bool) -> None:
    assert truth(formula, word) is expected


def reachable(model) -> Closure:
    queue = list(initial_states(Setting(model)))
    for state in queue:
        queue += [s.state for s in successors(Setting(model), state) if s.state not in queue]
    return Closure(tuple(({}, dict(k)) for k in dict.fromkeys(tuple(s.items()) for s in queue)))


def holds_in(model, claim) -> bool:
    return holds_on(model, claim, reachable(model), lambda: None)


@LOTS
@given(graphs(), walk_formulas(BRANCHING, 1), walk_formulas(BRANCHING, 1))
def test_classical_equivalences_of_branching_time(model, p: Formula, q: Formula) -> None:
    pairs = [
        (op("AG", p), neg(op("EF", neg(p)))),
        (op("AF", p), neg(op("EG", neg(p)))),
        (op("EF", p), op("EU", EVER, p)),
        (op("AU", p, q), neg(op("or", op("EU", neg(q), op("and", neg(p), neg(q))), op("EG", neg(q))))),
        (op("AR", p, q), neg(op("EU", neg(p), neg(q)))),
        (op("ER", p, q), neg(op("AU", neg(p), neg(q)))),
        (op("AW", p, q), neg(op("EU", neg(q), op("and", neg(p), neg(q))))),
        (op("EW", p, q), op("or", op("EU", p, q), op("EG", p))),
        (op("EU", p, q), op("or", q, op("and", p, op("EX", op("EU", p, q))))),
        (op("AF", p), op("or", p, op("AX", op("AF", p)))),
        (op("AX", p), op("and", op("EX", EVER), neg(op("EX", neg(p))))),
    ]
    for left, right in pairs:
        assert holds_in(model, Ctl(op("AG", op("iff", left, right))))


@LOTS
@given(graphs(), walk_formulas(tuple(n for n in BRANCHING if n[0] == "A"), 2))
def test_branching_claims_about_all_runs_are_linear_ones(model, formula: Formula) -> None:
    claim = Ctl(formula)
    linear = in_linear_time(claim)
    if linear is not None:
        assert holds_in(model, claim) is holds_in(model, linear)


@LOTS
@given(st.data())
def test_a_claim_holds_iff_the_rounds_are_bounded(data) -> None:
    model = data.draw(graphs())
    claim = data.draw(linear_claims(model))
    machine = watched(model, claim, 40)
    space = explored(machine.model, {})
    states = [space.unpack(s) for s in space.packed()]
    good = all(holds(machine.claim.condition, Setting(machine.model), (s,)) for s in states)
    assert good is holds_in(model, claim)


# go and turn lead round between 0 and 1; halt leads from 1 to 2, where the walk ends.
ROUNDABOUT = graph({"go": [(0, 1)], "turn": [(1, 0)], "halt": [(1, 2)]}, [0])
# turn can fire in 0 only every other time, halt always.
STAY = graph({"stay": [(0, 0)], "halt": [(0, 1)], "back": [(1, 1)]}, [0])
AT_END = op("F", Now(at(2)))


@pytest.mark.parametrize(
    ("model", "claim", "expected"),
    [
        (ROUNDABOUT, Ltl(AT_END), False),
        (ROUNDABOUT, Ltl(AT_END, ("halt",)), False),
        (ROUNDABOUT, Ltl(AT_END, (), ("halt",)), True),
        (ROUNDABOUT, Ltl(AT_END, ("go", "turn", "halt"), ()), False),
        (ROUNDABOUT, Ltl(op("G", op("F", Now(at(0))))), False),
        (ROUNDABOUT, Ltl(op("G", op("X", EVER))), False),
        (ROUNDABOUT, Ltl(op("or", AT_END, op("G", op("F", Now(at(0)))))), True),
        (STAY, Ltl(op("F", Now(at(1)))), False),
        (STAY, Ltl(op("F", Now(at(1))), ("halt",)), True),
        (STAY, Ltl(op("F", Now(at(1))), (), ("halt",)), True),
        (STAY, Ltl(op("F", Now(at(1))), ("stay",), ("stay",)), False),
        (STAY, Ltl(op("F", op("G", Now(at(1)))), ("halt",)), True),
        (ROUNDABOUT, Ctl(op("AG", op("EF", Now(at(2))))), True),
        (ROUNDABOUT, Ctl(op("AF", Now(at(2)))), False),
        (ROUNDABOUT, Ctl(op("EG", Now(within([0, 1])))), True),
        (ROUNDABOUT, Ctl(op("AG", op("EX", EVER))), False),
        (ROUNDABOUT, Ctl(op("AX", op("AX", Now(within([0, 2]))))), True),
        (ROUNDABOUT, Ctl(op("AX", op("AX", op("AX", EVER)))), False),
    ],
)
def test_known_answers_on_machines(model, claim, expected: bool) -> None:
    assert holds_in(model, claim) is expected


def run(*steps: tuple[str, int], start: int = 0) -> Trace:
    from verifier.evidence.evidence import Step

    return Trace({}, {"at": start}, tuple(Step(r, {}, {"at": p}) for r, p in steps))


TURNS = run(("go", 1), ("turn", 0))


@pytest.mark.parametrize(
    ("claim", "evidence", "reason"),
    [
        (Ltl(AT_END, (), ("halt",)), Lasso(TURNS, 0), "not fair to halt"),
        (Ltl(op("F", Now(at(1)))), Lasso(TURNS, 0), "does not show it"),
        (Ltl(AT_END), Lasso(TURNS, 1), "not closed"),
        (Ltl(AT_END), Lasso(TURNS, -1), "not closed"),
        (Ltl(AT_END), TURNS, "could go on"),
        (Ltl(AT_END), run(("go", 1), ("halt", 2)), "does not show it"),
        (Ltl(AT_END), Lasso(run(("turn", 0)), 0), "not a run"),
        (Ctl(op("AF", op("EG", Now(at(2))))), Lasso(TURNS, 0), "does not show that there is no other"),
        (Ctl(op("AX", op("AF", Now(at(1))))), Lasso(TURNS, 0), "does not show it"),
    ],
)
def test_runs_that_show_nothing_are_refused(claim, evidence, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        replay(ROUNDABOUT, claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (Ltl(AT_END, ("halt",)), Lasso(TURNS, 0)),
        (Ltl(op("G", op("X", EVER))), run(("go", 1), ("halt", 2))),
        (Ctl(op("AF", op("AG", Now(at(2))))), Lasso(TURNS, 0)),
        (Ctl(neg(op("EX", op("EX", Now(at(2)))))), run(("go", 1), ("halt", 2))),
    ],
)
def test_runs_that_violate_a_claim_are_accepted(claim, evidence) -> None:
    replay(ROUNDABOUT, claim, evidence)
    assert not holds_in(ROUNDABOUT, claim)


def test_a_formula_that_is_never_put_to_the_test_is_not_a_formula_of_states() -> None:
    assert in_linear_time(Ltl(op("G", Now(and_(at(0), FALSE))))) is None
