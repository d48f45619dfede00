"""A table in C turned into a spec."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.diagnostics import Diagnostic, Source
from verifier.files import Files
from verifier.source.arrays import read_array
from verifier.source.constants import Constants, Enumeration
from verifier.source.extraction import CPlace, Extraction, Gap, gap_diagnostic
from verifier.source.grids import Grid, grids
from verifier.source.initialiser import Contents
from verifier.source.lexing import lex, place
from verifier.source.lists import listed
from verifier.source.naming import Names
from verifier.source.operands import Operands
from verifier.source.refusal import SourceError, UnreadableError
from verifier.source.remarks import Compared, compared
from verifier.source.shapes import Array, Scalar
from verifier.source.tabling import SpecTable, Tabler
from verifier.source.unit import Unit, read_unit
from verifier.source.variable import Variable, find_variable, shape_of
from verifier.source.writing import Writer, constant, head, incomplete, known, machine, table, types

MOST_TEXT = 900_000
"""How long a spec may become; `check` reads 1,000,000 bytes."""


def extract_table(files: Files, path: str, table: str, enums: Sequence[str] = ()) -> Extraction:
    """Return the spec of the variable `table` of the C file `path`.

    The variable is an array of up to any number of indices, of numbers, names of functions, strings or structs, or
    a struct of such arrays. `enums` name enums of C, by their tag or one of their members, for indices of which the
    C code does not say whose values they are. What is not understood is a gap; the C code being wrong, and there
    being no such variable or enum, raises SourceError.
    """
    try:
        unit = read_unit(files, path)
    except UnreadableError as refused:
        raise SourceError([refused.at(None)]) from refused
    try:
        return _Extractor(unit, table).extraction(enums)
    except UnreadableError as refused:
        raise _error(unit, [refused.at(None)]) from refused


def _error(unit: Unit, diagnostics: Sequence[Diagnostic]) -> SourceError:
    spans = [s for d in diagnostics for s in (d.span, *(n.span for n in d.notes)) if s is not None]
    quoted = [t for t in unit.texts if t.path in {s.path for s in spans}]
    return SourceError(diagnostics, [Source(t.path, t.raw.decode(errors="replace")) for t in quoted])


class _Extractor:
    """Goes the way from the C text to the spec, once."""

    def __init__(self, unit: Unit, name: str) -> None:
        self.unit = unit
        tokens = lex(unit.main)
        self.variable: Variable = find_variable(unit.main, tokens, name)
        self.constants = Constants(unit, self.variable.line)
        shape = shape_of(self.variable, unit, self.constants)
        self.contents = Contents(unit.main, self.variable, shape, self.constants).read()
        if self.contents.problems:
            raise _error(unit, list(self.contents.problems))
        self.operands = Operands(self.constants)

    def extraction(self, enums: Sequence[str]) -> Extraction:
        """Return the result."""
        found = grids(self.contents, self.operands)
        rows = listed(found, self.contents, self.operands)
        tabler = Tabler(self.operands, [self._enum(e) for e in enums], self._filled(rows or found))
        tables = tabler.tables()
        if unplaced := tabler.unplaced():
            names = ", ".join(e.tag or e.members[0][0] for e in unplaced)
            message = f"{self.variable.name} has no index whose values are those of {names}"
            raise UnreadableError("ARC959", message, help="name the enums only for indices of which C names none")
        remarks = compared(self.contents, self.operands, tables)
        for gap in remarks.gaps:
            self.contents.gaps[gap] = None
        return self._written(tabler, tables, remarks, rows is not None)

    def _enum(self, name: str) -> Enumeration:
        enum = self.constants.enum_of_tag(name) or self.constants.enum(name)
        if enum is None:
            message = f"{self.unit.main.path} and the headers that it includes have no enum {name}"
            raise UnreadableError("ARC959", message, help="name an enum by its tag, or by one of its members")
        return enum

    def _filled(self, found: Sequence[Grid]) -> list[Grid]:
        """Return the grids that have cells. Raises UnreadableError iff none has."""
        kept = [g for g in found if g.entries]
        if not kept and self.contents.gaps:
            raise _error(self.unit, [gap_diagnostic(g) for g in self.contents.gaps])
        if not kept:
            raise UnreadableError("ARC952", f"{self.variable.name} has no cells that can be read")
        return kept

    def _written(self, tabler: Tabler, tables: Sequence[SpecTable], remarks: Compared, rows: bool) -> Extraction:
        writer = Writer()
        head(writer, Names().claim(self.variable.name), place(self.unit.main, self.variable.line))
        own = {t.place(i) for t in tables for i in t.unread}
        for gap in self.contents.gaps:
            if gap.place not in own:
                writer.add(incomplete(gap), gap.place)
        types(writer, tabler.chooser.declared)
        by_place: dict[CPlace, list[Gap]] = {}
        for gap in self.contents.gaps:
            by_place.setdefault(gap.place, []).append(gap)
        guards: dict[str, str | None] = {}
        for spec in tables:
            if not spec.arguments:
                constant(writer, spec)
                continue
            table(writer, spec, self._binding(spec, rows), by_place)
            guards[spec.name] = known(writer, tabler.names, spec)
        machine(writer, tabler.names, tables, guards)
        return self._result(writer, tables, remarks)

    def _result(self, writer: Writer, tables: Sequence[SpecTable], remarks: Compared) -> Extraction:
        if len(writer.text) > MOST_TEXT:
            raise UnreadableError("ARC961", f"the spec of {self.variable.name} would have more than {MOST_TEXT} bytes")
        return Extraction(
            writer.text,
            self.variable.name,
            tuple(cell for t in tables for cell in t.cells),
            writer.places,
            tuple(sorted(self.contents.gaps, key=lambda g: (g.place.line, g.place.column, g.message))),
            remarks.contradictions,
            remarks.agreed,
            remarks.not_compared,
            tuple(self.contents.overwritten),
        )

    def _binding(self, spec: SpecTable, rows: bool) -> str | None:
        """Return the C file, iff the table is the array itself, and the strict reader has the same numbers."""
        whole = spec.grid.name == self.variable.name and not spec.part and not rows and not spec.grid.member
        if not whole or spec.unread or not spec.values or not _plain(self.contents.shape):
            return None
        try:
            array = read_array(self.unit, self.variable.name)
        except SourceError:
            return None
        if any(array.cells[i].value != v for i, v in spec.values.items() if i in array.cells):
            self.contents.gap("two ways of reading the array differ", self.variable.list[0])
            return None
        beyond = any(k > max(a.numbers) for i in array.cells for k, a in zip(i, spec.arguments, strict=True))
        same = array.extents == tuple(level.extent for level in spec.grid.levels)
        return self.unit.main.path if same and not beyond else None


def _plain(shape: object) -> bool:
    """Return True iff the shape is an array of integers."""
    while isinstance(shape, Array):
        shape = shape.element
    return isinstance(shape, Scalar) and not shape.pointer
