"""A spec's table against an array in C: what counts as a difference, and how it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.source.tables import HERE, table, write
from verifier.evidence.evidence import CellDifference, SourceMatch
from verifier.files import Folder
from verifier.model.declarations import Binding, Table
from verifier.model.sorts import (
    BOOL,
    BitsSort,
    EnumSort,
    FlagsSort,
    IndexSort,
    IntSort,
    OpaqueSort,
    Sort,
    Value,
)  # fmt: skip
from verifier.source import SourceError, compare

ENUM = "enum state { ST_IDLE, ST_BUSY, ST_DONE };\n"
STATE = EnumSort("State", ("IDLE", "BUSY", "DONE"), (0, 1, 2))
NEXT = {"IDLE": "BUSY", "BUSY": "DONE", "DONE": "DONE"}


def compared(tree: Path, spec: Table, code: str) -> SourceMatch:
    """The comparison of a table with the array `t`."""
    write(tree, code)
    return compare(spec, Binding("x.c", "t"), Folder(tree))


def next_state(sort: EnumSort = STATE) -> Table:
    """The table NEXT over some of the states."""
    return table((sort,), sort, lambda state: NEXT[str(state)])


def test_equal_tables_match(tmp_path: Path) -> None:
    code = ENUM + "u8 t[] = { [ST_DONE] = ST_DONE, [ST_IDLE] = ST_BUSY, ST_DONE };"
    match = compared(tmp_path, next_state(), code)
    assert match == SourceMatch("x.c", hashlib.sha256(code.encode()).hexdigest(), 3, ())


def test_a_cell_with_another_value_is_a_difference_told_in_the_words_of_both(tmp_path: Path) -> None:
    match = compared(tmp_path, next_state(), ENUM + "u8 t[] = {\nST_BUSY,\nST_IDLE,\nST_DONE };")
    assert match.differences == (CellDifference(("BUSY",), "DONE (2)", "ST_IDLE (0)", "x.c:4"),)


def test_a_cell_without_initialiser_is_zero(tmp_path: Path) -> None:
    match = compared(tmp_path, next_state(), ENUM + "u8 t[3] = {\n[0] = 1,\n[2] = 2 };")
    assert match.differences == (CellDifference(("BUSY",), "DONE (2)", "0 (no initialiser)", "x.c:2"),)


def test_a_cell_that_c_lacks_is_a_difference(tmp_path: Path) -> None:
    match = compared(tmp_path, next_state(), ENUM + "u8 t[] = { 1, 2 };")
    assert match.differences == (CellDifference(("DONE",), "DONE (2)", "(no such entry)", "x.c:2"),)


def test_a_cell_that_the_spec_lacks_is_a_difference(tmp_path: Path) -> None:
    match = compared(tmp_path, next_state(), ENUM + "u8 t[] = { 1, 2, 2,\n9 };")
    assert match.differences == (CellDifference((3,), "(no such entry)", "9", "x.c:3"),)


def test_a_larger_array_differs_even_where_no_initialiser_reaches(tmp_path: Path) -> None:
    match = compared(tmp_path, next_state(), ENUM + "u8 t[4] = { 1, 2, 2 };")
    assert match.differences == (CellDifference((3,), "(no such entry)", "0 (no initialiser)", "x.c:2"),)


def test_only_a_written_cell_in_a_gap_between_numbers_is_a_difference(tmp_path: Path) -> None:
    gap = EnumSort("State", ("IDLE", "DONE"), (0, 2))
    spec = table((gap,), gap, lambda _: "DONE")
    assert compared(tmp_path, spec, "u8 t[] = { [0] = 2, [2] = 2 };").differences == ()
    match = compared(tmp_path, spec, "u8 t[] = { 2, 0, 2 };")
    assert match.differences == (CellDifference((1,), "(no such entry)", "0", "x.c:1"),)


def test_equal_numbers_under_other_names_are_differences(tmp_path: Path) -> None:
    swapped = EnumSort("State", ("IDLE", "DONE", "BUSY"), (0, 1, 2))
    spec = table((swapped,), BOOL, lambda state: state == "IDLE")
    match = compared(tmp_path, spec, ENUM + "bool t[] = {\n[ST_IDLE] = 1,\n[ST_BUSY] = 0,\n[ST_DONE] = 0 };")
    assert [(d.arguments, d.spec, d.c) for d in match.differences] == [
        (("DONE",), "false (0)", "0; DONE is 1 in the spec, but ST_DONE is 2 in C"),
        (("BUSY",), "false (0)", "0; BUSY is 2 in the spec, but ST_BUSY is 1 in C"),
    ]


def test_bits_with_other_weights_are_differences(tmp_path: Path) -> None:
    mode = FlagsSort("Mode", ("READ", "WRITE"))
    spec = table((BOOL,), mode, lambda writes: 3 if writes else 1)
    masks = "#define M_READ (1 << 1)\n#define M_WRITE (1 << 0)\n"
    match = compared(tmp_path, spec, masks + "u8 t[] = { M_READ, M_READ | M_WRITE };")
    assert match.differences[0].c == "M_READ (2); READ is 1 in the spec, but M_READ is 2 in C"
    assert match.differences[1].c.startswith("M_READ | M_WRITE (3); READ is 1")


def test_names_that_only_look_alike_are_not_compared(tmp_path: Path) -> None:
    spec = table((EnumSort("S", ("STOPPED", "RUNNING"), (0, 1)),), BOOL, lambda state: state == "RUNNING")
    code = "enum { S_NOT_RUNNING, S_FULLY_RUNNING };\nu8 t[] = { [S_NOT_RUNNING] = 0, [S_FULLY_RUNNING] = 1 };"
    assert compared(tmp_path, spec, code).differences == ()


@pytest.mark.parametrize(
    ("argument", "result", "function", "code"),
    [
        (BOOL, BOOL, lambda x: not x, "bool t[2] = { true, false };"),
        (IntSort(0, 2), IntSort(-1, 1), lambda x: x - 1, "int t[3] = { -1, 0, 1 };"),
        (IntSort(1, 2), BitsSort(8), lambda x: x << 4, "u8 t[3] = { [1] = 0x10, [2] = 0x20 };"),
        (BitsSort(2), IntSort(0, 3), lambda x: 3 - x, "u8 t[4] = { 3, 2, 1, 0 };"),
        (FlagsSort("F", ("A", "B")), FlagsSort("F", ("A", "B")), lambda x: x ^ 1, "u8 t[4] = { 1, 0, 3, 2 };"),
        (IndexSort("Device", 2), BitsSort(32), lambda x: 0xFFFFFFFF - x, "u32 t[2] = { ~0, ~1U };"),
        (EnumSort("E", ("A", "B"), (1, 0)), EnumSort("E", ("A", "B"), (1, 0)), lambda x: x, "u8 t[2] = { 0, 1 };"),
    ],
)
def test_values_stand_for_their_numbers(
    tmp_path: Path, argument: Sort, result: Sort, function: Callable[..., Value], code: str
) -> None:
    assert compared(tmp_path, table((argument,), result, function), code).differences == ()


def test_three_arguments_stand_for_three_indices(tmp_path: Path) -> None:
    spec = table((BOOL, BOOL, BOOL), IntSort(0, 7), lambda a, b, c: 4 * a + 2 * b + c)
    assert compared(tmp_path, spec, "u8 t[2][2][2] = { { { 0, 1 }, { 2, 3 } }, 4, 5, 6, 7 };").differences == ()


def test_negative_arguments_have_no_entry_in_c(tmp_path: Path) -> None:
    match = compared(tmp_path, table((IntSort(-1, 0),), BOOL, lambda _: False), "u8 t[1] = { 0 };")
    assert match.differences == (CellDifference((-1,), "false (0)", "(no such entry)", "x.c:1"),)


def test_a_bool_of_c_holds_no_number_but_a_byte_does(tmp_path: Path) -> None:
    spec = table((BOOL,), BOOL, lambda _: True)
    assert compared(tmp_path, spec, "bool t[2] = { 1, 4 };").differences == ()
    assert [d.c for d in compared(tmp_path, spec, "u8 t[2] = { 1, 4 };").differences] == ["4"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (table((BOOL, BOOL), BOOL, lambda _, b: b), "f has 2 arguments, but t has 1 indices"),
        (Table("f", (BOOL,), OpaqueSort("Data"), (), (), None, HERE), "the values of Data have no numbers"),
    ],
)
def test_tables_of_another_shape_are_refused(tmp_path: Path, spec: Table, message: str) -> None:
    with pytest.raises(SourceError) as error:
        compared(tmp_path, spec, "u8 t[2] = { 0, 1 };")
    [found] = error.value.diagnostics
    assert (found.code, found.span) == ("ARC957", HERE)
    assert message in found.message
