"""Typed, immutable, hash-consed terms: equal terms are the same object, so a visitor may remember by term.

Definitions and `let` are gone by the time a term exists: the elaborator has written them out, and equal
parts are shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import ClassVar
from weakref import WeakValueDictionary

from verifier.model.sorts import BOOL, BoolSort, FlagsSort, IntSort, MapSort, SetSort, Sort, Value


class Op(Enum):
    """Operators. The comment gives argument sorts -> result sort."""

    NOT = "not"  # bool -> bool
    AND = "and"  # bool* -> bool
    OR = "or"  # bool* -> bool
    IMPLIES = "implies"  # bool, bool -> bool
    EQ = "=="  # T, T -> bool (also `iff`; an int may be compared with an int of another range)
    LT = "<"  # int, int or bits[N], bits[N] -> bool
    LE = "<="
    ADD = "+"  # int, int -> int (exact), or bits[N] (wraps)
    SUB = "-"
    MUL = "*"
    BITAND = "&"  # bits[N] or flags T -> the same
    BITOR = "|"
    BITXOR = "^"
    BITNOT = "~"
    SHL = "<<"  # bits[N], bits[N] -> bits[N]
    SHR = ">>"
    ITE = "if"  # bool, T, T -> T
    IN = "in"  # T, set of T -> bool
    SET = "{}"  # T* -> set of T
    GET = "[]"  # (K -> V), K -> V
    PUT = "with"  # (K -> V), K, V -> (K -> V)
    FIT = "fit"  # int -> int LO..HI: the same number; an error where it is outside LO..HI


class Binder(Enum):
    """What binds a variable over all values of its sort."""

    ALL = "all"  # bool -> bool
    SOME = "some"
    ONE = "one"  # exactly one
    COUNT = "count"  # bool -> int 0..cardinality
    EACH = "each"  # V -> (K -> V)
    THOSE = "those"  # bool -> set of K


class Term:
    """Base of all terms; `sort` is the sort of its value. Never built directly."""

    __slots__ = ("sort", "_key", "__weakref__")
    sort: Sort
    _key: tuple[object, ...]
    _interned: ClassVar[WeakValueDictionary[tuple[object, ...], Term]] = WeakValueDictionary()

    def __new__(cls, *fields: object) -> Term:
        key = (cls, *fields)
        found = Term._interned.get(key)
        if found is None:
            found = object.__new__(cls)
            for name, value in zip(cls._fields(), fields, strict=True):
                object.__setattr__(found, name, value)
            object.__setattr__(found, "_key", key)
            Term._interned[key] = found
        return found

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        raise NotImplementedError

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("terms are immutable")

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), self._key[1:])

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._key[1:]!r}"


class Const(Term):
    """A value of a sort."""

    __slots__ = ("value",)
    value: Value

    def __new__(cls, sort: Sort, value: Value) -> Const:
        return super().__new__(cls, sort, value)  # type: ignore[return-value]

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("sort", "value")


class Var(Term):
    """State variable `name` after `level` steps: 0 is before, 1 after, 2 another successor, where two are compared."""

    __slots__ = ("name", "level")
    name: str
    level: int

    def __new__(cls, sort: Sort, name: str, level: int = 0) -> Var:
        return super().__new__(cls, sort, name, level)  # type: ignore[return-value]

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("sort", "name", "level")


class Param(Term):
    """A rigid parameter of the machine."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, sort: Sort, name: str) -> Param:
        return super().__new__(cls, sort, name)  # type: ignore[return-value]

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("sort", "name")


