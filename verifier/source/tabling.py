"""Grids of C values made into tables of a spec: each index and each cell gets a type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.source.constants import Enumeration
from verifier.source.expressions import is_name, tokens
from verifier.source.extraction import Cell, CPlace
from verifier.source.grids import Entry, Grid, Index, Level
from verifier.source.lexing import words
from verifier.source.naming import Names, sentinel
from verifier.source.operands import Content, Operand, Operands
from verifier.source.sorts import BOOL, Chooser, EnumType, PlainType, SpecType, integers

MOST_MEMBERS = 32
"""An enum of which a table's cells use less than half is cut to these values, unless it has no more than this many."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a table: its type, and the numbers of its values in order."""

    type: SpecType
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class SpecTable:
    """A table of the spec. `values` has the C number of each cell, where cells are numbers; `unread`: the indices of
    the cells that were not understood, where the table holds a value that means nothing."""

    name: str
    grid: Grid
    arguments: tuple[Argument, ...]
    result: str
    type: SpecType | None
    texts: Mapping[Index, str]
    values: Mapping[Index, int]
    unread: frozenset[Index]
    part: str = ""

    @property
    def cells(self) -> Iterator[Cell]:
        """Yield the cells that were understood."""
        for index, text in self.texts.items():
            if index not in self.unread:
                yield Cell(self.key(index), text, self.place(index), self.name)

    def key(self, index: Index) -> tuple[str, ...]:
        """Return the arguments, as the spec writes them."""
        return tuple(a.type.text(i) for a, i in zip(self.arguments, index, strict=True))

    def place(self, index: Index) -> CPlace:
        """Return the place of a cell in C."""
        return self.grid.entries[index].place

    def alike(self, type: SpecType) -> list[int]:
        """Return the positions of the arguments of that type."""
        return [k for k, a in enumerate(self.arguments) if a.type is type]

    @property
    def state(self) -> int | None:
        """Which argument is the state before, if the result is the state after: the first one of that type."""
        if not isinstance(self.type, EnumType):
            return None
        moved = [k for k, a in enumerate(self.arguments) if isinstance(a.type, EnumType) and self.type.moves_to(a.type)]
        return next(iter([*self.alike(self.type), *moved]), None)

    @property
    def permits(self) -> bool:
        """Whether the table says which moves from state to state are permitted."""
        return self.type is BOOL and len(self.arguments) == 2 and self.arguments[0].type is self.arguments[1].type


def ruling(tables: Sequence[SpecTable]) -> SpecTable | None:
    """Return the table that makes a machine: the first of next states, else the first of permitted moves."""
    enumerated = [t for t in tables if t.arguments and all(isinstance(a.type, EnumType) for a in t.arguments)]
    moves = (t for t in tables if t.arguments and t.state is not None)
    return next(moves, None) or next((t for t in enumerated if t.permits), None)


