"""What is not understood in a table: a gap with its place, never a guess. The rest of the table is still read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.tables import extract, said, write
from verifier.files import Folder
from verifier.source import SourceError, extract_table

KEYS = "enum key { KEY_A, KEY_B, KEY_C, NR_KEYS };\n"

# The table after KEYS; the lines of its gaps; the cells that are known all the same.
GAPS: dict[str, tuple[str, list[int], dict[str, str]]] = {
    "designated entry under a condition": (
        "static u8 t[NR_KEYS] = {\n[KEY_A] = 1,\n#ifdef CONFIG_X\n[KEY_B] = 2,\n#endif\n[KEY_C] = 3 };",
        [5],
        {"A": "1", "C": "3"},
    ),
    "entry whose alternatives differ": (
        "static u8 t[NR_KEYS] = {\n#ifdef CONFIG_X\n[KEY_A] = 1,\n#else\n[KEY_A] = 2,\n#endif\n[KEY_B] = 3 };",
        [4, 6],
        {"B": "3", "C": "0"},
    ),
    "entry that is overwritten under a condition": (
        "static u8 t[NR_KEYS] = {\n[KEY_A] = 1,\n[KEY_B] = 4,\n#if CONFIG_X > 2\n[KEY_A] = 2,\n#endif\n};",
        [6],
        {"B": "4", "C": "0"},
    ),
    "entry that is set for certain after a condition": (
        "static u8 t[NR_KEYS] = {\n#ifdef CONFIG_X\n[KEY_A] = 1,\n#endif\n[KEY_A] = 2 };",
        [4],
        {"A": "2", "B": "0", "C": "0"},
    ),
    "places after an entry under a condition": (
        "static u8 t[NR_KEYS] = { 1,\n#ifdef CONFIG_X\n2,\n#endif\n3 };",
        [4, 6],
        {"A": "1"},
    ),
    "operand under a condition": (
        "static u8 t[NR_KEYS] = { 1, 2\n#ifdef CONFIG_X\n| 4\n#endif\n, 3 };",
        [2],
        {"A": "1", "C": "3"},
    ),
    "name without a definition": ("static u8 t[NR_KEYS] = { 1,\nHZ, 3 };", [3], {"A": "1", "C": "3"}),
    "macro under a condition": (
        "#ifdef CONFIG_X\n#define N 1\n#endif\nstatic u8 t[NR_KEYS] = { 1,\nN, 3 };",
        [6],
        {"A": "1", "C": "3"},
    ),
    "macro of two meanings": (
        "#ifdef CONFIG_X\n#define N 1\n#else\n#define N 2\n#endif\nstatic u8 t[NR_KEYS] = { 1,\nN, 3 };",
        [8],
        {"A": "1", "C": "3"},
    ),
    "call": ("static u8 t[NR_KEYS] = { 1,\nf(2), 3 };", [3], {"A": "1", "C": "3"}),
    "sizeof": ("static u8 t[NR_KEYS] = { 1,\nsizeof(struct x), 3 };", [3], {"A": "1", "C": "3"}),
    "index without a definition": (
        "static u8 t[NR_KEYS] = { 1,\n[KEY_X] = 2, [KEY_C] = 3 };",
        [3],
        {"A": "1", "C": "3"},
    ),
    "address of an element": (
        "static void *t[NR_KEYS] = { a,\n&b->c, d };",
        [3],
        {"A": "a", "C": "d"},
    ),
}


@pytest.mark.parametrize(("code", "lines", "known"), GAPS.values(), ids=list(GAPS))
def test_a_gap_has_its_place_and_leaves_the_other_cells(
    tmp_path: Path, code: str, lines: list[int], known: dict[str, str]
) -> None:
    found = extract(tmp_path, KEYS + code)
    assert [gap.place.line for gap in found.gaps] == lines
    assert not found.complete
    assert {key[0]: value for key, value in said(found).items()} == known
    for line in lines:
        assert f"# INCOMPLETE: x.c:{line}: " in found.spec


def test_a_cell_that_is_not_known_lets_no_rule_fire(tmp_path: Path) -> None:
    found = extract(tmp_path, KEYS + "static u8 t[NR_KEYS] = { KEY_B, HZ, KEY_A };")
    assert "  | A    | B     | C    |\n  | true | false | true |" in found.spec
    assert "when t_known(state)" in found.spec


def test_a_field_of_a_type_that_is_not_known_is_a_gap_of_its_own(tmp_path: Path) -> None:
    code = "struct row { struct hidden inner; int n; };\nstatic struct row t[NR_KEYS] = {\n"
    code += "[KEY_B] = { .n = 4, .inner = { 1 } } };"
    found = extract(tmp_path, KEYS + code)
    assert said(found, "t_n")[("B",)] == "4"
    assert [gap.place.line for gap in found.gaps] == [4]


def test_places_after_a_field_that_depends_on_the_configuration_are_not_known(tmp_path: Path) -> None:
    code = "struct row { int a;\n#ifdef CONFIG_X\nint b;\n#endif\nint c; };\nstatic struct row t[1] = {\n{ 1, 2, 3 } };"
    found = extract(tmp_path, code)
    assert said(found, "t_a") == {("0",): "1"}
    assert "t_c" not in {cell.table for cell in found.cells}
    assert found.gaps[0].place.line == 7


def test_a_table_of_which_nothing_can_be_read_is_refused_with_the_reasons(tmp_path: Path) -> None:
    write(tmp_path, "static u8 t[] = {\n[FIRST] = 1,\n[SECOND] = 2 };")
    with pytest.raises(SourceError) as refused:
        extract_table(Folder(tmp_path), "x.c", "t")
    assert [(d.code, d.span and d.span.line) for d in refused.value.diagnostics] == [("ARC958", 2), ("ARC958", 3)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("#ifdef A\nstatic u8 t[1] = { 1 };\n#else\nstatic u8 t[1] = { 2 };\n#endif", "ARC952"),
        ("static u8 t[SIZE][SIZE] = { { 1 } };", "ARC954"),
        ("static struct hidden t[2] = { { 1 } };", "ARC954"),
        ("static u8 t[1000][1000] = { { 1 } };", "ARC956"),
        ("static u8 t = 4;", "ARC952"),
        ("static u8 t[2] = { 1, 2;", "ARC952"),
    ],
)
def test_hostile_and_broken_code_ends_in_a_diagnostic(tmp_path: Path, code: str, expected: str) -> None:
    write(tmp_path, code)
    with pytest.raises(SourceError) as refused:
        extract_table(Folder(tmp_path), "x.c", "t")
    assert [d.code for d in refused.value.diagnostics] == [expected]


@pytest.mark.parametrize("value", ["(" * 300 + "1" + ")" * 300, "M20", "LOOP", "1 / 0", "CALL(CALL(CALL(1)))"])
def test_a_hostile_value_is_a_gap(tmp_path: Path, value: str) -> None:
    macros = "#define M0 1 + 1\n" + "".join(f"#define M{i + 1} M{i} + M{i}\n" for i in range(20))
    macros += "#define LOOP POOL\n#define POOL LOOP\n#define CALL(x) CALL(x) + f(x)\n"
    found = extract(tmp_path, macros + f"static u8 t[2] = {{ 7, {value} }};")
    assert len(found.gaps) == 1
    assert said(found) == {("0",): "7"}


@pytest.mark.parametrize("rows", ["{" * 400 + "1" + "}" * 400, ", ".join("[0 ... 65535] = 1" for _ in range(6))])
def test_a_hostile_list_is_refused(tmp_path: Path, rows: str) -> None:
    write(tmp_path, f"static u8 t[65536] = {{ {rows} }};")
    with pytest.raises(SourceError):
        extract_table(Folder(tmp_path), "x.c", "t")


def test_text_of_the_c_file_cannot_leave_its_comment(tmp_path: Path) -> None:
    found = extract(
        tmp_path, KEYS + 'static const char *t[NR_KEYS] = { "a\\" } rule x {", "\x1b[31m\\\\", f("#\\n") };'
    )
    assert len(found.gaps) == 1
    assert "\x1b" not in found.spec
