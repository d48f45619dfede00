"""Small random machines whose constraints may have no value, for an int leaves its range."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.machines import COLOUR, HERE, SMALL, models, terms
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import BOOL, IntSort
from verifier.model.terms import App, Const, Op, Term, Var, eq, ite

ONE = Const(IntSort(1, 1), 1)


def _raised(level: int) -> Term:
    return App(SMALL, Op.FIT, (App(IntSort(1, 3), Op.ADD, (Var(SMALL, "n", level), ONE)),))


def _lowered(level: int) -> Term:
    return App(SMALL, Op.FIT, (App(IntSort(-1, 1), Op.SUB, (Var(SMALL, "n", level), ONE)),))


@st.composite
def constraints(draw: st.DrawFn) -> Term:
    """A constraint on n, b or c after, most often one without a value where n is 0 or 2, before or after."""
    partial = draw(st.sampled_from([_raised(0), _lowered(0), _raised(1), _lowered(1)]))
    small = App(BOOL, Op.LT, (partial, Const(SMALL, 1)))
    other = draw(st.sampled_from([Const(SMALL, 1), Var(SMALL, "n"), Var(SMALL, "n", 1)]))
    choices = [
        eq(Var(SMALL, "n", 1), draw(st.sampled_from([_raised(0), _lowered(0)]))),
        App(BOOL, draw(st.sampled_from([Op.LT, Op.LE, Op.EQ])), (partial, other)),
        eq(Var(BOOL, "b", 1), small),
        eq(Var(COLOUR, "c", 1), ite(small, Const(COLOUR, "RED"), Var(COLOUR, "c"))),
        draw(terms(BOOL, (0, 1), (), 1)),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    """A rule that changes n, b and c, by one to four constraints."""
    guard, found = draw(terms(BOOL, (0,), (), 1)), draw(st.lists(constraints(), min_size=1, max_size=4))
    return Rule(name, (), guard, tuple(found), ("n", "b", "c"), None, (), None, (), HERE)


@st.composite
def partial_models(draw: st.DrawFn) -> Model:
    """A machine with one or two such rules, and perhaps such a constraint on its initial states."""
    model = draw(models())
    start = App(BOOL, Op.LT, (draw(st.sampled_from([_raised(0), _lowered(0)])), Const(SMALL, 2)))
    init = (start, *model.init) if draw(st.booleans()) else model.init
    return replace(model, init=init, rules=tuple(draw(rules(f"p{i}")) for i in range(draw(st.integers(1, 2)))))
