"""Tables: a grid of values to a constant function."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from verifier.diagnostics import Note, Span
from verifier.elaborate.machine import Machine
from verifier.elaborate.symbols import TableSymbol
from verifier.elaborate.typer import Context, Typer, Want, because
from verifier.model.declarations import Binding, Table
from verifier.model.printer import show_value
from verifier.model.sorts import BitsSort, BoolSort, EnumSort, FlagsSort, IntSort, Sort, Value, cardinality, values
from verifier.model.terms import Const
from verifier.syntax import tree

_WRITABLE = BoolSort | EnumSort | FlagsSort | IntSort | BitsSort
_MOST_ENTRIES = 65_536
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    """One cell of the grid with the argument values it stands for."""

    key: tuple[Value, ...]
    value: Value
    span: Span


def table(machine: Machine, node: tree.TableDecl) -> Table | None:
    """Return a table whose grid holds every combination of argument values exactly once."""
    symbol = machine.scope.get(node.name.name)
    if not isinstance(symbol, TableSymbol) or symbol.result is None:
        return None
    arguments = tuple(s for s in symbol.arguments if s is not None)
    if len(arguments) < len(symbol.arguments) or not _writable(machine, node, (*arguments, symbol.result)):
        return None
    entries = _Grid(machine, node, arguments, symbol.result).entries()
    return None if entries is None else _complete(machine, node, arguments, symbol.result, entries)


def _writable(machine: Machine, node: tree.TableDecl, sorts: Sequence[Sort]) -> bool:
    for sort, place in zip(sorts, (*node.arguments, node.result), strict=True):
        if not isinstance(sort, _WRITABLE):
            machine.problems.report("ARC031", f"values of {sort} cannot be written in a table", place.span)
            return False
    return True


class _Grid:
    """Reads the cells. The header holds the values of the last argument; each further line those of the others,
    then the results."""

    def __init__(self, machine: Machine, node: tree.TableDecl, arguments: tuple[Sort, ...], result: Sort) -> None:
        self._typer = Typer(machine, Context(f"table {node.name.name}", variables=frozenset(), parameters=frozenset()))
        self._node, self._arguments, self._result = node, arguments, result
        self._left = len(arguments) - 1
        self._sound = True

    def entries(self) -> list[_Entry] | None:
        """Return every cell; None iff the grid is malformed or a cell is wrong."""
        header, *rows = self._node.rows
        self._check_header(header, rows)
        columns = [self._value(c, header, self._arguments[-1]) for c in header.cells[self._left :]]
        found = [entry for row in rows for entry in self._row(row, header, columns)]
        return found if self._sound else None

    def _check_header(self, header: tree.Row, rows: list[tree.Row]) -> None:
        if any(c is not None for c in header.cells[: self._left]):
            empty = f"{self._left} empty cell{'s' if self._left > 1 else ''}"
            self._fault(f"the header begins with {empty}, one for each argument but the last", header.span)
        if len(header.cells) <= self._left:
            self._fault("the header has no values", header.span)
        if not rows or (self._left == 0 and len(rows) > 1):
            expected = "one line of results" if self._left == 0 else "a line of results for each row value"
            self._fault(f"the header is followed by {expected}", self._node.rows[-1].span)

    def _row(self, row: tree.Row, header: tree.Row, columns: list[Value | None]) -> Iterator[_Entry]:
        if len(row.cells) != len(header.cells):
            self._fault(f"this line has {len(row.cells)} cells, the header {len(header.cells)}", row.span, header.span)
            return
        key = [self._value(c, row, s) for c, s in zip(row.cells, self._arguments[:-1], strict=False)]
        for cell, column in zip(row.cells[self._left :], columns, strict=True):
            value = self._value(cell, row, self._result)
            if cell is not None and value is not None and column is not None and None not in key:
                yield _Entry((*key, column), value, cell.span)

    def _value(self, cell: tree.Expr | None, row: tree.Row, sort: Sort) -> Value | None:
        if cell is None:
            self._fault("a cell of this line is empty", row.span)
            return None
        note = because(f"{self._node.name.name} is declared here", self._node.name.span)
        term = self._typer.term(cell, Want(sort, "cell of the table", note))
        if isinstance(term, Const):
            return term.value
        if term is not None:
            self._typer.problems.report("ARC043", "a cell of a table is a constant value", cell.span)
        self._sound = False
        return None

    def _fault(self, message: str, span: Span, header: Span | None = None) -> None:
        self._sound = False
        self._typer.problems.report("ARC040", message, span, *because("the header", header))


def _complete(
    machine: Machine, node: tree.TableDecl, arguments: tuple[Sort, ...], result: Sort, entries: list[_Entry]
) -> Table | None:
    found: dict[tuple[Value, ...], _Entry] = {}
    doubles = [e for e in entries if found.setdefault(e.key, e) is not e]
    for entry in doubles:
        note = Note("it stands here first", found[entry.key].span)
        message = f"the combination {_shown(entry.key, arguments)} stands twice in the table"
        machine.problems.report("ARC042", message, entry.span, note)
    keys = _keys(machine, node, arguments)
    if keys is None or doubles or _lacks(machine, node, arguments, [k for k in keys if k not in found]):
        return None
    ordered = [found[k] for k in keys]
    return Table(
        node.name.name, arguments, result, tuple((e.key, e.value) for e in ordered), tuple(e.span for e in ordered),
        None if node.binding is None else Binding(node.binding.file, node.binding.table.name), node.name.span,
    )  # fmt: skip


def _keys(machine: Machine, node: tree.TableDecl, arguments: Sequence[Sort]) -> list[tuple[Value, ...]] | None:
    size = 1
    for sort in arguments:
        size *= cardinality(sort) or 1
    if size <= _MOST_ENTRIES:
        return list(itertools.product(*(values(s) for s in arguments)))
    message = f"table {node.name.name} would need more than {_MOST_ENTRIES} entries"
    machine.problems.report("ARC031", message, node.name.span)
    return None


def _lacks(
    machine: Machine, node: tree.TableDecl, arguments: Sequence[Sort], missing: Sequence[tuple[Value, ...]]
) -> bool:
    if missing:
        some = ", ".join(_shown(k, arguments) for k in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        machine.problems.report("ARC041", f"table {node.name.name} lacks {some}{more}", node.name.span)
    return bool(missing)


def _shown(key: Sequence[Value], arguments: Sequence[Sort]) -> str:
    return f"({', '.join(show_value(v, s) for v, s in zip(key, arguments, strict=True))})"


def filled(machine: Machine, found: Table) -> None:
    """Give the table's entries to its name, so that calls with constant arguments are folded."""
    symbol = machine.scope.get(found.name)
    assert isinstance(symbol, TableSymbol)
    machine.scope.replace(replace(symbol, entries=dict(found.entries)))
