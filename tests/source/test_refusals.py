"""C that is not read: each trap is refused at its place, with a reason. Nothing is guessed."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.source.tables import refuse, write
from verifier.diagnostics import CODES
from verifier.files import Folder
from verifier.source import SourceError, read_table

# A C file, and for each diagnostic its code, its line, and a part of its message.
REFUSED: dict[str, tuple[str, list[tuple[str, int, str]]]] = {
    "more initialisers than cells": ("u8 t[2] = { 1, 2,\n3 };", [("ARC956", 2, "2 entries here")]),
    "more initialisers than cells in a row": ("u8 t[2][1] = { { 1,\n2 }, { 3 } };", [("ARC956", 2, "1 entries here")]),
    "more flat initialisers than cells": ("u8 t[1][2] = { 1, 2,\n3 };", [("ARC956", 2, "1 entries here")]),
    "index outside": ("u8 t[2] = {\n[2] = 1 };", [("ARC956", 2, "none of index 2")]),
    "second index outside": ("u8 t[2][2] = {\n[1][2] = 1 };", [("ARC956", 2, "none of index 2")]),
    "negative index": ("u8 t[2] = {\n[-1] = 1 };", [("ARC956", 2, "index -1 is out of range")]),
    "range outside": ("u8 t[2] = {\n[0 ... 2] = 1 };", [("ARC956", 2, "none of index 2")]),
    "empty range": ("u8 t[3] = {\n[2 ... 1] = 1 };", [("ARC956", 2, "is empty")]),
    "more designators than indices": ("u8 t[2] = {\n[0][0] = 1 };", [("ARC956", 2, "only 1 indices")]),
    "more braces than indices": ("u8 t[2] = {\n{ 1 } };", [("ARC953", 2, "braces")]),
    "too large": ("u8 t[1 << 30] = { 1 };", [("ARC956", 1, "more than 65536 cells")]),
    "too large by counting": ("u8 t[][40000] = { [1][0] = 1 };", [("ARC956", 1, "more than 65536 cells")]),
    "overlapping ranges without end": (
        "u8 t[65536] = {\n" + "[0 ... 65535] = 1,\n" * 6 + "};",
        [("ARC956", 6, "initialisers")],
    ),
    "no size": ("u8 t[0] = {};", [("ARC956", 1, "size")]),
    "second size missing": ("u8 t[2][] = { { 1 } };", [("ARC956", 1, "size")]),
    "call": ("u8 t[2] = { 1,\nf(2) };", [("ARC953", 2, "f(...) is a call")]),
    "call of a bracketed name": ("u8 t[2] = { 1,\n(f)(2) };", [("ARC954", 2, "f is defined neither")]),
    "macro with any arguments": (
        "#define BIT(n, ...) (1 << (n))\nu8 t[2] = { 1,\nBIT(2) };",
        [("ARC953", 3, "BIT(...) is a call")],
    ),
    "macro with too many arguments": (
        "#define BIT(n) (1 << (n))\nu8 t[2] = { 1,\nBIT(2, 3) };",
        [("ARC953", 3, "BIT(...) is a call")],
    ),
    "macro undone under a condition": (
        "#define ONE 1\n#ifdef CONFIG_A\n#undef ONE\n#endif\nu8 t[1] = {\nONE };",
        [("ARC955", 6, "different places")],
    ),
    "macro of two cells": ("#define TWO 1, 2\nu8 t[2] = {\nTWO };", [("ARC953", 3, "`,` cannot be read")]),
    "macro of a row": ("#define ROW { 1, 2 }\nu8 t[1][2] = {\nROW };", [("ARC953", 3, "`{` cannot be read")]),
    "macro of an operator": ("#define TENS * 10\nu8 t[1] = {\n1 TENS };", [("ARC953", 3, "not plain C")]),
    "macro of nothing": ("#define NONE\nu8 t[1] = {\nNONE };", [("ARC953", 3, "empty")]),
    "macro of an unbalanced bracket": (
        "#define ODD 1) + (2\nu8 t[1] = {\nODD };",
        [("ARC953", 3, "`)` cannot be read")],
    ),
    "macro for the whole list": ("#define ALL { 1 }\nu8 t[1] = ALL;", [("ARC953", 2, "list in braces")]),
    "macros in a circle": ("#define A B\n#define B A\nu8 t[1] = {\nA };", [("ARC954", 4, "A is defined neither")]),
    "macros without end": (
        "#define M0 1 + 1\n" + "".join(f"#define M{i + 1} M{i} + M{i}\n" for i in range(20)) + "u8 t[] = { M20 };",
        [("ARC953", 22, "too large")],
    ),
    "brackets without end": ("u8 t[] = {\n" + "(" * 60 + "1" + ")" * 60 + "};", [("ARC953", 2, "nested")]),
    "string": ('char t[4] = "abc";', [("ARC953", 1, "list in braces")]),
    "strings": ('u8 t[1][4] = {\n"abc" };', [("ARC953", 2, '`"abc"` cannot be read')]),
    "fraction": ("u8 t[1] = {\n1.5 };", [("ARC954", 2, "1.5 is not an integer")]),
    "sizeof": ("u8 t[1] = {\nsizeof(int) };", [("ARC953", 2, "sizeof(...)")]),
    "comparison": ("u8 t[1] = {\n1 < 2 };", [("ARC953", 2, "`<` cannot be read")]),
    "division": ("u8 t[1] = {\n4 / 2 };", [("ARC953", 2, "`/` cannot be read")]),
    "address": ("u8 t[1] = {\n(long)&t };", [("ARC953", 2, "`&` cannot be read")]),
    "unknown names, all of them": (
        "u8 t[2] = {\nONE,\nTWO };",
        [("ARC954", 2, "ONE is defined neither"), ("ARC954", 3, "TWO is defined neither")],
    ),
    "unknown index": ("u8 t[2] = {\n[ONE] = 1 };", [("ARC954", 2, "ONE is defined neither")]),
    "unknown size": ("u8 t[ONE] = { 1 };", [("ARC954", 1, "ONE is defined neither")]),
    "overflow": ("int t[1] = {\n2147483647 + 1 };", [("ARC954", 2, "overflows")]),
    "shift by the width": ("u64 t[1] = {\n1 << 32 };", [("ARC954", 2, "shifts by more bits")]),
    "huge number": ("u64 t[1] = {\n99999999999999999999 };", [("ARC954", 2, "larger than any")]),
    "conditional cells": (
        "u8 t[2] = {\n1,\n#ifdef CONFIG_A\n2\n#else\n3\n#endif\n};",
        [("ARC953", 3, "condition of the preprocessor")],
    ),
    "conditional cells, empty branch": (
        "u8 t[2] = {\n1,\n#if CONFIG_A > 1\n#endif\n2 };",
        [("ARC953", 3, "condition of the preprocessor")],
    ),
    "included cells": ('u8 t[2] = {\n#include "cells.h"\n};', [("ARC953", 2, "another file is included")]),
    "conditional macro": (
        "#ifdef CONFIG_A\n#define ONE 1\n#endif\nu8 t[1] = {\nONE };",
        [("ARC955", 5, "only defined under")],
    ),
    "macro that others may set": (
        "#ifndef ONE\n#define ONE 1\n#endif\nu8 t[1] = {\nONE };",
        [("ARC955", 5, "only defined under")],
    ),
    "macro with two values": (
        "#ifdef CONFIG_A\n#define ONE 1\n#else\n#define ONE 2\n#endif\nu8 t[1] = {\nONE };",
        [("ARC955", 7, "more than one")],
    ),
    "enumerators of one name": (
        "void f(void) { enum { ONE = 2 }; }\nvoid g(void) {\nenum { ONE = 1 };\nu8 t[1] = {\nONE }; }",
        [("ARC955", 5, "more than one")],
    ),
    "enum with conditional members": (
        "enum { A,\n#ifdef CONFIG_A\nB,\n#endif\nC };\nu8 t[1] = {\nC };",
        [("ARC953", 7, "the enum of C cannot be read")],
    ),
    "enum with a macro inside": (
        "enum { A, B MORE, C };\nu8 t[1] = {\nC };",
        [("ARC953", 3, "the enum of C cannot be read")],
    ),
    "enumerators in a circle": (
        "enum { A = B };\nenum { B = A };\nu8 t[1] = {\nA };",
        [("ARC954", 4, "by way of itself")],
    ),
    "enumerator of a call": ("enum { A = f(1) };\nu8 t[1] = {\nA };", [("ARC953", 3, "f(...) is a call")]),
    "struct": ("struct s t[1] = {\n{ 1 } };", [("ARC952", 1, "`struct s`")]),
    "unknown type": ("state_t t[1] = { 1 };", [("ARC952", 1, "`state_t`")]),
    "big endian": ("__be16 t[1] = { 1 };", [("ARC952", 1, "`__be16`")]),
    "fractions": ("float t[1] = { 1 };", [("ARC952", 1, "`float`")]),
    "pointers": ("const u8 *t[1] = { 0 };", [("ARC952", 1, "pointers")]),
    "pointer to an array": ("u8 (*t)[1] = { 0 };", [("ARC952", 1, "pointers")]),
    "functions": ("int (*t[1])(void) = { f };", [("ARC952", 1, "pointers")]),
    "char beyond ASCII": ("char t[1] = {\n200 };", [("ARC956", 2, "may not fit")]),
    "negative enum": ("enum e t[1] = {\n-1 };", [("ARC956", 2, "may not fit")]),
    "field designator": ("u8 t[1] = {\n.a = 1 };", [("ARC953", 2, "not an array index")]),
    "old designator": ("u8 t[1] = {\n[0] 1 };", [("ARC953", 2, "not plain C")]),
    "cell forgotten": ("u8 t[3] = {\n1,, 2 };", [("ARC953", 2, "not plain C")]),
    "list not closed": ("u8 t[2] = {\n1, 2;", [("ARC953", 2, "not plain C")]),
    "two arrays": (
        "void f(void) {\nu8 t[1] = { 1 }; }\nvoid g(void) { u8 t[1] = { 1 }; }",
        [("ARC952", 2, "more than one array t")],
    ),
    "alternative arrays": (
        "#ifdef CONFIG_A\nu8 t[1] = { 1 };\n#else\nu8 t[1] = { 2 };\n#endif",
        [("ARC952", 2, "more than one array t")],
    ),
}


@pytest.mark.parametrize("trap", REFUSED)
def test_a_trap_is_refused_at_its_place(tmp_path: Path, trap: str) -> None:
    code, expected = REFUSED[trap]
    write(tmp_path, code)
    found = refuse(tmp_path)
    assert [(d.code, d.span.line if d.span else 0) for d in found] == [(c, line) for c, line, _ in expected]
    assert all(part in d.message for d, (_, _, part) in zip(found, expected, strict=True)), found
    assert all(d.code in CODES for d in found)


def test_a_misspelt_array_gets_the_nearest_name_as_help(tmp_path: Path) -> None:
    write(tmp_path, "u8 fsm_table[1] = { 1 };\nextern u8 fsm_tabel[1];")
    [found] = refuse(tmp_path, name="fsm_tabel")
    assert (found.code, found.help) == ("ARC952", "did you mean fsm_table?")
    assert [n.span.line for n in found.notes if n.span] == [2]


def test_notes_lead_to_the_definitions_in_headers(tmp_path: Path) -> None:
    write(tmp_path, "#include <linux/a.h>\nu8 t[1] = { TWO };", linux_a="enum {\n  ONE = MISSING,\n  TWO,\n};")
    [found] = refuse(tmp_path)
    assert found.message.startswith("MISSING is defined neither in x.c")
    assert [str(n.span) for n in found.notes] == ["include/linux/a.h:3:3"]


def test_the_sources_that_the_diagnostics_quote_come_with_them(tmp_path: Path) -> None:
    write(tmp_path, "#include <linux/a.h>\nu8 t[1] = { ONE };", linux_a="#if X\n#define ONE 1\n#endif")
    with pytest.raises(SourceError) as error:
        read_table(Folder(tmp_path), "x.c", "t")
    assert [s.path for s in error.value.sources] == ["include/linux/a.h", "x.c"]
    assert error.value.sources[0].line(2) == "#define ONE 1"


def test_a_header_included_under_a_condition_makes_nothing_certain(tmp_path: Path) -> None:
    write(tmp_path, "#ifdef CONFIG_A\n#include <linux/a.h>\n#endif\nu8 t[1] = { ONE };", linux_a="enum { ONE = 1 };")
    assert [d.code for d in refuse(tmp_path)] == ["ARC955"]
    write(tmp_path, "#ifdef CONFIG_A\n#include <linux/a.h>\n#endif\n#include <linux/b.h>\nu8 t[1] = { ONE };",
          linux_b="#include <linux/a.h>")  # fmt: skip
    assert read_table(Folder(tmp_path), "x.c", "t").cells[0,].value == 1


@pytest.mark.parametrize(
    ("header", "certain"),
    [
        ("#ifndef _A_H\n#define _A_H\nenum { ONE };\n#endif", True),
        ("/* A. */\n#if !defined(_A_H)\n# define _A_H 1\nenum { ONE };\n#endif // _A_H\n", True),
        ("#ifndef _A_H\n#define _A_H\nenum { ONE };\n#endif\nint more;", False),
        ("#ifndef _A_H\n#define _B_H\nenum { ONE };\n#endif", False),
        ("#ifndef _A_H\nenum { ONE };\n#define _A_H\n#endif", False),
        ("#define X\n#ifndef _A_H\n#define _A_H\nenum { ONE };\n#endif", False),
        ("#ifndef ONE\n#define ONE 0\n#endif", False),
        ("#ifndef _A_H\n#define _A_H\n#else\nenum { ONE };\n#endif", False),
    ],
)
def test_only_a_true_include_guard_is_passed(tmp_path: Path, header: str, certain: bool) -> None:
    write(tmp_path, "#include <linux/a.h>\nu8 t[1] = { ONE };", linux_a=textwrap.dedent(header))
    if certain:
        assert read_table(Folder(tmp_path), "x.c", "t").cells[0,].value == 0
    else:
        assert {d.code for d in refuse(tmp_path)} <= {"ARC954", "ARC955"}