class Local(Term):
    """A parameter of a rule, a bound variable, or `start` or `goal` of a path claim. In a term a name has one sort."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, sort: Sort, name: str) -> Local:
        return super().__new__(cls, sort, name)  # type: ignore[return-value]

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("sort", "name")


class App(Term):
    """An operator applied to arguments."""

    __slots__ = ("op", "args")
    op: Op
    args: tuple[Term, ...]

    def __new__(cls, sort: Sort, op: Op, args: tuple[Term, ...]) -> App:
        return super().__new__(cls, sort, op, args)  # type: ignore[return-value]

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("sort", "op", "args")


class Call(Term):
    """An uninterpreted function or a table applied to arguments; `name` is declared in the model."""

    __slots__ = ("name", "args")
    name: str
    args: tuple[Term, ...]

    def __new__(cls, sort: Sort, name: str, args: tuple[Term, ...]) -> Call:
        return super().__new__(cls, sort, name, args)  # type: ignore[return-value]

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("sort", "name", "args")


class Bind(Term):
    """`binder local in local.sort: body`."""

    __slots__ = ("binder", "local", "body")
    binder: Binder
    local: Local
    body: Term

    def __new__(cls, sort: Sort, binder: Binder, local: Local, body: Term) -> Bind:
        return super().__new__(cls, sort, binder, local, body)  # type: ignore[return-value]

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("sort", "binder", "local", "body")


TRUE = Const(BOOL, True)
FALSE = Const(BOOL, False)


def not_(term: Term) -> Term:
    """Return the negation, simplified where it is a constant or a negation."""
    if isinstance(term, Const):
        return FALSE if term.value else TRUE
    if isinstance(term, App) and term.op is Op.NOT:
        return term.args[0]
    return App(BOOL, Op.NOT, (term,))


def and_(*terms: Term) -> Term:
    """Return the conjunction: flattened, without doubles and constants."""
    return _lattice(Op.AND, TRUE, FALSE, terms)


def or_(*terms: Term) -> Term:
    """Return the disjunction: flattened, without doubles and constants."""
    return _lattice(Op.OR, FALSE, TRUE, terms)


def _lattice(op: Op, unit: Term, zero: Term, terms: Iterable[Term]) -> Term:
    kept: dict[Term, None] = {}
    for term in terms:
        for part in term.args if isinstance(term, App) and term.op is op else (term,):
            if part is zero:
                return zero
            if part is not unit:
                kept[part] = None
    if not kept:
        return unit
    return next(iter(kept)) if len(kept) == 1 else App(BOOL, op, tuple(kept))


def conjuncts(term: Term) -> tuple[Term, ...]:
    """Return the parts of a conjunction; the term itself where it is none."""
    return term.args if isinstance(term, App) and term.op is Op.AND else (term,)


def implies(left: Term, right: Term) -> Term:
    """Return `left implies right`, simplified where a side is constant."""
    if left is TRUE or right is TRUE:
        return right
    if left is FALSE:
        return TRUE
    return not_(left) if right is FALSE else App(BOOL, Op.IMPLIES, (left, right))


def eq(left: Term, right: Term) -> Term:
    """Return `left == right`, decided at once where both are the same term or constants of one sort."""
    if left is right:
        return TRUE
    if isinstance(left, Const) and isinstance(right, Const) and left.sort == right.sort:
        return FALSE
    if isinstance(left.sort, BoolSort):
        for side, other in ((left, right), (right, left)):
            if side is TRUE:
                return other
            if side is FALSE:
                return not_(other)
    return App(BOOL, Op.EQ, (left, right))


def ite(condition: Term, then: Term, other: Term) -> Term:
    """Return `if condition then then else other`, simplified where the condition or the choice is constant.

    Branches that are ints of different ranges join to the hull."""
    if condition is TRUE or then is other:
        return then
    return other if condition is FALSE else App(joined(then.sort, other.sort), Op.ITE, (condition, then, other))


def joined(left: Sort, right: Sort) -> Sort:
    """Return the smallest sort of both: the hull of two ints, otherwise `left`."""
    if isinstance(left, IntSort) and isinstance(right, IntSort):
        return IntSort(min(left.low, right.low), max(left.high, right.high))
    return left


def children(term: Term) -> tuple[Term, ...]:
    """Return the direct subterms (of a binder: its body)."""
    match term:
        case App() | Call():
            return term.args
        case Bind():
            return (term.body,)
        case _:
            return ()


def rebuild(term: Term, parts: tuple[Term, ...]) -> Term:
    """Return `term` with its direct subterms replaced by `parts`, with the cheap simplifications of this module."""
    match term:
        case App(op=Op.NOT):
            return not_(parts[0])
        case App(op=Op.AND):
            return and_(*parts)
        case App(op=Op.OR):
            return or_(*parts)
        case App(op=Op.IMPLIES):
            return implies(*parts)
        case App(op=Op.EQ):
            return eq(*parts)
        case App(op=Op.ITE):
            return ite(*parts)
        case App():
            return App(term.sort, term.op, parts)
        case Call():
            return Call(term.sort, term.name, parts)
        case Bind():
            return Bind(term.sort, term.binder, term.local, parts[0])
        case _:
            return term


def substitute(term: Term, mapping: Mapping[Term, Term]) -> Term:
    """Return `term` with each leaf or subterm that is a key of `mapping` replaced by its value.

    The replacements must not mention a variable bound inside `term`; the elaborator's unique names see to that.
    A local that is a key is left alone where a binder inside binds it anew, as in a composition of a rule with itself.
    """

    def replace(t: Term) -> Term | None:
        new = mapping.get(t)
        if new is None and isinstance(t, Bind) and t.local in mapping:
            return rebuild(t, (substitute(t.body, {k: v for k, v in mapping.items() if k is not t.local}),))
        return new

    return transform(term, replace)


def transform(term: Term, replace: Callable[[Term], Term | None]) -> Term:
    """Return `term` with every subterm t, outermost first, replaced by `replace(t)` where that is not None."""
    done: dict[Term, Term] = {}

    def walk(t: Term) -> Term:
        if t in done:
            return done[t]
        new = replace(t)
        if new is None:
            parts = children(t)
            changed = tuple(walk(p) for p in parts)
            new = t if all(a is b for a, b in zip(parts, changed, strict=True)) else rebuild(t, changed)
        done[t] = new
        return new

    return walk(term)


def subterms(term: Term) -> Iterator[Term]:
    """Yield each distinct subterm once, children before parents."""
    seen: set[Term] = set()
    stack: list[tuple[Term, bool]] = [(term, False)]
    while stack:
        t, expanded = stack.pop()
        if expanded:
            yield t
        elif t not in seen:
            seen.add(t)
            stack.append((t, True))
            stack.extend((c, False) for c in reversed(children(t)))


def free_locals(term: Term, known: dict[Term, tuple[Local, ...]]) -> tuple[Local, ...]:
    """Return the locals that are free in `term`; `known` remembers the answer for each of its subterms."""
    if term not in known:
        found = {local: None for c in children(term) for local in free_locals(c, known)}
        if isinstance(term, Local):
            found[term] = None
        if isinstance(term, Bind):
            found.pop(term.local, None)
        known[term] = tuple(found)
    return known[term]


def at_level(term: Term, level: int) -> Term:
    """Return a term over level-0 variables, moved to `level`."""
    return transform(term, lambda t: Var(t.sort, t.name, level) if isinstance(t, Var) else None)


def shift(term: Term, old: int, new: int) -> Term:
    """Return `term` with the variables of level `old` moved to level `new`."""
    return transform(term, lambda t: Var(t.sort, t.name, new) if isinstance(t, Var) and t.level == old else None)


@lru_cache(maxsize=1 << 16)
def variables(term: Term, level: int = 0) -> frozenset[str]:
    """Return the names of the state variables that `term` mentions at `level`."""
    return frozenset(t.name for t in subterms(term) if isinstance(t, Var) and t.level == level)


def flags_mask(sort: FlagsSort, bit: str) -> int:
    """Return the weight of bit `bit`."""
    return 1 << sort.bits.index(bit)


__all__ = [
    "FALSE", "TRUE", "App", "Bind", "Binder", "Call", "Const", "IntSort", "Local", "MapSort", "Op", "Param",
    "SetSort", "Term", "Var", "and_", "at_level", "children", "conjuncts", "eq", "flags_mask", "free_locals",
    "implies", "ite", "not_", "or_", "rebuild", "shift", "substitute", "subterms", "transform", "variables",
]  # fmt: skip
