"""Model terms as Z3 expressions.

Maps and sets over finite sorts become tuples: one expression a key, one boolean an element. Enum values,
individuals, flags and words are bit vectors; ints are integers with their range as a side condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import z3

from verifier.encode.listing import LIMIT, TooLarge, listed, width
from verifier.model.model import Model
from verifier.model.sorts import (
    Atom,
    BoolSort,
    EnumSort,
    IndexSort,
    IntSort,
    MapSort,
    OpaqueSort,
    SetSort,
    Sort,
    Value,
    cardinality,
    values,
)  # fmt: skip
from verifier.model.terms import App, Bind, Binder, Call, Const, Local, Op, Param, Term, Var
from verifier.semantics.fold import fold

Symbolic = Any
"""A Z3 expression, or (of a map or a set) a tuple of Symbolic."""


class Encoder:
    """Encodes the terms of one model, in a Z3 context of its own: what Z3 answers does not depend on what it was
    asked before, so a report comes out the same however the work is shared out. `sides` collects what the symbols
    met so far must satisfy (ranges of ints, codes that name no value)."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.context = z3.Context()
        self.sides: list[z3.BoolRef] = []
        self.symbols: dict[Term, Symbolic] = {}
        self._done: dict[Term, Symbolic] = {}
        self._functions: dict[str, z3.FuncDeclRef] = {}
        self._sorts: dict[str, z3.SortRef] = {}

    def __call__(self, term: Term) -> Symbolic:
        """Return the Z3 expression of a term; of a map or set, a tuple."""
        found = self._done.get(term)
        if found is None:
            found = self._encode(term)
            self._done[term] = found
        return found

    def boolean(self, term: Term) -> z3.BoolRef:
        """Return the Z3 formula of a boolean term."""
        result: z3.BoolRef = self(term)
        return result

    def sort(self, sort: Sort) -> z3.SortRef:
        """Return the Z3 sort of a scalar sort."""
        match sort:
            case BoolSort():
                return z3.BoolSort(self.context)
            case IntSort():
                return z3.IntSort(self.context)
            case OpaqueSort():
                return self._sorts.setdefault(sort.name, z3.DeclareSort(sort.name, self.context))
            case MapSort() | SetSort():
                raise TooLarge(f"a function over {sort} is not supported by this engine")
            case _:
                return z3.BitVecSort(width(sort), self.context)

    def function(self, name: str) -> z3.FuncDeclRef:
        """Return the Z3 function of an uninterpreted function of the model."""
        if name not in self._functions:
            declared = self.model.function[name]
            sorts = [self.sort(s) for s in (*declared.arguments, declared.result)]
            self._functions[name] = z3.Function(name, *sorts)
        return self._functions[name]

    def constant(self, sort: Sort, value: Value) -> Symbolic:
        """Return the Z3 value of a value of a finite sort."""
        match sort:
            case BoolSort():
                return z3.BoolVal(bool(value), self.context)
            case IntSort():
                return z3.IntVal(value, self.context)
            case EnumSort():
                return z3.BitVecVal(sort.names.index(str(value)), width(sort), self.context)
            case MapSort():
                assert isinstance(value, tuple)
                return tuple(self.constant(sort.value, v) for v in value)
            case SetSort():
                assert isinstance(value, frozenset)
                return tuple(z3.BoolVal(e in value, self.context) for e in listed(sort.element))
            case OpaqueSort():
                assert isinstance(value, Atom)
                raise TooLarge(f"{value} is an element of an interpretation, not a value of the spec")
            case _:
                return z3.BitVecVal(value, width(sort), self.context)

    def symbol(self, sort: Sort, name: str) -> Symbolic:
        """Return a fresh free symbol (a tuple of them for a map or set), and note its side conditions."""
        match sort:
            case MapSort():
                return tuple(self.symbol(sort.value, f"{name}[{i}]") for i, _ in enumerate(listed(sort.key)))
            case SetSort():
                return tuple(self.symbol(BoolSort(), f"{name}[{i}]") for i, _ in enumerate(listed(sort.element)))
        result = z3.Const(name, self.sort(sort))
        self.sides += self._guards(sort, result)
        return result

    def _guards(self, sort: Sort, value: z3.ExprRef) -> list[z3.BoolRef]:
        """Return what makes a Z3 value one of the sort, where its Z3 sort has more."""
        size = cardinality(sort)
        if isinstance(sort, IntSort):
            return [sort.low <= value, value <= sort.high]
        if isinstance(sort, EnumSort | IndexSort) and size is not None and size < 1 << width(sort):
            return [z3.ULT(value, size)]
        return []

    def inside(self, sort: Sort, value: z3.ExprRef) -> Symbolic:
        """Return a function's result, mapped into its sort where Z3 chose one outside."""
        guards = self._guards(sort, value)
        return choose(z3.And(*guards), value, self.constant(sort, next(values(sort)))) if guards else value

    def _encode(self, term: Term) -> Symbolic:
        match term:
            case Const():
                return self.constant(term.sort, term.value)
            case Var():
                return self._free(term, f"{term.name}@{term.level}")
            case Param():
                return self._free(term, f"param {term.name}")
            case Local():
                return self._free(term, f"local {term.name}")
            case Call():
                return self._call(term)
            case Bind():
                return self._bind(term)
            case App():
                return self._app(term)
        raise TypeError(f"not a term: {term!r}")

    def _free(self, term: Term, name: str) -> Symbolic:
        if term not in self.symbols:
            self.symbols[term] = self.symbol(term.sort, name)
        return self.symbols[term]

    def _call(self, term: Call) -> Symbolic:
        arguments = [self(a) for a in term.args]
        table = self.model.cells.get(term.name)
        if table is None:
            return self.inside(term.sort, self.function(term.name)(*arguments))
        tests = [
            [(k, same(a, self(Const(t.sort, k)))) for k in listed(t.sort)]
            for a, t in zip(arguments, term.args, strict=True)
        ]
        return self._cell(term.sort, table, tests, ())

    def _cell(
        self,
        sort: Sort,
        table: Mapping[tuple[Value, ...], Value],
        tests: list[list[tuple[Value, z3.BoolRef]]],
        keys: tuple[Value, ...],
    ) -> Symbolic:
        """Return the entry of a table where its first arguments are `keys`, by cases over the next argument."""
        if len(keys) == len(tests):
            return self(Const(sort, table[keys]))
        branches = [(test, self._cell(sort, table, tests, (*keys, key))) for key, test in tests[len(keys)]]
        result = branches[-1][1]
        for test, entry in reversed(branches[:-1]):
            result = result if entry is result else choose(test, entry, result)
        return result

    def _bind(self, term: Bind) -> Symbolic:
        size = cardinality(term.local.sort)
        if size is None or size > LIMIT:
            return self._quantified(term)
        keys = listed(term.local.sort)
        bodies = [self(fold(term.body, self.model, {term.local: Const(term.local.sort, k)})) for k in keys]
        match term.binder:
            case Binder.ALL:
                return z3.And(*bodies)
            case Binder.SOME:
                return z3.Or(*bodies)
            case Binder.ONE:
                return z3.PbEq([(b, 1) for b in bodies], 1)
            case Binder.COUNT:
                return z3.Sum([z3.If(b, 1, 0) for b in bodies])
            case Binder.EACH | Binder.THOSE:
                return tuple(bodies)

    def _quantified(self, term: Bind) -> z3.BoolRef:
        sort = term.local.sort
        symbol, body = self(term.local), self.boolean(term.body)  # Z3 binds the symbol in the quantifier's body only
        guards = self._guards(sort, symbol)
        if term.binder is Binder.ALL:
            return z3.ForAll([symbol], z3.Implies(z3.And(*guards), body) if guards else body)
        if term.binder is Binder.SOME:
            return z3.Exists([symbol], z3.And(*guards, body))
        raise TooLarge(f"`{term.binder.value}` over {sort} is not supported")

    def _app(self, term: App) -> Symbolic:
        arguments = [self(a) for a in term.args]
        match term.op:
            case Op.GET:
                return self._get(term, *arguments)
            case Op.PUT:
                return self._put(term, *arguments)
            case Op.IN:
                return self._in(term, *arguments)
            case Op.SET:
                return self._set(term, arguments)
            case Op.LT | Op.LE | Op.SHR if not isinstance(term.args[0].sort, IntSort):
                return _UNSIGNED[term.op](*arguments)
            case Op.BITAND | Op.BITOR | Op.BITXOR | Op.SUB if isinstance(term.sort, SetSort):
                return tuple(_ON_SETS[term.op](a, b) for a, b in zip(*arguments, strict=True))
            case Op.BITNOT if isinstance(term.sort, SetSort):
                return tuple(z3.Not(a) for a in arguments[0])
        return _OPERATORS[term.op](*arguments)

    def _key(self, sort: Sort, key: Symbolic, value: Value) -> z3.BoolRef:
        return same(key, self.constant(sort, value))

    def _get(self, term: App, mapping: tuple[Symbolic, ...], key: Symbolic) -> Symbolic:
        sort = term.args[1].sort if not isinstance(term.args[0].sort, MapSort) else term.args[0].sort.key
        keys = listed(sort)
        result = mapping[-1]
        for i in range(len(keys) - 2, -1, -1):
            result = choose(self._key(sort, key, keys[i]), mapping[i], result)
        return result

    def _put(self, term: App, mapping: tuple[Symbolic, ...], key: Symbolic, value: Symbolic) -> Symbolic:
        assert isinstance(term.sort, MapSort)
        keys = listed(term.sort.key)
        return tuple(choose(self._key(term.sort.key, key, k), value, old) for k, old in zip(keys, mapping, strict=True))

    def _in(self, term: App, element: Symbolic, members: tuple[Symbolic, ...]) -> z3.BoolRef:
        sort = term.args[1].sort
        assert isinstance(sort, SetSort)
        keys = listed(sort.element)
        return z3.Or(*(z3.And(self._key(sort.element, element, k), m) for k, m in zip(keys, members, strict=True)))

    def _set(self, term: App, elements: list[Symbolic]) -> Symbolic:
        assert isinstance(term.sort, SetSort)
        sort = term.sort.element
        none = z3.BoolVal(False, self.context)
        return tuple(z3.Or(none, *(self._key(sort, e, k) for e in elements)) for k in listed(sort))


