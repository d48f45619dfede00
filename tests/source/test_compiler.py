"""Random arrays, read and compiled: the reader must have every value as the C compiler has it."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from verifier.files import Folder
from verifier.source import CTable, SourceError, read_table

TYPES = ["u8", "s8", "u16", "u32", "int", "u64", "long", "bool", "unsigned long", "unsigned short int"]
CASTS = ["u8", "s8", "u16", "unsigned int", "long", "bool", "u64", "unsigned char"]
LITERALS = [
    "0",
    "1",
    "3",
    "7",
    "0x1F",
    "010",
    "0b101",
    "1U",
    "5L",
    "0xFFFFFFFF",
    "0x80000000",
    "2147483647",
    "1ULL",
    "'a'",
]
NAMES = ["E1", "E2", "E3", "NEGATIVE", "LARGE", "M1", "M2", "M3", "M4"]

TYPEDEFS = """
#include <stdio.h>
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef unsigned int u32;
typedef unsigned long u64; typedef _Bool bool;
"""
CONSTANTS = """
enum { E0, E1, E2 = E1 + 3, E3, NEGATIVE = -5 };
enum { LARGE = 0x80000000 };
#define M1 E2
#define M2 1 + 2
#define M3 (M2)
#define M4 M3 << 1
"""


def expression(chance: random.Random, depth: int = 0) -> str:
    """A constant expression, perhaps with an overflow."""
    kind = chance.random() if depth < 3 else 1
    if kind < 0.1:
        return chance.choice("-~+") + " " + expression(chance, depth + 1)
    if kind < 0.25:
        return f"({expression(chance, depth + 1)})"
    if kind < 0.35:
        return f"({chance.choice(CASTS)}){expression(chance, depth + 1)}"
    if kind < 0.7:
        operator = chance.choice(["+", "-", "*", "&", "|", "^", "<<", ">>"])
        return f"{expression(chance, depth + 1)} {operator} {expression(chance, depth + 1)}"
    return chance.choice(LITERALS + NAMES)


def designator(chance: random.Random, extent: int) -> str:
    """An index, or a range of indices, within the extent."""
    first = chance.randrange(extent)
    return f"[{first}]" if chance.random() < 0.7 else f"[{first} ... {chance.randrange(first, extent)}]"


def initialisers(chance: random.Random, extents: list[int]) -> str:
    """A list in braces for an array of these extents: nested, flat and designated parts, and perhaps too many."""
    return "{ " + ", ".join(initialiser(chance, extents) for _ in range(chance.randrange(4))) + " }"


def initialiser(chance: random.Random, extents: list[int]) -> str:
    """One member of such a list."""
    depth = chance.randint(1, len(extents)) if chance.random() < 0.5 else 0
    prefix = "".join(designator(chance, extent) for extent in extents[:depth]) + " = " if depth else ""
    rest = extents[max(depth, 1) :]
    return prefix + (
        initialisers(chance, rest) if rest and chance.random() < 0.6 else chance.choice([*"1234567", "E1", "M3"])
    )


def declaration(chance: random.Random, name: str) -> tuple[str, str]:
    """The element type and the declaration of a random array."""
    element = chance.choice(TYPES)
    if chance.random() < 0.5:
        return element, f"static const {element} {name}[1] = {{ {expression(chance)} }};"
    extents = [chance.randint(1, 3) for _ in range(chance.randint(1, 3))]
    sizes = "".join(f"[{extent}]" for extent in extents)
    return element, f"static const {element} {name}{sizes} = {initialisers(chance, extents)};"


def compiled(tree: Path, arrays: dict[str, tuple[str, str]]) -> dict[str, list[int]]:
    """The values that the compiler gives the arrays, modulo 2 ** 64."""
    count = "for (unsigned long i = 0; i < sizeof {0} / sizeof({1}); i++)"
    show = 'printf("%llu ", (unsigned long long)((const {1} *){0})[i]); puts("");'
    prints = "\n".join(f"{count} {show}".format(name, element) for name, (element, _) in arrays.items())
    texts = "\n".join(text for _, text in arrays.values())
    (tree / "main.c").write_text(
        f"{TYPEDEFS}{CONSTANTS}{texts}\nint main(void) {{\n{prints}\nreturn 0; }}\n", encoding="utf-8"
    )
    subprocess.run(["cc", "-std=gnu11", "-w", "-o", tree / "main", tree / "main.c"], check=True, timeout=60)
    output = subprocess.run([tree / "main"], check=True, capture_output=True, text=True, timeout=60).stdout
    return {name: [int(word) for word in line.split()] for name, line in zip(arrays, output.splitlines(), strict=True)}


def read_or_refused(tree: Path, name: str) -> CTable | None:
    """The array, unless it is refused: an overflow, or more initialisers than cells."""
    try:
        return read_table(Folder(tree), "arrays.c", name)
    except SourceError:
        return None


@pytest.mark.parametrize("seed", [1, 2])
def test_the_reader_agrees_with_the_compiler(tmp_path: Path, seed: int) -> None:
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler to compare with")
    chance = random.Random(seed)
    arrays = {name: declaration(chance, name) for name in (f"t{i}" for i in range(200))}
    texts = "\n".join(text for _, text in arrays.values())
    (tmp_path / "arrays.c").write_text(CONSTANTS + texts, encoding="utf-8")
    tables = {name: found for name in arrays if (found := read_or_refused(tmp_path, name)) is not None}
    expected = compiled(tmp_path, {name: arrays[name] for name in tables})
    for name, table in tables.items():
        values = [cell.value % (1 << 64) for cell in table.cells.values()]
        assert values == expected[name], arrays[name]
    assert len(tables) > 120
