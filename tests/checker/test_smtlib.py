"""The checker's SMT-LIB text means what `semantics.evaluate` says, as cvc5 reads it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.machines import COLOUR, MODE, PARAMETER, SMALL, STATE, WORD, models, terms

from verifier.checker.smtlib import Inexpressible, script
from verifier.checker.solver import shared
from verifier.model.sorts import BOOL, Atom, BitsSort, EnumSort, IntSort, MapSort, OpaqueSort, SetSort, values
from verifier.model.terms import (
    FALSE, TRUE, App, Bind, Binder, Call, Const, Local, Op, Param, Term, Var, and_, eq, implies, not_, or_,
)  # fmt: skip
from verifier.semantics.evaluate import Setting, evaluate

LIMITS = dict(deadline=None, suppress_health_check=list(HealthCheck))
SORTS = [BOOL, COLOUR, MODE, SMALL, WORD, STATE["m"], STATE["s"]]


def answer(model, *assertions: Term) -> str:
    reply = shared().check(script(model, assertions), 20)
    assert reply.answer != "unknown", reply.reason
    return reply.answer


def pinned(state, level: int) -> list[Term]:
    return [eq(Var(STATE[n], n, level), Const(STATE[n], v)) for n, v in state.items()]


def states():
    return st.fixed_dictionaries({n: st.sampled_from(list(values(s))) for n, s in STATE.items()})


@settings(max_examples=300, **LIMITS)
@given(st.data(), st.sampled_from(SORTS), states(), states(), st.booleans())
def test_cvc5_gives_a_ground_term_the_value_that_evaluate_gives(data, sort, before, after, p):
    model = EMPTY
    term = data.draw(terms(sort, (0, 1), (), 3))
    value = evaluate(term, Setting(model, {"p": p}), (before, after))
    ground = [*pinned(before, 0), *pinned(after, 1), eq(PARAMETER, Const(BOOL, p))]
    equal = App(BOOL, Op.EQ, (term, Const(sort, value)))
    assert answer(model, *ground, equal) == "sat"
    assert answer(model, *ground, App(BOOL, Op.NOT, (equal,))) == "unsat"


EMPTY = models().filter(lambda m: True).example() if False else None
