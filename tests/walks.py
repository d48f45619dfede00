"""Small random graphs as machines, and random formulas of temporal logic about where one is on them."""

from __future__ import annotations

from hypothesis import strategies as st

from tests import machines
from tests.machines import BRANCHING, HERE, LINEAR
from verifier.diagnostics import Source
from verifier.model.claims import Ctl, Ltl, Property
from verifier.model.declarations import Rule, Variable
from verifier.model.formulas import Formula
from verifier.model.model import Model
from verifier.model.sorts import IntSort
from verifier.model.terms import FALSE, TRUE, Const, Term, Var, and_, eq, or_

PLACES = 5
SORT = IntSort(0, PLACES - 1)


def at(place: int, level: int = 0) -> Term:
    """The walk is at a place."""
    return eq(Var(SORT, "at", level), Const(SORT, place))


def within(places: list[int], level: int = 0) -> Term:
    """The walk is at one of these places."""
    return or_(*(at(p, level) for p in places))


def rule(name: str, arcs: list[tuple[int, int]]) -> Rule:
    """A rule with these arcs."""
    guard = within(sorted({a for a, _ in arcs})) if arcs else FALSE
    taken = or_(*(and_(at(a), at(b, 1)) for a, b in arcs))
    return Rule(name, (), guard, (taken,), ("at",), None, (), None, (), HERE)


def graph(arcs: dict[str, list[tuple[int, int]]], start: list[int]) -> Model:
    """A machine that walks along the arcs of its rules."""
    rules = tuple(rule(n, a) for n, a in arcs.items())
    at_ = Variable("at", SORT, None, HERE)
    return Model("walk", None, Source("walk.arc", ""), {}, (), (), (at_,), (), (), (within(start),), rules, (), None)


@st.composite
def graphs(draw: st.DrawFn) -> Model:
    """A graph of at most PLACES places, with one to three rules."""
    place = st.integers(0, PLACES - 1)
    arcs = st.lists(st.tuples(place, place), min_size=1, max_size=6, unique=True)
    names = ["go", "turn", "halt"][: draw(st.integers(1, 3))]
    return graph({n: draw(arcs) for n in names}, draw(st.lists(place, min_size=1, max_size=2, unique=True)))


def _conditions(steps: bool) -> st.SearchStrategy[Term]:
    places = st.lists(st.integers(0, PLACES - 1), min_size=1, max_size=3, unique=True)
    if not steps:
        return st.one_of(places.map(within), st.just(TRUE))
    return st.one_of(places.map(within), places.map(within), places.map(lambda p: within(p, 1)), st.just(TRUE))


def formulas(operators: tuple[str, ...], depth: int = 3) -> st.SearchStrategy[Formula]:
    """A formula with these operators; in linear time it may speak of steps."""
    return machines.formulas(_conditions(operators is LINEAR), operators, depth)


def linear_claims(model: Model) -> st.SearchStrategy[Ltl]:
    """A claim `ltl`, with weak and strong fairness."""
    rules = st.lists(st.sampled_from([r.name for r in model.rules]), max_size=2, unique=True).map(tuple)
    return st.builds(Ltl, formulas(LINEAR), rules, rules)


def branching_claims() -> st.SearchStrategy[Ctl]:
    """A claim `ctl`."""
    return st.builds(Ctl, formulas(BRANCHING))


def named(claim: Ltl | Ctl) -> Property:
    """A property that claims this."""
    return Property("p", claim, "ltl p", TRUE, None, (), False, False, "error", HERE)
