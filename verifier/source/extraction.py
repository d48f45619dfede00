"""What is read out of a C source: a spec, the place of each part in C, and what was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.diagnostics import Diagnostic, Note, Span


@dataclass(frozen=True, slots=True)
class CPlace:
    """A place in a C file: a path relative to the tree, line and column from 1, and the whole source line."""

    path: str
    line: int
    column: int
    text: str

    @property
    def span(self) -> Span:
        """The place as one of a diagnostic: its first character."""
        return Span(self.path, self.line, self.column, self.line, self.column + 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry of a table: its arguments and its value, both in the spec's syntax. `table` is the spec's name for
    the table; an array whose cells hold several things becomes several tables."""

    key: tuple[str, ...]
    value: str
    place: CPlace
    table: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not understood; it makes the extraction incomplete."""

    message: str
    place: CPlace
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule in a comment (`text`, as written, at `place`) that contradicts a cell, and how."""

    text: str
    place: CPlace
    cell: Cell
    message: str


@dataclass(frozen=True, slots=True)
class Overwritten:
    """An initialiser that a later one replaces; the value is certain all the same: C takes the last."""

    place: CPlace
    by: CPlace


@dataclass(frozen=True, slots=True)
class Step:
    """What a function does for one pair of states: in words, and as a text that is the same for the same meaning.

    `place` is the statement that decides it; `hangs`: there, it may turn in a loop for ever.
    """

    words: str
    meaning: str
    place: CPlace
    hangs: bool


@dataclass(frozen=True)
class Extraction:
    """A spec made of C.

    `spec` is the text, `lines` says for a line of it (from 1) which line of C it comes from. `agreed` counts the
    rules in comments that say what the cells say, `not_compared` those that leave the cell open. `steps` says for each
    pair of states what a function does.
    """

    spec: str
    name: str
    cells: tuple[Cell, ...]
    lines: Mapping[int, CPlace]
    gaps: tuple[Gap, ...] = ()
    contradictions: tuple[Remark, ...] = ()
    agreed: int = 0
    not_compared: int = 0
    overwritten: tuple[Overwritten, ...] = ()
    steps: Mapping[tuple[str, ...], Step] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """True iff everything was understood."""
        return not self.gaps


def span(place: CPlace) -> Span:
    """Return the place as diagnostics name it: from the column to the end of the line."""
    return Span(place.path, place.line, place.column, place.line, max(len(place.text.rstrip()), place.column) + 1)


def gap_diagnostic(gap: Gap) -> Diagnostic:
    """Return what is said of a gap."""
    return Diagnostic("ARC958", gap.message, span(gap.place), (), gap.help)


def contradiction_diagnostic(remark: Remark) -> Diagnostic:
    """Return what is said of a contradiction: the comment's line, and that of the cell."""
    note = Note(f"the table has {', '.join(remark.cell.key)} -> {remark.cell.value}", span(remark.cell.place))
    return Diagnostic("ARC960", remark.message, span(remark.place), (note,), "one of the two is wrong")
