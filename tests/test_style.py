"""The rules of style that a machine can check, over every file of the project."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifier.cli.main import COMMANDS
from verifier.engines.deferred import Deferred
from verifier.engines.registry import ENGINES, ROUNDS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "verifier"
MODULES = sorted(PACKAGE.rglob("*.py"))

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def tracked() -> list[Path]:
    """The files that are, or would be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("this copy of the project is not a clone")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def functions(path: Path) -> Iterator[Definition]:
    """Every function and method in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Definition):
            yield node


def length(function: Definition) -> int:
    """The lines of a function, its docstring apart."""
    first = function.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def code_lines(path: Path) -> int:
    """The lines of a file that are neither blank, nor comment, nor docstring."""
    text = path.read_text(encoding="utf-8")
    lines = {i for i, line in enumerate(text.splitlines(), 1) if line.strip() and not line.strip().startswith("#")}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def test_no_function_is_longer_than_50_lines() -> None:
    found = [f"{p.relative_to(ROOT)}:{f.lineno} {f.name}" for p in MODULES for f in functions(p) if length(f) > 50]
    assert found == []


def test_functions_are_short_as_a_rule() -> None:
    lengths = sorted(length(f) for p in MODULES for f in functions(p))
    assert statistics.median(lengths) <= 6
    assert lengths[int(len(lengths) * 0.9)] <= 25


def test_no_file_is_longer_than_450_lines_and_few_than_300() -> None:
    sizes = {p.relative_to(ROOT).as_posix(): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {n: s for n, s in sizes.items() if s > 450} == {}
    assert sum(s > 300 for s in sizes.values()) <= len(sizes) * 0.1


def test_the_checker_is_small() -> None:
    assert sum(code_lines(p) for p in (PACKAGE / "checker").rglob("*.py")) <= 600


def test_what_counts_again_is_small() -> None:
    # Counting takes the first thousand lines; labelling, which claims about whole runs need, takes the rest.
    assert sum(code_lines(p) for p in (PACKAGE / "recount").rglob("*.py")) <= 1320
    # Lanes and threads, without which counting again takes longer than the search, are a third of these lines.
    # The layout of programs, which both evaluators read, stands in plan.h.
    assert len((PACKAGE / "recount" / "plan.h").read_text(encoding="utf-8").splitlines()) <= 64
    assert len((PACKAGE / "recount" / "recount.c").read_text(encoding="utf-8").splitlines()) <= 470
    assert len((PACKAGE / "recount" / "labelling.c").read_text(encoding="utf-8").splitlines()) <= 260


def test_files_carry_the_names_of_what_they_do() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "base"}
    assert [p for p in tracked() if p.suffix == ".py" and p.stem in banned] == []


def test_every_module_is_used() -> None:
    imported = {name for p in MODULES for name in imports(p)}
    names = {module_name(p) for p in MODULES if p.name != "__init__.py" and not is_program(p)}
    assert names - imported - set(imported_by_name()) == set()


def imported_by_name() -> Iterator[str]:
    """The modules that are imported when their command is called, or their engine asked."""
    yield from (f"verifier.cli.{name.replace('-', '_')}" for name in COMMANDS)
    engines = [*ENGINES.values(), *(e for engines in ROUNDS for e in engines)]
    yield from (f"verifier.engines.{e.module}" for e in engines if isinstance(e, Deferred))


def is_program(path: Path) -> bool:
    """True iff the file can be started as a program of its own."""
    return 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")


def module_name(path: Path) -> str:
    """The dotted name of a module of the package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, and the names it takes from packages as if they were modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{a.name}" for a in node.names)


def test_public_names_have_docstrings() -> None:
    missing = [
        f"{p.relative_to(ROOT)}:{n.lineno} {n.name}"
        for p in MODULES
        for n in public_definitions(ast.parse(p.read_text(encoding="utf-8")))
        if not ast.get_docstring(n)
    ]
    assert missing == []


def public_definitions(scope: ast.Module | ast.ClassDef) -> Iterator[Definition | ast.ClassDef]:
    """The functions, classes and methods that other modules may use."""
    for node in scope.body:
        if isinstance(node, Definition | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node)


BANNED_TEXT = {
    "a path of one machine": r"/(?:work|home|root|tmp)/(?!\.)[a-z]",
    "an unfinished thing": r"\b(?:TODO|FIXME|XXX|HACK)\b",
    "a ticket": r"\b(?:issue|ticket|bug) #?\d+\b|(?<![\w#&/])#\d{1,5}\b(?!;)",
    "a package registry": r"pypi\.org|pythonhosted",
}


@pytest.mark.parametrize("what", BANNED_TEXT)
def test_no_file_mentions(what: str) -> None:
    pattern = re.compile(BANNED_TEXT[what])
    found = [f"{p.relative_to(ROOT)}:{i}: {line.strip()[:80]}" for p, i, line in text_lines() if pattern.search(line)]
    assert found == []


def text_lines() -> Iterator[tuple[Path, int, str]]:
    """Every line of every text file but this one, the licence, the lock and what is generated."""
    left_out = {ROOT / "LICENSE", ROOT / "requirements.lock", Path(__file__)}
    for path in tracked():
        if path not in left_out and path.suffix != ".lock":
            try:
                lines = path.read_text(encoding="utf-8").split("\n")
            except UnicodeDecodeError:
                continue
            yield from ((path, i, line) for i, line in enumerate(lines, 1))


def test_every_test_asserts_something() -> None:
    empty = [
        f"{p.relative_to(ROOT)}:{f.lineno} {f.name}"
        for p in sorted((ROOT / "tests").rglob("test_*.py"))
        for f in functions(p)
        if f.name.startswith("test_") and not any(checks(n) for n in ast.walk(f))
    ]
    assert empty == []


def checks(node: ast.AST) -> bool:
    """True iff the node states what must hold, itself or by a function named for that."""
    if isinstance(node, ast.Call):
        return bool(re.search(r"assert|check|expect|refuse|accept|raises|agree", ast.unparse(node.func)))
    return isinstance(node, ast.Assert)
