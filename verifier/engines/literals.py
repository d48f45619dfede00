"""The literals of which IC3 builds its cubes: what can be said of one state in the spec's own words."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.encode.listing import listed
from verifier.encode.query import Assignment
from verifier.model.model import Model
from verifier.model.sorts import (
    BOOL,
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Value,
    cardinality,
    is_finite,
)  # fmt: skip
from verifier.model.terms import (
    App,
    Bind,
    Call,
    Const,
    Local,
    Op,
    Param,
    Term,
    Var,
    eq,
    not_,
    or_,
    subterms,
    variables,
)  # fmt: skip
from verifier.semantics.claims import Case

WIDE = 64
"""A sort with more values than this is described by its bits (or, an int, by bounds) instead of value by value."""


class Literals:
    """Describes states by literals: of each finite part of the data its value, of opaque data the equalities and
    other predicates that occur in the rules, the initial states or the claim."""

    def __init__(self, model: Model, bad: tuple[Case, ...]) -> None:
        rigid: list[Term] = [Param(p.sort, p.name) for p in model.parameters]
        self.parts = [part for v in [*(Var(v.sort, v.name, 0) for v in model.variables), *rigid] for part in _parts(v)]
        self.predicates = tuple(dict.fromkeys(_predicates(model, bad)))

    def cube(self, assignment: Assignment) -> tuple[Term, ...]:
        """Return the literals that hold in the assignment's state of level 0."""
        literals: dict[Term, None] = {}
        for part in self.parts:
            literals |= dict.fromkeys(_literals(part, assignment.value(part)))
        for predicate in self.predicates:
            literals[predicate if assignment.value(predicate) else not_(predicate)] = None
        return tuple(literals)

    def readable(self, cube: tuple[Term, ...]) -> Term:
        """Return the clause that excludes the cube, written to be read: a variable that has one of these values,
        or ..."""
        return or_(*(not_(x) for x in cube))


def _parts(term: Term) -> Iterator[Term]:
    """Yield the scalar, finite parts of a variable's value."""
    match term.sort:
        case MapSort():
            for key in listed(term.sort.key):
                yield from _parts(App(term.sort.value, Op.GET, (term, Const(term.sort.key, key))))
        case SetSort():
            for element in listed(term.sort.element):
                yield App(BOOL, Op.IN, (Const(term.sort.element, element), term))
        case OpaqueSort():
            return
        case _:
            yield term


def _literals(part: Term, value: Value) -> Iterator[Term]:
    match part.sort:
        case BoolSort():
            yield part if value else not_(part)
        case IntSort():
            constant = _number(int(str(value)))
            yield App(BOOL, Op.LE, (constant, part))
            yield App(BOOL, Op.LE, (part, constant))
        case FlagsSort() | BitsSort() if (cardinality(part.sort) or 0) > WIDE:
            yield from _bits(part, part.sort, int(str(value)))
        case EnumSort() | IndexSort() | FlagsSort() | BitsSort():
            yield from (not_(eq(part, Const(part.sort, v))) for v in listed(part.sort) if v != value)


def _bits(part: Term, sort: FlagsSort | BitsSort, value: int) -> Iterator[Term]:
    width = len(sort.bits) if isinstance(sort, FlagsSort) else sort.width
    for i in range(width):
        mask = Const(sort, 1 << i)
        is_set = eq(App(sort, Op.BITAND, (part, mask)), mask)
        yield is_set if value >> i & 1 else not_(is_set)


def _number(value: int) -> Const:
    return Const(IntSort(value, value), value)


def _predicates(model: Model, bad: tuple[Case, ...]) -> Iterator[Term]:
    """Yield the atomic formulas over level 0 alone that mention opaque data."""
    terms = [*model.init, *(r.guard for r in model.rules), *(c.condition for c in bad)]
    for term in terms:
        for part in subterms(term):
            if isinstance(part.sort, BoolSort) and _is_atomic(part) and _is_about_opaque(part):
                yield part


def _is_atomic(term: Term) -> bool:
    if isinstance(term, App):
        boolean_equality = term.op is Op.EQ and isinstance(term.args[0].sort, BoolSort)
        return not boolean_equality and term.op in (Op.EQ, Op.LT, Op.LE, Op.IN)
    return isinstance(term, Call)


def _is_about_opaque(term: Term) -> bool:
    inside = list(subterms(term))
    rigid = not variables(term, 1) and not variables(term, 2) and not any(isinstance(t, (Local, Bind)) for t in inside)
    return rigid and any(not is_finite(t.sort) for t in inside)
