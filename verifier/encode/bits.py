"""Model terms as bits: every value of a finite sort as literals of a Boolean circuit.

A bool is a literal. An enum value or an individual is its place among the values of its sort, flags and words are their
mask: `Bits`, lowest bit first. An int is a `Number`, in two's complement, as wide as it takes: arithmetic is exact, and
what `Op.FIT` is given stays as it is, in its range or not. A map is a tuple of values, one a key; a set a tuple of
literals, one an element. The meaning is that of `semantics.evaluate`; the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from verifier.encode.bits_circuit import FALSE, TRUE, Circuit
from verifier.encode.listing import TooLarge, listed, width
from verifier.model.model import Model
from verifier.model.sorts import (
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
)  # fmt: skip
from verifier.model.terms import App, Bind, Binder, Call, Const, Local, Op, Param, Term, Var, free_locals


class Bits(tuple[int, ...]):
    """The bits of a word, flags value, enum value or individual; unsigned, lowest first."""

    __slots__ = ()


class Number(tuple[int, ...]):
    """The bits of an int in two's complement, lowest first; the last one is the sign."""

    __slots__ = ()


Symbolic = int | Bits | Number | tuple["Symbolic", ...]
Known = tuple[tuple[Local, Value], ...]
"""The values of the locals bound around a term."""


def is_finite_model(model: Model) -> str | None:
    """Return None iff all data of the model is finite and no function is uninterpreted; otherwise what is not."""
    declared = [(v.name, v.sort) for v in model.variables] + [(p.name, p.sort) for p in model.parameters]
    declared += [(p.name, p.sort) for r in model.rules for p in r.parameters]
    for name, sort in declared:
        if cardinality(sort) is None:
            return f"`{name}` is not finite data"
    return f"function {model.functions[0].name} is uninterpreted" if model.functions else None