class Tabler:
    """Makes tables of the grids of one object."""

    def __init__(self, operands: Operands, enums: Sequence[Enumeration], grids: Sequence[Grid]) -> None:
        self.operands = operands
        self.names = Names()
        self.grids = grids
        self.given = list(enums)
        self.used = _mentioned(grids)
        self.chooser = Chooser(self.names, self.used.__contains__)

    def tables(self) -> list[SpecTable]:
        """Return the tables: one for a grid, two where its cells hold a state and actions."""
        levels = {id(g): self._indices(g) for g in self.grids}
        arguments = {id(g): self._arguments(g, levels[id(g)]) for g in self.grids}
        return [t for g in self.grids for t in self._typed(g, levels[id(g)], arguments[id(g)])]

    def unplaced(self) -> list[Enumeration]:
        """Return the enums that the user named and that fit no index."""
        return self.given

    def _indices(self, grid: Grid) -> list[Enumeration | None]:
        found = [self._index(level) for level in grid.levels]
        for enum in list(self.given):
            open_levels = sorted(range(len(found)), key=lambda k: found[k] is not None)
            fits = [k for k in open_levels if _covers(enum, grid.levels[k].extent)]
            exact = [k for k in fits if _size(enum) == grid.levels[k].extent]
            if chosen := (exact or fits):
                found[chosen[0]] = enum
                self.given.remove(enum)
        return found

    def _index(self, level: Level) -> Enumeration | None:
        """Return the enum whose values an index has: that of the designators, else that of the declared size."""
        designators = [n for d in level.designators for n in tokens(d) if is_name(n)]
        enums = [e for n in designators if (e := self.operands.enum(n)) is not None]
        if enums:
            return _commonest(enums)
        if designators:
            named = {self.operands.chain(n)[-1]: self.operands.constants.evaluate(n).value for n in designators}
            return Enumeration("", tuple(sorted(named.items(), key=lambda m: m[1])))
        sized = (self.operands.enum(n) for n in self.operands.names(level.size))
        return next((e for e in sized if e is not None and _covers(e, level.extent)), None)

    def _arguments(self, grid: Grid, enums: Sequence[Enumeration | None]) -> tuple[Argument, ...]:
        found = []
        for k, (level, enum) in enumerate(zip(grid.levels, enums, strict=True)):
            if enum is None:
                found.append(Argument(PlainType(f"int 0..{level.extent - 1}"), tuple(range(level.extent))))
                continue
            named = {v for n, v in enum.members if 0 <= v < level.extent and (not sentinel(n) or n in self.used)}
            numbers = tuple(sorted(named | grid.written(k)))
            size = words(level.size)
            found.append(Argument(self.chooser.enum(enum, numbers, size, f"{grid.name}_index{k + 1}"), numbers))
        return tuple(found)

    def _typed(
        self, grid: Grid, enums: Sequence[Enumeration | None], arguments: tuple[Argument, ...]
    ) -> Iterator[SpecTable]:
        """Yield the grid's table, its cells typed by what they say."""
        values = [frozenset(a.numbers) for a in arguments]
        chosen = {i: e for i, e in grid.entries.items() if all(n in v for n, v in zip(i, values, strict=True))}
        contents = {i: e.content for i, e in chosen.items() if e.content is not None}
        unread = frozenset(i for i in chosen if i not in contents)
        if any(c.number is None for c in contents.values()):
            yield self._named(grid, arguments, chosen, contents, unread)
            return
        numbers = {i: c.number for i, c in contents.items() if c.number is not None}
        actions, states = self._split(grid, enums, contents.values())
        if actions and states:
            yield from self._two(grid, arguments, numbers, unread, actions, states)
            return
        result = self._flags(grid, actions) or self._result(grid, enums, arguments, chosen, list(contents.values()))
        yield self._table(grid.name, grid, arguments, result, numbers, unread)

    def _table(
        self, name: str, grid: Grid, arguments: tuple[Argument, ...], result: SpecType, numbers: Mapping[Index, int],
        unread: frozenset[Index], part: str = "",
    ) -> SpecTable:  # fmt: skip
        filler = result.numbers[0] if isinstance(result, EnumType) else _filler(result)
        values = {**numbers, **dict.fromkeys(unread, filler)}
        ordered = {i: values[i] for i in sorted(values)}
        texts = {i: result.text(v) for i, v in ordered.items()}
        return SpecTable(self.names.claim(name), grid, arguments, result.name, result, texts, ordered, unread, part)

    def _named(
        self, grid: Grid, arguments: tuple[Argument, ...], chosen: Mapping[Index, Entry],
        contents: Mapping[Index, Content], unread: frozenset[Index],
    ) -> SpecTable:  # fmt: skip
        """Return a table whose cells are strings, or names of functions and objects."""
        said = {i: c.text if c.number is None else str(c.number) for i, c in contents.items()}
        absent = any(not t for t in said.values()) or bool(unread)
        strings = any(c.string for c in contents.values())
        table_name = self.names.claim(grid.name)
        given = self.chooser.texts(list(dict.fromkeys(filter(None, said.values()))), grid.name, absent, strings)
        texts = {i: given[said.get(i, "")] for i in sorted(chosen)}
        result = self.chooser.declared[-1]
        return SpecTable(table_name, grid, arguments, result.name, result, texts, {}, unread)

    def _split(
        self, grid: Grid, enums: Sequence[Enumeration | None], contents: Iterable[Content]
    ) -> tuple[list[Operand], list[Operand]]:
        """Return the operands that are single bits with names, and those that are states; ([], []) iff the cells are
        neither sets of bits nor a state with such a set."""
        cells = [[o for o in c.operands if o.number or o.names] for c in contents]
        everything = [o for cell in cells for o in cell]
        own = [e for e in enums if e is not None]
        distinct = dict.fromkeys(everything)
        bits = [o for o in distinct if _is_bit(o) and self._enum_of(o) not in own]
        others = [o for o in distinct if o not in bits and o.number]
        zero_states = [o for o in distinct if o not in bits and not o.number]
        joined = any(len(cell) > 1 for cell in cells)
        if not joined:
            masks = grid.scalar.enum and _all_bits(self.operands.constants.enum_of_tag(grid.scalar.enum))
            return (bits, []) if masks and not others and bits else ([], [])
        if not others:
            return bits, zero_states if any(o.names for o in zero_states) else []
        extent = max((level.extent for level in grid.levels), default=0)
        mask, low = _union(bits), _union(others)
        single = all(sum(o in others for o in cell) <= 1 for cell in cells)
        fits = bits and single and mask & low == 0 and all(0 <= o.number < extent for o in others)
        return (bits, others) if fits else ([], [])

    def _two(
        self, grid: Grid, arguments: tuple[Argument, ...], numbers: Mapping[Index, int], unread: frozenset[Index],
        actions: list[Operand], states: list[Operand],
    ) -> Iterator[SpecTable]:  # fmt: skip
        """Yield the table of the states and the table of the actions."""
        mask = _union(actions)
        rest = {i: n & ~mask for i, n in numbers.items()}
        fits = [a.type for a in arguments if isinstance(a.type, EnumType) and set(rest.values()) <= set(a.numbers)]
        result: SpecType = fits[-1] if fits else integers(rest.values(), hexadecimal=False)
        yield self._table(f"{grid.name}_next", grid, arguments, result, rest, unread, "the state")
        flags = self._flags(grid, actions)
        assert flags is not None  # there are actions
        done = {i: n & mask for i, n in numbers.items()}
        yield self._table(f"{grid.name}_actions", grid, arguments, flags, done, unread, "the actions")

    def _flags(self, grid: Grid, bits: list[Operand]) -> SpecType | None:
        """Return the flags type of the bits; None iff there are none."""
        if not bits:
            return None
        enum = _commonest([self._enum_of(o) for o in bits])
        named = dict(enum.members if enum is not None else ())
        named |= {o.names[-1]: o.number for o in bits}
        merged = Enumeration(enum.tag if enum is not None else "", tuple(sorted(named.items(), key=lambda m: m[1])))
        return self.chooser.flags(merged, [o.number for o in bits], f"{grid.name}_bits")

    def _enum_of(self, operand: Operand) -> Enumeration | None:
        return self.operands.enum(operand.names[-1]) if operand.names else None

    def _result(
        self, grid: Grid, enums: Sequence[Enumeration | None], arguments: tuple[Argument, ...],
        chosen: Mapping[Index, Entry], contents: list[Content],
    ) -> SpecType:  # fmt: skip
        """Return the type of cells that are numbers."""
        numbers = {c.number for c in contents if c.number is not None}
        named = [c.operands[0] for c in contents if len(c.operands) == 1 and c.operands[0].names]
        if (grid.scalar.integer is not None and grid.scalar.integer.truth) or (
            not named
            and len(contents) == len(chosen)
            and numbers <= {0, 1}
            and all(isinstance(a.type, EnumType) for a in arguments)
        ):
            return BOOL
        written = [e.content for e in chosen.values() if e.written and e.content is not None]
        if named and all(len(c.operands) <= 1 for c in contents):
            return self._enumerated(grid, enums, arguments, named, numbers, absent=len(written) < len(contents))
        hexadecimal = any(len(c.operands) > 1 for c in contents)
        return integers(numbers, hexadecimal)

    def _enumerated(
        self, grid: Grid, enums: Sequence[Enumeration | None], arguments: tuple[Argument, ...], named: list[Operand],
        numbers: set[int], absent: bool,
    ) -> SpecType:  # fmt: skip
        """Return the enum of cells with names: an index's, or one that has some values more, or one of its own."""
        behind = [self._enum_of(o) for o in named]
        if grid.scalar.enum and None in behind:
            behind.append(self.operands.constants.enum_of_tag(grid.scalar.enum))
        enum = _commonest(behind)
        known = dict(enum.members) if enum is not None else {}
        for argument, own in zip(arguments, enums, strict=True):
            if own == enum and own is not None and isinstance(argument.type, EnumType):
                if numbers <= set(argument.numbers):
                    return argument.type
                if len(numbers & set(argument.numbers)) > 1:
                    extended = _with(own, named)
                    return self.chooser.entry(argument.type, extended, numbers, f"{grid.name}_value")
        whole = {v for n, v in known.items() if not sentinel(n)}
        small = len(whole) <= MOST_MEMBERS or len(numbers & whole) * 2 >= len(whole)
        merged = _with(enum or Enumeration("", ()), named)
        chosen = numbers | whole if enum is not None and merged is enum and small else numbers
        name = f"{grid.name}_value"
        return self.chooser.enum(merged, chosen, "", name, absent="UNSET" if absent else "")


