"""Relations written as C in many styles are read back as they are, and as the compiler reads them."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.source.functions import programs
from tests.source.functions.excerpts import model
from tests.source.functions.rendering import Pairs, functions, name
from verifier.files import Folder
from verifier.model.declarations import Parameter
from verifier.model.sorts import BitsSort, IntSort
from verifier.semantics.evaluate import Setting, evaluate
from verifier.source.functions import extract_function

_STUBS = """
#include <stdbool.h>
#include <stdio.h>
#define fallthrough __attribute__((fallthrough))
#define pr_info(...) ((void)0)
"""


def read_back(code: str) -> Pairs:
    """The pairs that the extraction allows."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.c").write_text(code, encoding="utf-8")
        found = extract_function(Folder(Path(folder)), "x.c", "f", old="old", new="new")
    assert found.complete, (found.gaps, code)
    table = model(found).table["allowed"]
    numbers = {n: i for i, n in enumerate(dict.fromkeys(a for (a, _), _ in table.entries))}
    return frozenset((numbers[a], numbers[b]) for (a, b), value in table.entries if value)


@given(functions())
@settings(max_examples=120, deadline=None)
def test_relation_is_read_back_from_any_style(made: tuple[int, Pairs, str]) -> None:
    _, pairs, code = made
    assert read_back(code) == pairs


def of_flags(code: str, flags: int | None) -> set[tuple[int, int, int]]:
    """The pairs that are allowed, each with the flags: with these flags fixed, or with all, as parameters."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.c").write_text(code, encoding="utf-8")
        fixed = {"t->flags": flags} if flags is not None and "t->flags" in code else None
        found = extract_function(Folder(Path(folder)), "x.c", "f", fixed=fixed)
    assert found.complete, (found.gaps, code)
    spec = model(found)
    rule = spec.rule["move"]
    result = set()
    for word in range(programs.FLAGS) if flags is None else (flags,):
        # What the conditions are called is what they say; each is true or false of a word of flags, or is that word.
        given = {p.name: _value(p, word) for p in spec.parameters}
        for a, b in itertools.product(range(programs.STATES), repeat=2):
            if evaluate(rule.guard, Setting(spec, given), ({"state": name(a)},), {"new": name(b)}):
                result.add((a, b, word))
    return result


def _value(parameter: Parameter, word: int) -> bool | int:
    match parameter.sort:
        case IntSort(low, high):
            return min(max(word, low), high)
        case BitsSort():
            return word
    return _holds(str(parameter.doc), word)


def _holds(doc: str, flags: int) -> bool:
    """The truth of a condition on the flags, by its text in C."""
    text = doc.removeprefix("in C: ").replace("t->flags", str(flags))
    assert re.fullmatch(r"[\d &=<()-]+", text), text
    return bool(eval(text))


def _compiled(compiler: str, code: str) -> set[tuple[int, int, int]]:
    loops = "for (int a = 0; a < 3; a++) for (int b = 0; b < 3; b++) for (t.flags = 0; t.flags < 4; t.flags++)"
    main = f'int main(void) {{ struct t t; {loops} if (f(&t, a, b)) printf("%d %d %d\\n", a, b, t.flags); return 0; }}'
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "y.c").write_text(f"{_STUBS}{code}{main}", encoding="utf-8")
        subprocess.run([compiler, "-w", "-O0", "-o", folder / "y", folder / "y.c"], check=True, capture_output=True)
        out = subprocess.run([folder / "y"], check=True, capture_output=True, text=True, timeout=20).stdout
    return {(int(a), int(b), int(c)) for a, b, c in (line.split() for line in out.splitlines())}


@given(programs.functions())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_program_does_what_the_compiler_makes_of_it(code: str) -> None:
    expected = _compiled(_compiler(), code)
    for flags in range(programs.FLAGS):
        assert of_flags(code, flags) == {e for e in expected if e[2] == flags}, code


@given(programs.functions())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_conditions_as_parameters_say_the_same(code: str) -> None:
    assert of_flags(code, None) == _compiled(_compiler(), code), code


def _compiler() -> str:
    found = shutil.which("cc")
    if found is None:
        absent = "NO C COMPILER: nothing was compared with what it makes of the functions"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
    return found


def _run(compiler: str, count: int, code: str, folder: Path) -> Pairs:
    """The pairs for which the compiled function is true."""
    loop = 'for (int a = 0; a < %d; a++) for (int b = 0; b < %d; b++) if (f(&t, a, b)) printf("%%d %%d\\n", a, b);'
    main = f"int main(void) {{ struct t t = {{ 0 }}; {loop % (count, count)} return 0; }}"
    (folder / "y.c").write_text(f"{_STUBS}{code}{main}", encoding="utf-8")
    subprocess.run([compiler, "-w", "-O0", "-o", folder / "y", folder / "y.c"], check=True, capture_output=True)
    out = subprocess.run([folder / "y"], check=True, capture_output=True, text=True).stdout
    return frozenset((int(a), int(b)) for a, b in (line.split() for line in out.splitlines()))


@given(functions())
@settings(max_examples=25, deadline=None)
def test_compiler_agrees(made: tuple[int, Pairs, str]) -> None:
    count, pairs, code = made
    compiler = _compiler()
    with tempfile.TemporaryDirectory() as folder:
        assert _run(compiler, count, code, Path(folder)) == pairs == read_back(code)
