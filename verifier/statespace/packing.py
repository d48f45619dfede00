"""States as integers: every scalar part of every variable is a field of bits.

A value of a sort is a tree of numbers: a scalar is one number (bool 0 or 1, the place of an enum value, the mask
of flags, a word, an int itself, the number of an individual), a map has one tree for each key, a set one number 0
or 1 for each element. In a packed state a number n stands as the code n - low in its field. No field crosses a
border between 64-bit words, so a kernel that knows words only can read each at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from verifier.evidence.interpretation import State
from verifier.model.model import Model
from verifier.model.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    FlagsSort,
    IntSort,
    MapSort,
    SetSort,
    Sort,
    Value,
    cardinality,
    values,
)

Tree = int | tuple["Tree", ...]

WORD = 64
"""The bits of a word of the kernel."""

PARTS = 1 << 16
"""The most scalar parts that a variable may have."""


class TooLarge(ValueError):
    """The machine cannot be packed or compiled within reason; the message says why."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where a number stands: `width` bits from bit `position`; it is between `low` and `high`."""

    position: int
    width: int
    low: int
    high: int

    @property
    def mask(self) -> int:
        """The bits of the field in a packed state."""
        return ((1 << self.width) - 1) << self.position


@dataclass(frozen=True)
class Layout:
    """Where each variable stands. `shapes` has, for each variable, the tree of the indices of its fields."""

    model: Model
    fields: tuple[Field, ...]
    shapes: Mapping[str, Tree]

    @cached_property
    def bits(self) -> int:
        """How many bits a packed state has."""
        return max((f.position + f.width for f in self.fields), default=0)

    @property
    def words(self) -> int:
        """How many 64-bit words a packed state takes; at least one."""
        return max(1, -(-self.bits // WORD))

    def pack(self, state: State) -> int:
        """Return the state as an integer. Every value must be of its variable's sort."""
        packed = 0
        for variable in self.model.variables:
            tree = numbers(variable.sort, state[variable.name])
            for index, number in zip(leaves(self.shapes[variable.name]), leaves(tree), strict=True):
                packed |= (number - self.fields[index].low) << self.fields[index].position
        return packed

    def unpack(self, packed: int) -> dict[str, Value]:
        """Return the state that `pack` makes into this integer."""
        return {v.name: value_of(v.sort, self._read(packed, self.shapes[v.name])) for v in self.model.variables}

    def _read(self, packed: int, shape: Tree) -> Tree:
        if isinstance(shape, tuple):
            return tuple(self._read(packed, part) for part in shape)
        field = self.fields[shape]
        return (packed >> field.position & (1 << field.width) - 1) + field.low


def layout(model: Model) -> Layout:
    """Return the layout of a model with finite data, in the order of its variables. Raises TooLarge."""
    fields: list[Field] = []
    position = 0

    def place(sort: Sort) -> Tree:
        nonlocal position
        if (inner := parts(sort)) is not None:
            return tuple(place(part) for part in inner)
        low, high = bounds(sort)
        width = (high - low).bit_length()
        if width <= WORD and position % WORD + width > WORD:
            position += -position % WORD
        fields.append(Field(position, width, low, high))
        position += width
        return len(fields) - 1

    shapes = {v.name: place(v.sort) for v in model.variables}
    return Layout(model, tuple(fields), shapes)


def parts(sort: Sort) -> list[Sort] | None:
    """Return the sorts of the parts of a map or a set, in order; None for a scalar. Raises TooLarge."""
    if not isinstance(sort, (MapSort, SetSort)):
        return None
    key, part = (sort.key, sort.value) if isinstance(sort, MapSort) else (sort.element, BoolSort())
    size = cardinality(key)
    if size is None or size > PARTS:
        raise TooLarge(f"a value of sort {sort} has more than {PARTS} parts")
    return [part] * size


def bounds(sort: Sort) -> tuple[int, int]:
    """Return the least and the greatest number of a scalar sort. Raises ValueError for an opaque sort."""
    if isinstance(sort, IntSort):
        return sort.low, sort.high
    size = cardinality(sort)
    if size is None:
        raise ValueError(f"the values of {sort} are opaque")
    return 0, size - 1


def numbers(sort: Sort, value: Value) -> Tree:
    """Return a value as a tree of numbers."""
    match sort:
        case BoolSort() | IntSort() | BitsSort() | FlagsSort():
            return int(value)  # type: ignore[call-overload, no-any-return]
        case EnumSort():
            return sort.names.index(value)
        case MapSort():
            return tuple(numbers(sort.value, v) for v in value)  # type: ignore[attr-defined]
        case SetSort():
            return tuple(int(e in value) for e in values(sort.element))  # type: ignore[operator]
        case _:
            return int(value)  # type: ignore[call-overload, no-any-return]


def value_of(sort: Sort, tree: Tree) -> Value:
    """Return the value whose tree of numbers this is."""
    match sort, tree:
        case BoolSort(), _:
            return tree == 1
        case EnumSort(), int():
            return sort.names[tree]
        case MapSort(), tuple():
            return tuple(value_of(sort.value, part) for part in tree)
        case SetSort(), tuple():
            return frozenset(e for e, part in zip(values(sort.element), tree, strict=True) if part)
        case _:
            return tree


def leaves(tree: Tree) -> Iterator[int]:
    """Yield the numbers of a tree in order."""
    if isinstance(tree, tuple):
        for part in tree:
            yield from leaves(part)
    else:
        yield tree
