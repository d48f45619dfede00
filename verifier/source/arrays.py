"""A constant array in a C file, cell by cell."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from verifier.diagnostics import Diagnostic, Source
from verifier.files import Files
from verifier.source.constants import Constants
from verifier.source.declaration import MOST_CELLS, Declaration, element, extents, find
from verifier.source.parsing import code, line, line_span, span
from verifier.source.preprocess import Text
from verifier.source.refusal import SourceError, UnreadableError
from verifier.source.unit import Unit, read_unit

if TYPE_CHECKING:
    from tree_sitter import Node

Index = tuple[int, ...]

# How many parts of an array may be set in all, against hostile input: range designators may overlap.
MOST_WRITES = 4 * MOST_CELLS


@dataclass(frozen=True, slots=True)
class CCell:
    """A cell of a C array: its value as the element type holds it, the expression that stands there ("" iff no
    initialiser reaches the cell, which is then 0), and the line (of the array, for such a cell)."""

    value: int
    text: str
    line: int


@dataclass(frozen=True)
class CTable:
    """A constant array of integers. `cells` has an entry for every index.

    `constants` holds the value of each name that the array mentions, and of the enumerators declared with it.
    """

    file: str
    name: str
    line: int
    sha256: str
    element: str
    extents: Index
    cells: Mapping[Index, CCell]
    constants: Mapping[str, int]

    def place(self, index: Index) -> str:
        """Return `file:line` of a cell; of the array itself iff it has no such cell."""
        return f"{self.file}:{self.cells[index].line if index in self.cells else self.line}"


def read_table(files: Files, file: str, table: str) -> CTable:
    """Return the array `table` of the C file `file`, a path in the tree `files`.

    The array may have any number of indices; initialisers may be nested, flat, designated (`[A][B] = v`,
    `[A ... B] = v`) or a mixture, and later ones overwrite earlier ones. Raises SourceError iff something in
    the way is not understood with certainty: the preprocessor is not run, and no configuration is assumed.
    Integers are those of a 64-bit machine.
    """
    try:
        unit = read_unit(files, file)
    except UnreadableError as refused:
        raise SourceError([refused.at(None)]) from refused
    return read_array(unit, table)


def read_array(unit: Unit, table: str) -> CTable:
    """Return the array `table` of the unit's main file, as `read_table` does."""
    try:
        declaration = find(unit.main, table)
    except UnreadableError as refused:
        raise _error(unit, [refused.at(None)]) from refused
    return _read(unit, declaration)


def _read(unit: Unit, declaration: Declaration) -> CTable:
    constants = Constants(unit, declaration.line)
    try:
        reader = _Reader(declaration, constants)
        reader.braces(declaration.initialiser, ())
        table = reader.table()
    except UnreadableError as refused:
        raise _error(unit, [refused.at(line_span(unit.main, declaration.line))]) from refused
    if reader.problems:
        raise _error(unit, list(reader.problems))
    return table


def _error(unit: Unit, diagnostics: list[Diagnostic]) -> SourceError:
    """Return the error, with the files that its diagnostics quote."""
    spans = [s for d in diagnostics for s in (d.span, *(n.span for n in d.notes))]
    paths = {s.path for s in spans if s is not None}
    quoted = [t for t in unit.texts if t.path in paths]
    return SourceError(diagnostics, [Source(t.path, t.raw.decode(errors="replace")) for t in quoted])


