"""Typed construction of terms: constants are folded, and ints carry their exact interval."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping

from verifier.model.sorts import BOOL, BitsSort, FlagsSort, IntSort, MapSort, SetSort, Sort, Value, cardinality, values
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Bind,
    Binder,
    Const,
    Local,
    Op,
    Term,
    and_,
    eq,
    implies,
    ite,
    not_,
    or_,
)

_FOLDED_MAP = 4096
_ARITHMETIC: Mapping[Op, Callable[[int, int], int]] = {
    Op.ADD: operator.add,
    Op.SUB: operator.sub,
    Op.MUL: operator.mul,
    Op.BITAND: operator.and_,
    Op.BITOR: operator.or_,
    Op.BITXOR: operator.xor,
}


def integer(value: int) -> Const:
    """Return an int constant; its sort is the interval of that one number."""
    return Const(IntSort(value, value), value)


def build(op: Op, *args: Term) -> Term:
    """Return `op` applied to well-sorted arguments (any op but FIT)."""
    match op:
        case Op.NOT:
            return not_(args[0])
        case Op.AND:
            return and_(*args)
        case Op.OR:
            return or_(*args)
        case Op.IMPLIES:
            return implies(args[0], args[1])
        case Op.EQ:
            return equal(args[0], args[1])
        case Op.LT | Op.LE:
            return _less(op, args[0], args[1])
        case Op.ITE:
            return ite(args[0], args[1], args[2])
        case Op.IN | Op.SET | Op.GET | Op.PUT:
            return _collection(op, args)
        case _:
            return _arithmetic(op, args)


def equal(left: Term, right: Term) -> Term:
    """Return `left == right`; two int constants are compared though their sorts differ."""
    if isinstance(left, Const) and isinstance(right, Const):
        return TRUE if left.value == right.value else FALSE
    return eq(left, right)


def _less(op: Op, left: Term, right: Term) -> Term:
    if isinstance(left, Const) and isinstance(right, Const):
        assert isinstance(left.value, int)
        assert isinstance(right.value, int)
        return TRUE if left.value < right.value or (op is Op.LE and left.value == right.value) else FALSE
    return App(BOOL, op, (left, right))


def fit(sort: IntSort, term: Term) -> Term:
    """Return `term` as an int of `sort`: itself iff its interval fits, otherwise checked by Op.FIT."""
    assert isinstance(term.sort, IntSort)
    inside = sort.low <= term.sort.low and term.sort.high <= sort.high
    return term if inside else App(sort, Op.FIT, (term,))


def _arithmetic(op: Op, args: tuple[Term, ...]) -> Term:
    """+ - * on ints and words, & | ^ ~ << >> on words and flags."""
    sort = args[0].sort
    numbers = [a.value for a in args if isinstance(a, Const) and isinstance(a.value, int)]
    if isinstance(sort, IntSort):
        return integer(_ARITHMETIC[op](*numbers)) if len(numbers) == 2 else App(_interval(op, args), op, args)
    if len(numbers) == len(args):
        return Const(sort, _word(op, numbers) % _modulus(sort))
    return App(sort, op, args)


def _interval(op: Op, args: tuple[Term, ...]) -> IntSort:
    left, right = (a.sort for a in args)
    assert isinstance(left, IntSort)
    assert isinstance(right, IntSort)
    ends = [_ARITHMETIC[op](a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return IntSort(min(ends), max(ends))


def _modulus(sort: Sort) -> int:
    assert isinstance(sort, BitsSort | FlagsSort)
    return 1 << (sort.width if isinstance(sort, BitsSort) else len(sort.bits))


def _word(op: Op, numbers: list[int]) -> int:
    if op is Op.BITNOT:
        return ~numbers[0]
    if op in (Op.SHL, Op.SHR):
        value, places = numbers[0], min(numbers[1], 1 << 16)
        return value << places if op is Op.SHL else value >> places
    return _ARITHMETIC[op](*numbers)


def has_bit(flags: Term, mask: int) -> Term:
    """Return whether all bits of `mask` are in `flags`: `flags & mask == mask`."""
    weight = Const(flags.sort, mask)
    return equal(build(Op.BITAND, flags, weight), weight)


def _collection(op: Op, args: tuple[Term, ...]) -> Term:
    match op:
        case Op.IN:
            return member(args[0], args[1])
        case Op.SET:
            return collection(args[0].sort, args)
        case Op.GET:
            return _get(args[0], args[1])
        case _:
            return _put(args[0], args[1], args[2])


def member(element: Term, of: Term) -> Term:
    """Return `element in of`; of a set that is listed, the disjunction of equalities."""
    if isinstance(of, Const):
        assert isinstance(of.sort, SetSort)
        assert isinstance(of.value, frozenset)
        of_sort = of.sort.element
        return or_(*(equal(element, constant(of_sort, v)) for v in ordered(of_sort, of.value)))
    if isinstance(of, App) and of.op is Op.SET:
        return or_(*(equal(element, e) for e in of.args))
    return App(BOOL, Op.IN, (element, of))


def ordered(sort: Sort, chosen: Iterable[Value]) -> list[Value]:
    """Return values of a finite sort in its canonical order."""
    chosen = frozenset(chosen)
    if isinstance(sort, IntSort | BitsSort):
        return list[Value](sorted(v for v in chosen if isinstance(v, int)))
    return [v for v in values(sort) if v in chosen]


def constant(sort: Sort, value: Value) -> Const:
    """Return the constant; an int gets the interval of that number."""
    return integer(value) if isinstance(sort, IntSort) and isinstance(value, int) else Const(sort, value)


def collection(element: Sort, args: tuple[Term, ...]) -> Term:
    """Return the set of `args`, whose elements are of sort `element`."""
    if all(isinstance(a, Const) for a in args):
        return Const(SetSort(element), frozenset(a.value for a in args if isinstance(a, Const)))
    return App(SetSort(element), Op.SET, tuple(dict.fromkeys(args)))


def _position(sort: Sort, key: Const) -> int:
    return next(i for i, v in enumerate(values(sort)) if v == key.value)


def _get(base: Term, key: Term) -> Term:
    assert isinstance(base.sort, MapSort)
    if isinstance(base, Const) and isinstance(key, Const) and isinstance(base.value, tuple):
        return constant(base.sort.value, base.value[_position(base.sort.key, key)])
    return App(base.sort.value, Op.GET, (base, key))


def _put(base: Term, key: Term, value: Term) -> Term:
    assert isinstance(base.sort, MapSort)
    match base, key, value:
        case Const(value=tuple(old)), Const(), Const():
            position = _position(base.sort.key, key)
            return Const(base.sort, (*old[:position], value.value, *old[position + 1 :]))
        case _:
            return App(base.sort, Op.PUT, (base, key, value))


def bind(binder: Binder, local: Local, body: Term, value: Sort | None = None) -> Term:
    """Return the binder over all values of the local's sort. `value`: the sort of an EACH map's values, if it
    is wider than the body's. A constant body is folded, since no sort is empty."""
    size = cardinality(local.sort)
    assert size is not None
    if binder in (Binder.ALL, Binder.SOME):
        return body if isinstance(body, Const) else Bind(BOOL, binder, local, body)
    if binder is Binder.EACH:
        return _each(local, body, value or body.sort, size)
    sorts: Mapping[Binder, Sort] = {Binder.ONE: BOOL, Binder.COUNT: IntSort(0, size), Binder.THOSE: SetSort(local.sort)}
    return Bind(sorts[binder], binder, local, body)


def _each(local: Local, body: Term, value: Sort, size: int) -> Term:
    sort = MapSort(local.sort, value)
    if isinstance(body, Const) and size <= _FOLDED_MAP:
        return Const(sort, (body.value,) * size)
    return Bind(sort, Binder.EACH, local, body)
