"""Arrays of structs that list transitions, `{ STATE, EVENT, next or function }`: made into tables over their keys."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import prod

from verifier.source.declaration import MOST_CELLS
from verifier.source.extraction import CPlace
from verifier.source.grids import Entry, Grid, Index, Level
from verifier.source.initialiser import Contents
from verifier.source.lexing import Token
from verifier.source.operands import Content, Operand, Operands
from verifier.source.refusal import UnreadableError


def listed(grids: Sequence[Grid], contents: Contents, operands: Operands) -> list[Grid] | None:
    """Return a table for each field that is no key, over the keys; None iff the grids list no transitions.

    The keys are the fields of an enum; of two fields of one enum the second is the next state, and no key.
    """
    if len(grids) < 2 or any(len(g.levels) != 1 or g.levels[0].designators or g.levels[0].size for g in grids):
        return None
    rows = grids[0].levels[0].extent
    enums = {id(g): operands.enum(n) for g in grids if (n := _name(g)) is not None}
    named = [g for g in grids if enums.get(id(g)) is not None]
    first = {id(enums[id(g)]): g for g in reversed(named)}
    keys = [g for g in named if first[id(enums[id(g)])] is g]
    values = [g for g in grids if g not in keys]
    if len(named) < 2 or not rows:
        return None
    if not values:
        keys, values = keys[:-1], keys[-1:]
    return _Rows(contents, keys, rows).grids(values)


def _name(grid: Grid) -> str | None:
    """Return a name that the field is written with, if each of its values is one name."""
    operands = [e.content.operands for e in grid.entries.values() if e.content is not None and e.written]
    names = [o[0].names[-1] for o in operands if len(o) == 1 and o[0].names]
    return names[0] if names and len(names) == len(operands) else None


class _Rows:
    """The rows of a list, by their keys."""

    def __init__(self, contents: Contents, keys: Sequence[Grid], rows: int) -> None:
        self.contents = contents
        self.keys = keys
        self.row: dict[Index, int] = {}
        self.names: list[dict[str, None]] = [{} for _ in keys]
        for number in range(rows):
            self._read(number)
        sizes = [1 + max((i[k] for i in self.row), default=0) for k in range(len(keys))]
        self.levels = tuple(Level(s, (), tuple(n)) for s, n in zip(sizes, self.names, strict=True))

    def _read(self, number: int) -> None:
        """Enter a row. One whose key is no plain number, or stands for another row too, is a gap."""
        entries = [g.entries[number,] for g in self.keys]
        place = entries[0].place
        operands = [self._operand(e) for e in entries]
        index = tuple(o.number for o in operands if o is not None)
        if len(index) < len(entries) or any(not 0 <= i < MOST_CELLS for i in index):
            if not all(e.content is not None and e.content.number == 0 and not e.written for e in entries):
                self._gap("the key of this row is not understood", place)
            return
        if index in self.row:
            other = self.keys[0].entries[self.row[index],].place.line
            self._gap(f"the row in line {other} has the same key; which of them counts is not said here", place)
            return
        self.row[index] = number
        for names, operand in zip(self.names, operands, strict=True):
            if operand is not None and operand.names:
                names[operand.names[0]] = None

    def _operand(self, entry: Entry) -> Operand | None:
        content = entry.content
        if content is None or content.number is None or len(content.operands) > 1:
            return None
        return content.operands[0] if content.operands else Operand((), content.number)

    def _gap(self, message: str, place: CPlace) -> None:
        self.contents.gap(message, Token("", place.line, place.column))

    def grids(self, values: Sequence[Grid]) -> list[Grid]:
        """Return the tables. A cell without a row says nothing; where cells are names, it has none."""
        if prod(level.extent for level in self.levels) > MOST_CELLS:
            name = self.contents.variable.name
            raise UnreadableError("ARC956", f"the keys of {name} make more than {MOST_CELLS} cells")
        indices = list(itertools.product(*(range(level.extent) for level in self.levels)))
        return [Grid(v.name, v.member, v.scalar, self.levels, {i: self._cell(v, i) for i in indices}) for v in values]

    def _cell(self, value: Grid, index: Index) -> Entry:
        if index in self.row:
            return value.entries[self.row[index],]
        named = any(e.content is not None and e.content.number is None for e in value.entries.values())
        place = self.contents.place(self.contents.variable.list[0])
        return Entry(Content(None, text="") if named else None, place, written=False)
