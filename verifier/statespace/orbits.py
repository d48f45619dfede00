"""Orbits of packed states: the states that differ by a permutation of interchangeable individuals.

The representative of an orbit is found by colours. Individuals get a colour that does not depend on their number, made
from what the state says of them; those of one colour are told apart by trying each, unless swapping them changes
nothing (McKay: Practical graph isomorphism, 1981); the least of the states in which the colours are in order is the
representative. Where each scalar is about one individual at most, the colour is all that is known of it, and sorting
does. The kernel does the same, with the same result (`symmetry.h`).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise, product

from verifier.model.sorts import IndexSort, MapSort, SetSort, Sort
from verifier.statespace.packing import WORD, Field, Layout, Tree, parts
from verifier.statespace.symmetry import KEYS, Symmetry

TRIED = 5000
"""So many arrangements of a state are looked at; where there are more, an orbit may have several representatives."""

_MASK = (1 << 64) - 1


def _mix(number: int) -> int:
    number = ((number ^ number >> 32) * 0xD6E8FEB86659FD93) & _MASK
    return ((number ^ number >> 29) * 0x9E3779B97F4A7C15) & _MASK


@dataclass(frozen=True)
class Family:
    """Fields that permutations permute among themselves: one for each combination of individuals of the indices `keys`
    (by number), the last one counting fastest. Where `value` is an index, their numbers are individuals of it."""

    keys: tuple[int, ...]
    value: int | None
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class _Best:
    """The least arrangement so far; in how many arrangements, all counted, it comes about."""

    state: int
    ways: int


class Orbits:
    """The permutations of the free individuals of a symmetry, on the states of a layout.

    Individuals of all indices are numbered through. `starts` has, for each index that takes part, the number of its
    first one; `movable` the free ones of each.
    """

    def __init__(self, layout: Layout, symmetry: Symmetry) -> None:
        self.layout, self.symmetry = layout, symmetry
        self.names = [name for name, _ in symmetry.free]
        sizes = [_size(layout, name) for name in self.names]
        self.starts = [sum(sizes[:i]) for i in range(len(sizes))]
        self.count = sum(sizes)
        self.movable = [tuple(s + i for i in free) for s, (_, free) in zip(self.starts, symmetry.free, strict=True)]
        self.families = tuple(f for f in self._families() if f.keys or f.value is not None)
        self._cells = [
            (number, family, field, tuple(self.starts[k] + i for k, i in zip(family.keys, key, strict=True)))
            for number, family in enumerate(self.families)
            for key, field in zip(product(*(range(sizes[k]) for k in family.keys)), family.fields, strict=True)
        ]
        self._at = {(number, key): field for number, _, field, key in self._cells}
        self._rest = ~sum(field.mask for _, _, field, _ in self._cells)
        self.order = math.prod(math.factorial(len(m)) for m in self.movable)
        self.is_unary = all(len(f.keys) + (f.value is not None) == 1 for f in self.families) and all(
            sum(f.fields[0].width if f.keys else 1 for f in self.families if s in (*f.keys, f.value)) <= WORD
            for s in range(len(sizes))
        )

    def _families(self) -> Iterator[Family]:
        for variable in self.layout.model.variables:
            found: dict[tuple[object, ...], tuple[tuple[int, ...], int | None, list[Field]]] = {}
            for path, keys, value, index in self._scalars(variable.sort, self.layout.shapes[variable.name]):
                if self.layout.fields[index].width:
                    found.setdefault(path, (keys, value, []))[2].append(self.layout.fields[index])
            yield from (Family(keys, value, tuple(fields)) for keys, value, fields in found.values())

    def _scalars(
        self, sort: Sort, shape: Tree, path: tuple[object, ...] = (), keys: tuple[int, ...] = ()
    ) -> Iterator[tuple[tuple[object, ...], tuple[int, ...], int | None, int]]:
        """Yield, for each scalar, its path without individuals, the indices of its keys and that of its value."""
        if isinstance(shape, int):
            yield path, keys, self._index(sort), shape
            return
        inner = parts(sort)
        assert isinstance(sort, (MapSort, SetSort))
        assert inner is not None
        index = self._index(sort.key if isinstance(sort, MapSort) else sort.element)
        for place, (part, below) in enumerate(zip(inner, shape, strict=True)):
            if index is None:
                yield from self._scalars(part, below, (*path, place), keys)
            else:
                yield from self._scalars(part, below, (*path, "individual"), (*keys, index))

    def _index(self, sort: Sort) -> int | None:
        return self.names.index(sort.name) if isinstance(sort, IndexSort) and sort.name in self.names else None

    def moved(self, state: int, to: Sequence[int]) -> int:
        """Return a state with each individual in the place of another one."""
        result = state & self._rest
        for number, family, field, key in self._cells:
            code = state >> field.position & (1 << field.width) - 1
            if family.value is not None:
                code = to[self.starts[family.value] + code] - self.starts[family.value]
            result |= code << self._at[number, tuple(to[k] for k in key)].position
        return result

    def representative(self, state: int) -> int:
        """Return the representative of a state's orbit."""
        return self._best(state)[0].state

    def size(self, state: int) -> int | None:
        """Return how many states the orbit has; None where too many arrangements would have to be tried."""
        best, is_exact = self._best(state)
        return self.order // best.ways if is_exact else None

    def members(self, state: int) -> set[int]:
        """Return the states of the orbit."""
        found, queue = {state}, [state]
        for here in queue:
            new = {self.moved(here, swap) for swap in self.swaps} - found
            found |= new
            queue += new
        return found

    @cached_property
    def swaps(self) -> list[list[int]]:
        """The swaps of neighbours; every permutation is made of them."""
        return [self.swap(a, b) for movable in self.movable for a, b in pairwise(movable)]

    @cached_property
    def _by_position(self) -> dict[int, tuple[int, Family, tuple[int, ...]]]:
        return {field.position: (number, family, key) for number, family, field, key in self._cells}

    def carried(self, field: Field, to: Sequence[int]) -> tuple[Field, Callable[[int], int] | None]:
        """Return the field to which a permutation carries the contents of another, and, if that changes, what becomes
        of a code."""
        if not field.width or field.position not in self._by_position:
            return field, None
        number, family, key = self._by_position[field.position]
        target = self._at[number, tuple(to[k] for k in key)]
        if family.value is None:
            return target, None
        start = self.starts[family.value]
        return target, lambda code: to[start + code] - start

    def swap(self, a: int, b: int) -> list[int]:
        """Return the permutation that swaps two individuals."""
        to = list(range(self.count))
        to[a], to[b] = b, a
        return to

    def _best(self, state: int) -> tuple[_Best, bool]:
        search = _Arranging(self, state)
        if self.is_unary:
            search.leaf(self._signatures(state), 1)
        else:
            search.visit([_mix(i) for i in self._kinds()], 1)
        assert search.best is not None
        return search.best, search.tried <= TRIED

    def _kinds(self) -> list[int]:
        """Return a number for each individual: the same for those that may change places."""
        kinds = [INDEX_KINDS + i for i in range(self.count)]
        for number, movable in enumerate(self.movable):
            for individual in movable:
                kinds[individual] = number + 1
        return kinds

    def _signatures(self, state: int) -> list[int]:
        """Return, for each individual, all that a state says of it, where every scalar is about one at most."""
        signatures, used = [0] * self.count, [0] * len(self.names)
        for family in self.families:
            if family.value is None:
                index = family.keys[0]
                for i, field in enumerate(family.fields):
                    code = state >> field.position & (1 << field.width) - 1
                    signatures[self.starts[index] + i] |= code << used[index]
                used[index] += family.fields[0].width
            else:
                index, field = family.value, family.fields[0]
                code = state >> field.position & (1 << field.width) - 1
                signatures[self.starts[index] + code] |= 1 << used[index]
                used[index] += 1
        return signatures

    def refined(self, state: int, colours: list[int]) -> list[int]:
        """Return colours that tell apart as much as looking at neighbours' colours again and again does."""
        known = len(set(colours))
        while True:
            sums = list(colours)
            for number, family, field, key in self._cells:
                code = state >> field.position & (1 << field.width) - 1
                value = None if family.value is None else self.starts[family.value] + code
                seen = _mix(number + 1 ^ _mix(code if value is None else colours[value]))
                for j, k in enumerate(key):
                    equal = sum(1 << i for i, other in enumerate(key) if other == k) | (value == k) << KEYS
                    seen = _mix(seen + colours[k] + (equal << 8 * j) & _MASK)
                for j, k in enumerate(key):
                    sums[k] = sums[k] + _mix(seen + j + 1 & _MASK) & _MASK
                if value is not None:
                    sums[value] = sums[value] + _mix(seen + KEYS + 1 & _MASK) & _MASK
            colours = [_mix(c) for c in sums]
            if (now := len(set(colours))) <= known:
                return colours
            known = now

    def words(self) -> array[int]:
        """Return what the kernel needs to know, as 32-bit numbers."""
        flat = [self.is_unary, self.count, len(self.names), len(self.families), len(self._cells), TRIED]
        sizes = [b - a for a, b in pairwise([*self.starts, self.count])]
        for start, size, movable in zip(self.starts, sizes, self.movable, strict=True):
            flat += [start, size, len(movable), *movable]
        for family in self.families:
            flat += [len(family.keys), 0 if family.value is None else family.value + 1, len(family.fields)]
            flat += [*family.keys, *[0] * (KEYS - len(family.keys))]
            for field in family.fields:
                flat += [field.position // WORD, field.position % WORD, field.width]
        return array("I", flat)


INDEX_KINDS = 1 << 20
"""More than there are indices."""


class _Arranging:
    """The search for the least arrangement of a state."""

    def __init__(self, orbits: Orbits, state: int) -> None:
        self.orbits, self.state = orbits, state
        self.best: _Best | None = None
        self.tried = 0

    def visit(self, colours: list[int], ways: int) -> None:
        """Look at all arrangements in which the colours are in order; each stands for `ways`."""
        if self.tried > TRIED:
            return
        colours = self.orbits.refined(self.state, colours)
        for movable in self.orbits.movable:
            for cell in self._cells(colours, movable):
                if len(twins := self._twins(cell)) > 1:
                    for alike in twins:
                        single = list(colours)
                        single[alike[0]] = _mix(single[alike[0]] + 1 & _MASK)
                        self.visit(single, ways * len(alike))
                    return
        self.leaf(colours, ways)

    @staticmethod
    def _cells(colours: list[int], movable: Sequence[int]) -> list[list[int]]:
        ordered = sorted(movable, key=colours.__getitem__)
        return [list(cell) for _, cell in groupby(ordered, key=colours.__getitem__)]

    def _twins(self, cell: list[int]) -> list[list[int]]:
        """Split individuals into classes within which swapping them leaves the state as it is."""
        classes: list[list[int]] = []
        for individual in cell:
            for other in classes:
                if self.orbits.moved(self.state, self.orbits.swap(individual, other[0])) == self.state:
                    other.append(individual)
                    break
            else:
                classes.append([individual])
        return classes

    def leaf(self, colours: list[int], ways: int) -> None:
        """Put the individuals into the order of their colours; those of one colour are all alike."""
        self.tried += 1
        to = list(range(self.orbits.count))
        for movable in self.orbits.movable:
            cells = self._cells(colours, movable)
            ways *= math.prod(math.factorial(len(cell)) for cell in cells)
            for place, individual in zip(movable, (i for cell in cells for i in cell), strict=True):
                to[individual] = place
        state = self.orbits.moved(self.state, to)
        if self.best is None or state < self.best.state:
            self.best = _Best(state, ways)
        elif state == self.best.state:
            self.best = _Best(state, self.best.ways + ways)


def _size(layout: Layout, name: str) -> int:
    sort = layout.model.sorts[name]
    assert isinstance(sort, IndexSort)
    return sort.size