def _commonest(enums: Sequence[Enumeration | None]) -> Enumeration | None:
    """Return the enum that occurs most often, the first of them; None counts too."""
    [(most, _)] = Counter(map(id, enums)).most_common(1)
    return next(e for e in enums if id(e) == most)


def _with(enum: Enumeration, named: Sequence[Operand]) -> Enumeration:
    """Return the enum with the names that a table uses and it has not."""
    values = set(enum.members)
    more = dict.fromkeys((o.names[-1], o.number) for o in named if (o.names[-1], o.number) not in values)
    return Enumeration(enum.tag, tuple(sorted([*enum.members, *more], key=lambda m: m[1]))) if more else enum


def _filler(type: SpecType) -> int:
    low = type.name.removeprefix("int ").partition("..")[0] if type.name.startswith("int ") else "0"
    return int(low)


def _mentioned(grids: Sequence[Grid]) -> set[str]:
    """Return all names that the cells and the designators of some grids are written with."""
    found = {n for g in grids for level in g.levels for d in level.designators for n in tokens(d)}
    for grid in grids:
        for entry in grid.entries.values():
            if entry.written and entry.content is not None:
                found.update(n for o in entry.content.operands for n in o.names)
    return found


def _is_bit(operand: Operand) -> bool:
    return bool(operand.names) and operand.number > 0 and operand.number & (operand.number - 1) == 0


def _all_bits(enum: Enumeration | None) -> bool:
    values = [v for _, v in enum.members if v] if enum is not None else []
    return len(values) > 2 and all(v > 0 and v & (v - 1) == 0 for v in values)


def _union(operands: Sequence[Operand]) -> int:
    whole = 0
    for operand in operands:
        whole |= operand.number
    return whole


def _size(enum: Enumeration) -> int:
    return len({v for n, v in enum.members if not sentinel(n)})


def _covers(enum: Enumeration, extent: int) -> bool:
    """Return True iff the enum names at least half of the values of an index."""
    return 2 * len({v for _, v in enum.members if 0 <= v < extent}) >= extent
