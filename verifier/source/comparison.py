"""A spec's table against an array in C, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.diagnostics import Diagnostic
from verifier.evidence.evidence import CellDifference, SourceMatch
from verifier.files import Files
from verifier.model.declarations import Binding, Table
from verifier.model.sorts import BitsSort, BoolSort, EnumSort, FlagsSort, IndexSort, IntSort, Sort, Value
from verifier.source.arrays import CTable, Index, read_table
from verifier.source.refusal import SourceError

_ABSENT = "(no such entry)"

# For each name of a sort whose number in C is another one: the name it has in C, and that number.
_Misnumbered = Mapping[str, tuple[str, int]]


def compare(table: Table, binding: Binding, files: Files) -> SourceMatch:
    """Compare `table` with the array that `binding` names in the source tree `files`.

    A spec's values stand for C's integers by their numbers: an enum value for its number, a flags value for its
    mask, a bool for 0 or 1. These are differences: a cell with another number; a cell that one side lacks; a
    cell whose argument or result has a name to which C gives another number. A C cell outside the table counts
    unless no initialiser reaches it and it merely fills a gap between the arguments' numbers. Raises
    SourceError iff the array cannot be read, or has not one index for each argument.
    """
    _refuse_without_numbers(table)
    array = read_table(files, binding.file, binding.table)
    if len(array.extents) != len(table.arguments):
        shapes = f"{len(table.arguments)} arguments, but {array.name} has {len(array.extents)} indices"
        raise _error(table, f"{table.name} has {shapes}")
    found = (*_differing(table, array), *_surplus(table, array))
    return SourceMatch(array.file, array.sha256, len(table.entries), found)


def _refuse_without_numbers(table: Table) -> None:
    for sort in (*table.arguments, table.result):
        if not isinstance(sort, BoolSort | EnumSort | FlagsSort | IntSort | BitsSort | IndexSort):
            raise _error(table, f"the values of {sort} have no numbers that could stand in a C array")


def _error(table: Table, message: str) -> SourceError:
    return SourceError([Diagnostic("ARC957", message, table.span)])


def _differing(table: Table, array: CTable) -> Iterator[CellDifference]:
    """Yield the differences in the cells of the spec's table."""
    misnumbered = {sort: _misnumbered(sort, array.constants) for sort in (*table.arguments, table.result)}
    for arguments, result in table.entries:
        index = tuple(_number(s, a) for s, a in zip(table.arguments, arguments, strict=True))
        values = (*zip(table.arguments, arguments, strict=True), (table.result, result))
        remarks = dict.fromkeys(r for sort, value in values for r in _remarks(sort, value, misnumbered[sort]))
        cell = array.cells.get(index)
        if cell is None or cell.value != _number(table.result, result) or remarks:
            c = "; ".join((_c_text(array, index), *remarks))
            yield CellDifference(arguments, _spec_text(table.result, result), c, array.place(index))


def _surplus(table: Table, array: CTable) -> Iterator[CellDifference]:
    """Yield the cells of the array for which the spec's table has no entry."""
    columns = [{_number(s, a[k]): a[k] for a, _ in table.entries} for k, s in enumerate(table.arguments)]
    for index, cell in array.cells.items():
        outside = any(i not in column for i, column in zip(index, columns, strict=True))
        beyond = any(i > max(column) for i, column in zip(index, columns, strict=True))
        if outside and (cell.text or beyond):
            arguments = tuple(column.get(i, i) for i, column in zip(index, columns, strict=True))
            yield CellDifference(arguments, _ABSENT, _c_text(array, index), array.place(index))


def _number(sort: Sort, value: Value) -> int:
    """Return the integer that stands for the value in C."""
    if isinstance(sort, EnumSort):
        return sort.numbers[sort.names.index(str(value))]
    assert isinstance(value, int)
    return int(value)


def _spec_text(sort: Sort, value: Value) -> str:
    number = _number(sort, value)
    match sort:
        case EnumSort():
            return f"{value} ({number})"
        case BoolSort():
            return f"{'true' if value else 'false'} ({number})"
        case FlagsSort():
            bits = ", ".join(bit for i, bit in enumerate(sort.bits) if number >> i & 1)
            return f"{{{bits}}} ({number})"
        case _:
            return str(number)


def _c_text(array: CTable, index: Index) -> str:
    cell = array.cells.get(index)
    if cell is None:
        return _ABSENT
    if not cell.text:
        return f"{cell.value} (no initialiser)"
    return cell.text if cell.text == str(cell.value) else f"{cell.text} ({cell.value})"


def _names(sort: Sort) -> dict[str, int]:
    """Return the sort's names for its values, with their numbers."""
    match sort:
        case EnumSort():
            return dict(zip(sort.names, sort.numbers, strict=True))
        case FlagsSort():
            return {bit: 1 << i for i, bit in enumerate(sort.bits)} | dict(sort.named)
        case _:
            return {}


def _misnumbered(sort: Sort, constants: Mapping[str, int]) -> _Misnumbered:
    """Return the sort's names to which C gives another number.

    C's names are the spec's behind one prefix (VFIO_DEVICE_STATE_ before STOP). That prefix is taken which
    fits most names: two at least, more than half of them, and more than any other prefix; otherwise the names
    have nothing to do with each other, and nothing is returned.
    """
    names = _names(sort)
    prefixes = {c.removesuffix(n) for c in constants for n in names if c == n or c.endswith(f"_{n}")}
    fits = sorted(((sum(p + n in constants for n in names), p) for p in prefixes), reverse=True)
    if not fits or fits[0][0] < 2 or 2 * fits[0][0] <= len(names) or (fits[1:] and fits[1][0] == fits[0][0]):
        return {}
    in_c = {n: fits[0][1] + n for n in names}
    return {n: (c, constants[c]) for n, c in in_c.items() if constants.get(c, names[n]) != names[n]}


def _remarks(sort: Sort, value: Value, misnumbered: _Misnumbered) -> Iterator[str]:
    """Yield what is wrong with the numbers of the names that a value has."""
    number = _number(sort, value)
    for name, (c_name, c_number) in misnumbered.items():
        own = _names(sort)[name]
        if own == number or (isinstance(sort, FlagsSort) and name in sort.bits and own & number):
            yield f"{name} is {own} in the spec, but {c_name} is {c_number} in C"
