"""Sorts: which values a term may have.

A value is a plain Python value: `bool`; an enum value's name (`str`); a flags value or a machine word
(`int`, a bit mask); an `int`; an individual of an index (`int` from 0); an `Atom` of an opaque sort; a map
(`tuple`, one value a key, in the order of `values(key)`); a set (`frozenset`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

Value = object


@dataclass(frozen=True, slots=True)
class BoolSort:
    """Truth values."""

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class EnumSort:
    """Named values; `numbers[i]` is the number that value `names[i]` has outside (in C, in reports).

    `docs` are no part of the sort: what shows them takes them from the sort in `Model.sorts`.
    """

    name: str
    names: tuple[str, ...]
    numbers: tuple[int, ...]
    docs: tuple[str | None, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class FlagsSort:
    """Sets of bits. Bit `bits[i]` has weight `1 << i`; `named` gives some values a name of their own."""

    name: str
    bits: tuple[str, ...]
    named: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class IntSort:
    """Integers from `low` to `high`, both included. Leaving the range is an error, never a wrap."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"int {self.low}..{self.high}"


@dataclass(frozen=True, slots=True)
class BitsSort:
    """Machine words of `width` bits; unsigned, arithmetic wraps."""

    width: int

    def __str__(self) -> str:
        return f"bits[{self.width}]"


@dataclass(frozen=True, slots=True)
class IndexSort:
    """`size` interchangeable individuals."""

    name: str
    size: int

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class OpaqueSort:
    """An uninterpreted, non-empty sort."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class MapSort:
    """Total maps from a finite sort."""

    key: Sort
    value: Sort

    def __str__(self) -> str:
        return f"{self.key} -> {self.value}"


@dataclass(frozen=True, slots=True)
class SetSort:
    """Subsets of a finite sort."""

    element: Sort

    def __str__(self) -> str:
        return f"set of {self.element}"


Sort = BoolSort | EnumSort | FlagsSort | IntSort | BitsSort | IndexSort | OpaqueSort | MapSort | SetSort

BOOL = BoolSort()


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """Element number `number` of an opaque sort, in one interpretation."""

    sort: str
    number: int

    def __str__(self) -> str:
        return f"{self.sort.lower()}{self.number}"


def cardinality(sort: Sort) -> int | None:
    """Return how many values the sort has; None iff that is unknown (an opaque sort is part of it)."""
    match sort:
        case BoolSort():
            return 2
        case EnumSort():
            return len(sort.names)
        case FlagsSort():
            return 1 << len(sort.bits)
        case IntSort():
            return sort.high - sort.low + 1
        case BitsSort():
            return 1 << sort.width
        case IndexSort():
            return sort.size
        case OpaqueSort():
            return None
        case MapSort():
            keys, values = cardinality(sort.key), cardinality(sort.value)
            return None if keys is None or values is None else _power(values, keys)
        case SetSort():
            size = cardinality(sort.element)
            return None if size is None else _power(2, size)


def _power(base: int, exponent: int) -> int:
    """Return base ** exponent, cut off at 2 ** 4096 so that a huge domain costs no memory."""
    return base**exponent if exponent * base.bit_length() <= 4096 else 1 << 4096


def is_finite(sort: Sort) -> bool:
    """Return True iff no opaque sort is part of the sort."""
    return cardinality(sort) is not None


def values(sort: Sort) -> Iterator[Value]:
    """Yield every value of a finite sort, in its canonical order. Raises ValueError for an opaque sort."""
    match sort:
        case BoolSort():
            yield from (False, True)
        case EnumSort():
            yield from sort.names
        case OpaqueSort():
            raise ValueError(f"the values of opaque sort {sort.name} cannot be listed")
        case IntSort():
            yield from range(sort.low, sort.high + 1)
        case MapSort():
            keys = cardinality(sort.key)
            assert keys is not None
            yield from itertools.product(tuple(values(sort.value)), repeat=keys)
        case SetSort():
            elements = tuple(values(sort.element))
            for size in range(len(elements) + 1):
                yield from (frozenset(c) for c in itertools.combinations(elements, size))
        case _:
            yield from range(cardinality(sort) or 0)


def contains(sort: Sort, value: Value) -> bool:
    """Return True iff `value` is a value of the sort (of an opaque sort: any of its atoms)."""
    match sort:
        case BoolSort():
            return isinstance(value, bool)
        case EnumSort():
            return isinstance(value, str) and value in sort.names
        case OpaqueSort():
            return isinstance(value, Atom) and value.sort == sort.name and value.number >= 0
        case MapSort():
            size = cardinality(sort.key)
            return isinstance(value, tuple) and len(value) == size and all(contains(sort.value, v) for v in value)
        case SetSort():
            return isinstance(value, frozenset) and all(contains(sort.element, v) for v in value)
        case IntSort():
            return type(value) is int and sort.low <= value <= sort.high
        case _:
            return type(value) is int and 0 <= value < (cardinality(sort) or 0)