class _Reader:
    """Goes through the initialisers in order, as C's rules for the current object have it (C17 6.7.9)."""

    def __init__(self, declaration: Declaration, constants: Constants) -> None:
        self.declaration = declaration
        self.text: Text = declaration.text
        self.constants = constants
        self.element = element(declaration, constants)
        self.extents = extents(declaration, constants)
        self.cells: dict[Index, CCell] = {}
        self.expressions: set[str] = set()
        self.problems: dict[Diagnostic, None] = {}
        self.writes = 0

    def braces(self, node: Node, prefix: Index) -> None:
        """Initialise the part of the array at `prefix` by a list in braces."""
        current: Index = (*prefix, 0)
        for child in node.named_children:
            try:
                targets, value = self._targets(child, current, prefix)
                cell = None if value.type == "initializer_list" else self._cell(value)
                for target in targets:
                    current = self._after(self._initialise(target, value, cell), prefix)
            except UnreadableError as refused:  # what follows would have no certain place
                self._report(refused, child)
                return

    def _report(self, refused: UnreadableError, node: Node) -> None:
        self.problems[refused.at(span(self.text, node))] = None

    def _targets(self, node: Node, current: Index, prefix: Index) -> tuple[list[Index], Node]:
        """Return the parts of the array that an initialiser sets, and their value: the `current` part, unless it
        has designators."""
        if node.type != "initializer_pair":
            return [current], node
        value = node.child_by_field_name("value")
        ranges = [self._range(d) for d in node.children_by_field_name("designator")]
        if value is None or len(prefix) + len(ranges) > len(self.extents):
            raise UnreadableError("ARC956", f"{self.declaration.name} has only {len(self.extents)} indices")
        return [(*prefix, *rest) for rest in itertools.islice(itertools.product(*ranges), MOST_CELLS + 1)], value

    def _range(self, node: Node) -> range:
        """Return the indices of `[A]` or `[A ... B]`."""
        if node.type not in ("subscript_designator", "subscript_range_designator"):
            raise UnreadableError("ARC953", f"`{code(node)}` is not an array index", span=span(self.text, node))
        bounds = [self._index(n) for n in node.named_children]
        if bounds[0] > bounds[-1]:
            raise UnreadableError("ARC956", f"the range {code(node)} is empty", span=span(self.text, node))
        return range(bounds[0], bounds[-1] + 1)

    def _index(self, node: Node) -> int:
        self.expressions.add(code(node))
        value = self.constants.evaluate(code(node)).value
        if not 0 <= value < MOST_CELLS:
            raise UnreadableError("ARC956", f"index {value} is out of range", span=span(self.text, node))
        return value

    def _initialise(self, target: Index, value: Node, cell: CCell | None) -> Index:
        """Initialise the part at `target` by `cell`, or by a list in braces, and return the index of what was
        initialised: the part or, where braces are left out, its first cell."""
        self._refuse_outside(target)
        self.writes += 1
        if self.writes > MOST_WRITES:
            raise UnreadableError("ARC956", f"there are more than {MOST_WRITES} initialisers")
        if cell is None:
            if len(target) == len(self.extents):
                raise UnreadableError("ARC953", "braces stand around a single value", span=span(self.text, value))
            for rest in itertools.product(*(range(e or 0) for e in self.extents[len(target) :])):
                self.cells.pop((*target, *rest), None)
            self.braces(value, target)
            return target
        first = target + (0,) * (len(self.extents) - len(target))
        self.cells[first] = cell
        return first

    def _refuse_outside(self, target: Index) -> None:
        for index, extent in zip(target, self.extents, strict=False):
            if index >= (MOST_CELLS if extent is None else extent):
                raise UnreadableError("ARC956", f"there are {extent} entries here, and none of index {index}")

    def _after(self, done: Index, prefix: Index) -> Index:
        """Return what C initialises after `done`, within the list for `prefix`."""
        following = (*done[:-1], done[-1] + 1)
        while len(following) > len(prefix) + 1 and following[-1] == self.extents[len(following) - 1]:
            following = (*following[:-2], following[-2] + 1)
        return following

    def _cell(self, node: Node) -> CCell:
        """Return the cell that an expression makes; one that holds 0, after a report, iff that is not certain."""
        text, value = code(node), 0
        self.expressions.add(text)
        try:
            value = self.element.stored(self.constants.evaluate(text))
        except UnreadableError as refused:
            self._report(refused, node)
        return CCell(value, text, line(node))

    def table(self) -> CTable:
        """Return the whole array, with the cells that no initialiser reaches."""
        first = max((i[0] + 1 for i in self.cells), default=0)
        sizes = tuple(first if e is None else e for e in self.extents)
        if prod(sizes) > MOST_CELLS:
            raise UnreadableError("ARC956", f"{self.declaration.name} has more than {MOST_CELLS} cells")
        empty = CCell(0, "", self.declaration.line)
        cells = {i: self.cells.get(i, empty) for i in itertools.product(*map(range, sizes))}
        related = self.constants.related(self.expressions)
        d = self.declaration
        return CTable(d.text.path, d.name, d.line, d.text.sha256, self.element.words, sizes, cells, related)