def same(left: Symbolic, right: Symbolic) -> z3.BoolRef:
    """Return the formula that two values of one sort are equal."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return z3.And(*(same(a, b) for a, b in zip(left, right, strict=True)))
    equal: z3.BoolRef = left == right
    return equal


def choose(condition: z3.BoolRef, then: Symbolic, other: Symbolic) -> Symbolic:
    """Return `then` where the condition holds, otherwise `other`."""
    if isinstance(then, tuple) and isinstance(other, tuple):
        return tuple(choose(condition, a, b) for a, b in zip(then, other, strict=True))
    return z3.If(condition, then, other)


_OPERATORS: Mapping[Op, Callable[..., Symbolic]] = {
    Op.NOT: z3.Not,
    Op.AND: z3.And,
    Op.OR: z3.Or,
    Op.IMPLIES: z3.Implies,
    Op.EQ: same,
    Op.LT: lambda a, b: a < b,
    Op.LE: lambda a, b: a <= b,
    Op.ADD: lambda a, b: a + b,
    Op.SUB: lambda a, b: a - b,
    Op.MUL: lambda a, b: a * b,
    Op.BITAND: lambda a, b: a & b,
    Op.BITOR: lambda a, b: a | b,
    Op.BITXOR: lambda a, b: a ^ b,
    Op.BITNOT: lambda a: ~a,
    Op.SHL: lambda a, b: a << b,
    Op.ITE: choose,
    Op.FIT: lambda a: a,
}

_UNSIGNED: Mapping[Op, Callable[..., Symbolic]] = {Op.LT: z3.ULT, Op.LE: z3.ULE, Op.SHR: z3.LShR}

_ON_SETS: Mapping[Op, Callable[..., Symbolic]] = {
    Op.BITAND: z3.And,
    Op.BITOR: z3.Or,
    Op.BITXOR: z3.Xor,
    Op.SUB: lambda a, b: z3.And(a, z3.Not(b)),
}
