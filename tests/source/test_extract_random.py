"""Random tables, written in a random style, come back as they were; and the C compiler has the same values."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.source.tables import extract, said

Numbers = dict[tuple[int, ...], int]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[int], Numbers, int]:
    """The extents of a table, its cells as numbers below 9, and a seed for how it is written."""
    extents = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    cells = {i: draw(st.integers(0, 8)) for i in itertools.product(*map(range, extents))}
    return extents, cells, draw(st.integers(0, 1 << 30))


def enums(extents: list[int]) -> str:
    """One enum for each index, and one for the values, some of them behind macros."""
    lists = [", ".join(f"I{k}_V{n}" for n in range(extent)) for k, extent in enumerate(extents)]
    text = "".join(f"enum i{k} {{ {names}, I{k}_NR }};\n" for k, names in enumerate(lists))
    text += "enum value { " + ", ".join(f"VAL_{n}" for n in range(9)) + ", VAL_MAX };\n"
    return text + "".join(f"#define v{n} VAL_{n}\n#define w{n} (v{n})\n" for n in range(9))


def value(chance: random.Random, number: int) -> str:
    """A way to write a number."""
    return chance.choice([f"VAL_{number}", f"v{number}", f"w{number}", f"(u8)VAL_{number}"])


def written(chance: random.Random, extents: list[int], cells: Numbers, prefix: tuple[int, ...] = ()) -> str:
    """An initialiser of one part: designated or positional entries, zeros left out or not, ranges, flat rows."""
    level = len(prefix)
    if level == len(extents):
        return value(chance, cells[prefix])
    rows = list(range(extents[level]))
    flat = level + 1 < len(extents) and chance.random() < 0.2
    if flat:
        inner = itertools.product(*map(range, extents[level:]))
        return "{ " + ", ".join(value(chance, cells[(*prefix, *i)]) for i in inner) + " }"
    if chance.random() < 0.5:
        return "{ " + ", ".join(written(chance, extents, cells, (*prefix, n)) for n in rows) + ",}"
    parts = [
        f"[I{level}_V{n}] = {written(chance, extents, cells, (*prefix, n))}" for n in rows if not zero(cells, prefix, n)
    ]
    chance.shuffle(parts)
    if level + 1 == len(extents) and not any(zero(cells, prefix, n) for n in rows) and chance.random() < 0.3:
        parts.insert(0, f"[0 ... {len(rows) - 1}] = VAL_3")
    return "{ " + ", ".join(parts) + " }"


def zero(cells: Numbers, prefix: tuple[int, ...], n: int) -> bool:
    """Whether all cells of a part are 0, so that it may be left out."""
    part = (*prefix, n)
    return not any(v for i, v in cells.items() if i[: len(part)] == part)


def declared(extents: list[int], cells: Numbers, seed: int, name: str = "t") -> str:
    """The declaration of the table."""
    chance = random.Random(seed)
    sizes = "".join(chance.choice([f"[I{k}_NR]", f"[I{k}_V{e - 1} + 1]"]) for k, e in enumerate(extents))
    return f"static const u8 {name}{sizes} = {written(chance, extents, cells)};\n"


@given(tables())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_in_any_style_comes_back(tmp_path: Path, table: tuple[list[int], Numbers, int]) -> None:
    extents, cells, seed = table
    found = extract(tmp_path, enums(extents) + declared(extents, cells, seed))
    assert found.complete
    numbers = {tuple(int(k[-1]) for k in key): text for key, text in said(found).items()}
    assert set(numbers) == set(cells)
    if any(cells.values()):
        assert {i: int(t[-1]) for i, t in numbers.items()} == cells


STRUCT = """
struct entry { unsigned char to; int mask[2]; unsigned valid : 1; };
static struct entry t[2][3] = {
    { { 1, { 2, 3 }, 1 }, 5, 6, 7, 0 },
    [1] = { { 4 }, [2] = { .mask = { [1] = 6, }, .valid = 1 }, },
    [1][1].mask[0] = 8, 1,
};
"""


def test_structs_are_initialised_as_the_compiler_does(tmp_path: Path) -> None:
    if shutil.which("cc") is None:
        pytest.skip("NO C COMPILER: what it makes of nested structs was not compared")
    found = extract(tmp_path, STRUCT)
    show = "for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++)"
    prints = 'printf("%d %d %d %d\\n", t[i][j].to, t[i][j].mask[0], t[i][j].mask[1], t[i][j].valid);'
    (tmp_path / "m.c").write_text(
        f"#include <stdio.h>\n{STRUCT}int main(void) {{ {show} {prints} return 0; }}", "utf-8"
    )
    subprocess.run(["cc", "-w", "-o", tmp_path / "m", tmp_path / "m.c"], check=True, timeout=60)
    output = subprocess.run([tmp_path / "m"], check=True, capture_output=True, text=True, timeout=60).stdout
    index = list(itertools.product("01", "012"))
    ours = [
        [
            said(found, "t_to")[i],
            said(found, "t_mask")[(*i, "0")],
            said(found, "t_mask")[(*i, "1")],
            said(found, "t_valid")[i],
        ]
        for i in index
    ]
    assert ours == [line.split() for line in output.splitlines()]


def test_tables_have_the_values_that_the_compiler_gives_them(tmp_path: Path) -> None:
    if shutil.which("cc") is None:
        pytest.skip("NO C COMPILER: what it makes of tables was not compared")
    chance = random.Random(7)
    made = []
    for seed in range(40):
        cells: Numbers = {i: chance.randrange(9) for i in itertools.product(range(2), range(3), range(2))}
        made.append(declared([2, 3, 2], cells, seed, f"t{seed}"))
    show = "".join(f'for (int i = 0; i < 12; i++) printf("%d ", ((u8 *)t{n})[i]); puts("");\n' for n in range(40))
    head = f"#include <stdio.h>\ntypedef unsigned char u8;\n{enums([2, 3, 2])}"
    text = f"{head}{''.join(made)}int main(void) {{ {show} return 0; }}"
    (tmp_path / "m.c").write_text(text, "utf-8")
    subprocess.run(["cc", "-w", "-o", tmp_path / "m", tmp_path / "m.c"], check=True, timeout=60)
    output = subprocess.run([tmp_path / "m"], check=True, capture_output=True, text=True, timeout=60).stdout
    for code, line in zip(made, output.splitlines(), strict=True):
        found = extract(tmp_path, enums([2, 3, 2]) + code.replace(code[code.index(" t") : code.index("[")], " t", 1))
        assert [text[-1] for text in said(found).values()] == line.split()