class BitEncoder:
    """Encodes the terms of one finite model into a circuit. A leaf (variable of a level, parameter, free local) is
    made of new inputs when it is first met; it is then known that its bits are a value of its sort."""

    def __init__(self, model: Model, circuit: Circuit) -> None:
        self.model = model
        self.circuit = circuit
        self.symbols: dict[Term, Symbolic] = {}
        self._done: dict[tuple[Term, Known], Symbolic] = {}
        self._free: dict[Term, tuple[Local, ...]] = {}
        self._codes: dict[Sort, Mapping[Symbolic, Value]] = {}

    def copy(self, circuit: Circuit) -> BitEncoder:
        """Return an encoder of the same model that has met the same terms; `circuit` is a copy of this one's."""
        other = BitEncoder(self.model, circuit)
        other.symbols, other._done, other._free = dict(self.symbols), dict(self._done), dict(self._free)
        return other

    def boolean(self, term: Term) -> int:
        """Return the literal of a boolean term."""
        result = self(term)
        assert isinstance(result, int)
        return result

    def __call__(self, term: Term, known: Known = ()) -> Symbolic:
        """Return the value of a term, with locals bound to values. Raises TooLarge."""
        if known:
            free = free_locals(term, self._free)
            known = tuple((x, v) for x, v in known if x in free)
        key = (term, known)
        found = self._done.get(key)
        if found is None:
            found = self._done[key] = self._encode(term, known)
        return found

    def constant(self, sort: Sort, value: Value) -> Symbolic:
        """Return a value of a finite sort."""
        match sort:
            case BoolSort():
                return TRUE if value else FALSE
            case IntSort():
                return _number(int(str(value)))
            case EnumSort():
                return _bits(sort.names.index(str(value)), width(sort))
            case MapSort():
                assert isinstance(value, tuple)
                return tuple(self.constant(sort.value, v) for v in value)
            case SetSort():
                assert isinstance(value, frozenset)
                return tuple(TRUE if e in value else FALSE for e in listed(sort.element))
            case OpaqueSort():
                raise TooLarge(f"{sort} is opaque")
            case _:
                return _bits(int(str(value)), width(sort))

    def symbol(self, sort: Sort) -> Symbolic:
        """Return a new free value of a sort."""
        match sort:
            case BoolSort():
                return self.circuit.input()
            case MapSort():
                return tuple(self.symbol(sort.value) for _ in listed(sort.key))
            case SetSort():
                return tuple(self.circuit.input() for _ in listed(sort.element))
            case IntSort():
                made: Bits | Number = Number(self._inputs(_int_width(sort)))
                if sort.low >= 0:
                    made = Number((*made[:-1], FALSE))
            case OpaqueSort():
                raise TooLarge(f"{sort} is opaque")
            case _:
                made = Bits(self._inputs(width(sort)))
        self.circuit.require(self.inside(sort, made))
        return made

    def _inputs(self, number: int) -> list[int]:
        return [self.circuit.input() for _ in range(number)]

    def inside(self, sort: Sort, value: Symbolic) -> int:
        """Return the literal that says that bits are a value of the sort."""
        match sort:
            case MapSort():
                assert isinstance(value, tuple)
                return self.circuit.all(self.inside(sort.value, v) for v in value)
            case IntSort():
                assert isinstance(value, Number)
                low, high = _number(sort.low), _number(sort.high)
                return self.circuit.all((-self.below(value, low), -self.below(high, value)))
            case EnumSort() | IndexSort():
                assert isinstance(value, Bits)
                return -self.circuit.less(_bits((cardinality(sort) or 0) - 1, len(value)), value)
        return TRUE

    def below(self, left: Number, right: Number) -> int:
        """Return the literal that says that one int is less than another."""
        size = max(len(left), len(right))
        (*a, sign), (*b, other) = _extended(left, size), _extended(right, size)
        return self.circuit.less([*a, -sign], [*b, -other])

    def same(self, left: Symbolic, right: Symbolic) -> int:
        """Return the literal that says that two values are equal."""
        if isinstance(left, int) or isinstance(right, int):
            assert isinstance(left, int)
            assert isinstance(right, int)
            return -self.circuit.differ(left, right)
        if isinstance(left, Number) and isinstance(right, Number):
            size = max(len(left), len(right))
            return self.circuit.same(_extended(left, size), _extended(right, size))
        return self.circuit.all(self.same(a, b) for a, b in zip(left, right, strict=True))

    def choose(self, condition: int, then: Symbolic, other: Symbolic) -> Symbolic:
        """Return `then` where the condition is true, otherwise `other`."""
        if isinstance(then, int) or isinstance(other, int):
            assert isinstance(then, int)
            assert isinstance(other, int)
            return self.circuit.choose(condition, then, other)
        if isinstance(then, Number) and isinstance(other, Number):
            size = max(len(then), len(other))
            pairs = zip(_extended(then, size), _extended(other, size), strict=True)
            return _shortest([self.circuit.choose(condition, a, b) for a, b in pairs])
        parts = (self.choose(condition, a, b) for a, b in zip(then, other, strict=True))
        return Bits(parts) if isinstance(then, Bits) else tuple(parts)  # type: ignore[arg-type]

    def _encode(self, term: Term, known: Known) -> Symbolic:
        match term:
            case Const():
                return self.constant(term.sort, term.value)
            case Local() if known:
                return self.constant(term.sort, known[0][1])
            case Var() | Param() | Local():
                if term not in self.symbols:
                    self.symbols[term] = self.symbol(term.sort)
                return self.symbols[term]
            case Call():
                return self._call(term, [self(a, known) for a in term.args])
            case Bind():
                return self._bind(term, known)
            case App():
                return self._app(term, [self(a, known) for a in term.args])
        raise TypeError(f"not a term: {term!r}")

    def _call(self, term: Call, arguments: list[Symbolic]) -> Symbolic:
        table = self.model.cells.get(term.name)
        if table is None:
            raise TooLarge(f"function {term.name} is uninterpreted")
        sorts = [t.sort for t in term.args]
        constants = [self._constant_value(s, a) for s, a in zip(sorts, arguments, strict=True)]
        if (value := table.get(tuple(c for c in constants if c is not None))) is not None and None not in constants:
            return self.constant(term.sort, value)
        return self._cell(term.sort, table, list(zip(sorts, arguments, strict=True)), ())

    def _cell(
        self,
        sort: Sort,
        table: Mapping[tuple[Value, ...], Value],
        arguments: Sequence[tuple[Sort, Symbolic]],
        keys: tuple[Value, ...],
    ) -> Symbolic:
        """Return the entry of a table where its first arguments are `keys`, by cases over the next argument."""
        if len(keys) == len(arguments):
            return self.constant(sort, table[keys])
        key_sort, key = arguments[len(keys)]
        values = [k for k in listed(key_sort) if any(t[: len(keys) + 1] == (*keys, k) for t in table)]
        return self._select(key_sort, key, values, [self._cell(sort, table, arguments, (*keys, k)) for k in values])

    def _select(self, sort: Sort, key: Symbolic, keys: Sequence[Value], entries: Sequence[Symbolic]) -> Symbolic:
        if (value := self._constant_value(sort, key)) in keys:
            return entries[keys.index(value)]
        result = entries[-1]
        for k, entry in zip(reversed(keys[:-1]), reversed(entries[:-1]), strict=True):
            result = self.choose(self.same(key, self.constant(sort, k)), entry, result)
        return result

    def _constant_value(self, sort: Sort, symbolic: Symbolic) -> Value | None:
        """Return the value of a constant; None where it is none, or one of another width."""
        if sort not in self._codes:
            self._codes[sort] = {self.constant(sort, v): v for v in listed(sort)}
        return self._codes[sort].get(symbolic)

    def _bind(self, term: Bind, known: Known) -> Symbolic:
        outer = tuple((x, v) for x, v in known if x is not term.local)
        bodies = [self(term.body, (*outer, (term.local, v))) for v in listed(term.local.sort)]
        match term.binder:
            case Binder.EACH | Binder.THOSE:
                return tuple(bodies)
            case Binder.ALL:
                return self.circuit.all(_literals(bodies))
            case Binder.SOME:
                return self.circuit.any(_literals(bodies))
            case Binder.ONE:
                return self._one(_literals(bodies))
            case Binder.COUNT:
                return self._count(_literals(bodies))

    def _one(self, literals: Iterable[int]) -> int:
        some = many = FALSE
        for x in literals:
            many = self.circuit.any((many, self.circuit.all((some, x))))
            some = self.circuit.any((some, x))
        return self.circuit.all((some, -many))

    def _count(self, literals: Iterable[int]) -> Number:
        """Return how many are true: a tree of sums."""
        terms = [Number((x, FALSE)) for x in literals]
        while len(terms) > 1:
            pairs = [self._sum(a, b) for a, b in zip(terms[::2], terms[1::2], strict=False)]
            terms = pairs + terms[2 * len(pairs) :]
        return _shortest(terms[0]) if terms else _number(0)

    def _sum(self, left: Number, right: Number) -> Number:
        size = max(len(left), len(right)) + 1
        return _shortest(self.circuit.add(_extended(left, size), _extended(right, size)))

    def _app(self, term: App, arguments: list[Symbolic]) -> Symbolic:
        of = term.args[0].sort if term.args else term.sort
        match term.op:
            case Op.NOT:
                return -_literal(arguments[0])
            case Op.AND:
                return self.circuit.all(_literals(arguments))
            case Op.OR:
                return self.circuit.any(_literals(arguments))
            case Op.IMPLIES:
                return self.circuit.any((-_literal(arguments[0]), _literal(arguments[1])))
            case Op.EQ:
                return self.same(*arguments)
            case Op.ITE:
                return self.choose(_literal(arguments[0]), arguments[1], arguments[2])
            case Op.FIT:
                return arguments[0]
            case Op.SET:
                assert isinstance(term.sort, SetSort)
                return self._set(term.sort.element, arguments)
            case Op.IN:
                assert isinstance(term.args[1].sort, SetSort)
                return self._in(term.args[1].sort.element, *arguments)
            case Op.GET:
                assert isinstance(of, MapSort)
                return self._select(of.key, arguments[1], listed(of.key), arguments[0])  # type: ignore[arg-type]
            case Op.PUT:
                assert isinstance(of, MapSort)
                return self._put(of.key, *arguments)
            case Op.LT | Op.LE:
                return self._ordered(term.op, *arguments)
        if isinstance(of, IntSort):
            return self._arithmetic(term.op, *arguments)
        return self._bitwise(term.op, isinstance(of, SetSort), *arguments)

    def _set(self, sort: Sort, elements: list[Symbolic]) -> Symbolic:
        keys = (self.constant(sort, k) for k in listed(sort))
        return tuple(self.circuit.any(self.same(e, k) for e in elements) for k in keys)

    def _in(self, sort: Sort, element: Symbolic, members: Symbolic) -> int:
        assert isinstance(members, tuple)
        pairs = zip(listed(sort), _literals(members), strict=True)
        return self.circuit.any(self.circuit.all((self.same(element, self.constant(sort, k)), m)) for k, m in pairs)

    def _put(self, sort: Sort, mapping: Symbolic, key: Symbolic, value: Symbolic) -> Symbolic:
        assert isinstance(mapping, tuple)
        keys = (self.constant(sort, k) for k in listed(sort))
        return tuple(self.choose(self.same(key, k), value, old) for k, old in zip(keys, mapping, strict=True))

    def _ordered(self, op: Op, left: Symbolic, right: Symbolic) -> int:
        if op is Op.LE:
            return -self._ordered(Op.LT, right, left)
        if isinstance(left, Number) and isinstance(right, Number):
            return self.below(left, right)
        assert isinstance(left, Bits)
        assert isinstance(right, Bits)
        return self.circuit.less(left, right)

    def _arithmetic(self, op: Op, left: Symbolic, right: Symbolic) -> Number:
        assert isinstance(left, Number)
        assert isinstance(right, Number)
        if op is Op.ADD:
            return self._sum(left, right)
        size = max(len(left), len(right)) + 1
        if op is Op.SUB:
            negated = [-b for b in _extended(right, size)]
            return _shortest(self.circuit.add(_extended(left, size), negated, TRUE))
        assert op is Op.MUL
        size = len(left) + len(right)
        return _shortest(self._product(_extended(left, size), _extended(right, size)))

    def _product(self, left: Sequence[int], right: Sequence[int]) -> tuple[int, ...]:
        """Return the product modulo 2 ** width."""
        size = len(left)
        total: tuple[int, ...] = (FALSE,) * size
        for i, b in enumerate(right):
            row = [*([FALSE] * i), *(self.circuit.all((a, b)) for a in left[: size - i])]
            total = self.circuit.add(total, row)
        return total

    def _bitwise(self, op: Op, on_sets: bool, left: Symbolic, *more: Symbolic) -> Symbolic:
        a = _literals(left)  # type: ignore[arg-type]
        b = _literals(more[0]) if more else a  # type: ignore[arg-type]
        result: Sequence[int]
        match op:
            case Op.BITNOT:
                result = [-x for x in a]
            case Op.BITAND | Op.BITOR | Op.BITXOR:
                gate = self._gate(op)
                result = [gate(x, y) for x, y in zip(a, b, strict=True)]
            case Op.SUB if on_sets:
                result = [self.circuit.all((x, -y)) for x, y in zip(a, b, strict=True)]
            case Op.ADD:
                result = self.circuit.add(a, b)
            case Op.SUB:
                result = self.circuit.add(a, [-y for y in b], TRUE)
            case Op.MUL:
                result = self._product(a, b)
            case Op.SHL:
                result = self._shifted(a, b)
            case _:
                assert op is Op.SHR
                result = self._shifted(a[::-1], b)[::-1]
        return tuple(result) if on_sets else Bits(result)

    def _gate(self, op: Op) -> Callable[[int, int], int]:
        both = {Op.BITAND: self.circuit.all, Op.BITOR: self.circuit.any}
        return self.circuit.differ if op is Op.BITXOR else lambda x, y: both[op]((x, y))

    def _shifted(self, word: list[int], by: Sequence[int]) -> list[int]:
        """Return the word moved up, zeros coming in from below: a shift for each bit of the amount."""
        for i, bit in enumerate(by):
            amount = min(1 << i, len(word))
            moved = [FALSE] * amount + word[: len(word) - amount]
            word = [self.circuit.choose(bit, m, w) for m, w in zip(moved, word, strict=True)]
        return word


def places(symbolic: Symbolic) -> list[int]:
    """Return all literals of a value, in the order of its parts."""
    if isinstance(symbolic, int):
        return [symbolic]
    return [x for part in symbolic for x in places(part)]


def _literal(symbolic: Symbolic) -> int:
    assert isinstance(symbolic, int)
    return symbolic


def _literals(parts: Iterable[Symbolic]) -> list[int]:
    return [_literal(p) for p in parts]


def _bits(value: int, size: int) -> Bits:
    return Bits(TRUE if value >> i & 1 else FALSE for i in range(size))


def _number(value: int) -> Number:
    size = (value if value >= 0 else ~value).bit_length() + 1
    return Number(TRUE if value >> i & 1 else FALSE for i in range(size))


def _int_width(sort: IntSort) -> int:
    return max(len(_number(sort.low)), len(_number(sort.high)))


def _extended(number: Number, size: int) -> Number:
    return Number((*number, *(number[-1:] * (size - len(number)))))


def _shortest(bits: Sequence[int]) -> Number:
    """Drop copies of the sign."""
    end = len(bits)
    while end > 1 and bits[end - 1] == bits[end - 2]:
        end -= 1
    return Number(bits[:end])
