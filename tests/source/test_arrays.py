"""The shapes that arrays have in C, each in a few lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.source.tables import read
from verifier.source import CTable

NAMES = "enum { A, B, C, NR };\n"


def rows(table: CTable) -> list[int] | list[list[int]]:
    """The values of an array with one index, or of each row of an array with two."""
    values = [cell.value for cell in table.cells.values()]
    width = table.extents[-1]
    return values if len(table.extents) == 1 else [values[i : i + width] for i in range(0, len(values), width)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("u8 t[3] = { 1, 2, 3 };", [1, 2, 3]),
        ("u8 t[] = { 1, 2, 3, };", [1, 2, 3]),
        ("u8 t[] = { [C] = 5, 6 };", [0, 0, 5, 6]),
        ("u8 t[NR] = { [C] = 5, [A] = 1, 2 };", [1, 2, 5]),
        ("u8 t[NR] = {};", [0, 0, 0]),
        ("u8 t[NR] = { [A] = 1, [A] = 2 };", [2, 0, 0]),
        ("u8 t[5] = { [1 ... 3] = 7, 8 };", [0, 7, 7, 7, 8]),
        ("u8 t[5] = { [0 ... 4] = 7, [B] = 1 };", [7, 1, 7, 7, 7]),
        ("u8 t[2][2] = { { 1, 2 }, { 3, 4 } };", [[1, 2], [3, 4]]),
        ("u8 t[2][2] = { 1, 2, 3, 4 };", [[1, 2], [3, 4]]),
        ("u8 t[2][2] = { 1, 2, { 3 } };", [[1, 2], [3, 0]]),
        ("u8 t[][2] = { 1, 2, 3 };", [[1, 2], [3, 0]]),
        ("u8 t[2][2] = { [B] = { [A] = 3 }, [A] = { 1, 2 } };", [[1, 2], [3, 0]]),
        ("u8 t[2][2] = { [A][B] = 2, 3, [A][A] = 1 };", [[1, 2], [3, 0]]),
        ("u8 t[2][2] = { [A][B] = 2, { 3, 4 } };", [[0, 2], [3, 4]]),
        ("u8 t[2][2] = { [A][A] = 1, [A] = { [B] = 2 } };", [[0, 2], [0, 0]]),
        ("u8 t[2][2] = { [A] = { 1, 2 }, [A][B] = 9 };", [[1, 9], [0, 0]]),
        ("u8 t[2][3] = { [0 ... 1][1 ... 2] = 5 };", [[0, 5, 5], [0, 5, 5]]),
        ("u8 t[2][3] = { [0 ... 1] = { [1 ... 2] = 5, [B] = 4 } };", [[0, 4, 5], [0, 4, 5]]),
        ("u8 t[2][1][2] = { [B][A][B] = 3 };", [[0, 0], [0, 3]]),
        ("u8 t[2][1][2] = { { { 1, 2 } }, { [A] = { [B] = 3 } } };", [[1, 2], [0, 3]]),
        ("u8 t[2][1][2] = { 1, 2, [B] = { 3, 4 } };", [[1, 2], [3, 4]]),
    ],
)
def test_cells_stand_where_c_puts_them(tmp_path: Path, code: str, expected: object) -> None:
    assert rows(read(tmp_path, NAMES + "static const " + code)) == expected


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ("u8", "-1", 255),
        ("s8", "-1", -1),
        ("unsigned int", "~0U", 0xFFFFFFFF),
        ("const unsigned int", "~0", 0xFFFFFFFF),
        ("u64", "~0U", 0xFFFFFFFF),
        ("u64", "~0", 0xFFFFFFFFFFFFFFFF),
        ("unsigned char", "0x1FF", 0xFF),
        ("int", "- (2 - 5) * 2", 6),
        ("long", "1L << 40 | 1", (1 << 40) + 1),
        ("int", "1 << 31", -(1 << 31)),
        ("u32", "1 << 31", 1 << 31),
        ("unsigned long int", "0xFFFFFFFF + 1", 0),
        ("u_int8_t", "010 + 0b11 + 0xf", 26),
        ("int", "'A'", 65),
        ("short", "(u8)~0 & 0xF0", 0xF0),
        ("int", "(B) + 1", 2),
        ("int", "(B) - (2)", -1),
        ("int", "2 + 3 * 4 ^ 1 | 8 >> 1 & 6", 15),
        ("bool", "4", 1),
        ("enum colour", "C", 2),
        ("char", "'~'", 126),
        ("int", "true", 1),
    ],
)
def test_values_are_those_of_the_element_type(tmp_path: Path, element: str, value: str, expected: int) -> None:
    cell = read(tmp_path, f"{NAMES}static {element} t[1] = {{ {value} }};").cells[0,]
    assert (cell.value, cell.text) == (expected, value)


@pytest.mark.parametrize(
    "declaration",
    [
        "const u8 t[2]",
        "static const u8 t[2]",
        "const static u8 t[2]",
        "static u8 const volatile t[2]",
        "static const unsigned\tint\nt[2]",
        "static const u8 t[2] __read_mostly",
        "static const u8 t[2] __initconst",
        "static const u8 before[1] = { 9 }, t[2]",
        "u8 (t)[2]",
        "u8 t[sizeless]",
    ],
)
def test_declarations(tmp_path: Path, declaration: str) -> None:
    assert rows(read(tmp_path, f"#define sizeless 2\n{declaration} = {{ 1, 2 }};")) == [1, 2]


def test_comments_and_spliced_lines_may_stand_anywhere(tmp_path: Path) -> None:
    code = """
    /* u8 t[1] = { 9 }; */ static const u8 /* [3] */ t[2] /* = { */ = { // { 9 \\
        , 9 },
        [0] /* = 9, */ = /* " */ 1 \\
        | 2, /* 9, // */
        [1 /* 0 */] = /*
        9 */ 4 // 9
    };
    """
    table = read(tmp_path, code)
    assert rows(table) == [3, 4]
    assert [(cell.text, cell.line) for cell in table.cells.values()] == [("1 | 2", 3), ("4", 6)]


def test_names_go_through_several_macros(tmp_path: Path) -> None:
    code = """
    #include <linux/a.h>
    #define sA STATE_A /* the
                          first */
    #define sB \\
            sB_
    #define sB_ STATE_B
    #define SUM 1 + 2
    static const u8 t[] = { sA, sB, SUM * 2, STATE_NR };
    """
    a = """
    #ifndef _A_H
    #define _A_H
    #include "b.h"
    #endif /* _A_H */
    """
    b = """
    enum state {
    #define STATE_A STATE_ZERO
        STATE_ZERO, /* obsolete */
        STATE_B = STATE_ZERO + 4,
        STATE_B2 = STATE_B,
    #define STATE_B2 STATE_B2
        STATE_NR,
    };
    """
    table = read(tmp_path, code, linux_a=a, linux_b=b)
    assert rows(table) == [0, 4, 5, 5]
    assert table.constants["STATE_B2"] == 4


def test_a_header_in_include_hides_the_one_of_its_name_in_uapi(tmp_path: Path) -> None:
    (tmp_path / "include/uapi/linux").mkdir(parents=True)
    (tmp_path / "include/uapi/linux/a.h").write_text("#define ONE 2\n", encoding="utf-8")
    assert rows(read(tmp_path, "#include <linux/a.h>\nu8 t[] = { ONE };", linux_a="#define ONE 1")) == [1]


def test_a_header_beside_the_file_is_found_by_its_quotes(tmp_path: Path) -> None:
    (tmp_path / "own.h").write_text("enum { ONE = 1 };\n", encoding="utf-8")
    assert rows(read(tmp_path, '#include "own.h"\nu8 t[] = { ONE };')) == [1]


def test_enumerators_of_a_function_serve_its_table(tmp_path: Path) -> None:
    code = """
    int next(int state)
    {
        enum { COUNT = LAST + 1 };
        static const u8 t[COUNT] = { [LAST] = 1 };
        return t[state];
    }
    """
    assert rows(read(tmp_path, "enum { FIRST, LAST };\n" + code)) == [0, 1]


def test_conditions_that_every_build_decides_alike_are_decided(tmp_path: Path) -> None:
    code = """
    #if 0
    static const u8 t[] = { 9 };
    #elif 1
    #define ONE 1
    #else
    #define ONE 2
    #endif
    #ifdef __ASSEMBLY__
    #define ONE 3
    #endif
    static const u8 t[] = {
    #if !defined(__KERNEL__)
        9,
    #else
        ONE
    #endif
    };
    """
    assert rows(read(tmp_path, code)) == [1]


def test_a_macro_under_the_same_condition_as_its_table_is_certain(tmp_path: Path) -> None:
    code = """
    #ifdef CONFIG_A
    #define ONE 1
    static const u8 t[] = { ONE };
    #endif
    """
    assert rows(read(tmp_path, code)) == [1]


def test_a_cell_without_initialiser_is_placed_at_its_array(tmp_path: Path) -> None:
    table = read(tmp_path, "\nstatic const u8\nt[2] = {\n[1] = 1 };")
    assert (table.cells[0,].text, table.place((0,)), table.place((1,)), table.place((7,))) == (
        "",
        "x.c:2",
        "x.c:3",
        "x.c:2",
    )


def test_the_constants_of_an_array_are_its_names_and_those_declared_with_them(tmp_path: Path) -> None:
    names = "enum { A, B, C }; enum { D }; enum { E = 7, F };\n#define bA A\n#define MASK (1 << E)\n"
    assert read(tmp_path, names + "u8 t[] = { [F] = bA, MASK };").constants == {
        "A": 0,
        "B": 1,
        "C": 2,
        "E": 7,
        "F": 8,
        "MASK": 128,
        "bA": 0,
    }


def test_the_last_macro_before_the_array_counts(tmp_path: Path) -> None:
    code = """
        enum { TWO = 1 };
        #define ONE 7
        #undef ONE
        #define ONE 1
        #define TWO 2
        u8 t[2] = { ONE, TWO };
        #undef ONE
        #define ONE 3
    """
    assert [cell.value for cell in read(tmp_path, code).cells.values()] == [1, 2]


def test_macros_with_arguments_are_replaced(tmp_path: Path) -> None:
    code = """
        #define _AC(x, y) x##y
        #define UL(x) (_AC(x, UL))
        #define BIT(n) (UL(1) << (n))
        #define PAIR(a, b) ((a) | BIT(b))
        u32 t[2] = { BIT(3), PAIR(BIT(0), (2 + 2)) };
    """
    assert [cell.value for cell in read(tmp_path, code).cells.values()] == [8, 17]
