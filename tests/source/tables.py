"""Spec tables, and C files made for one test."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from verifier.diagnostics import Diagnostic, Source, Span
from verifier.files import Folder
from verifier.model.declarations import Table
from verifier.model.model import Model
from verifier.model.sorts import Sort, Value, values
from verifier.pipeline import model_of
from verifier.source import CTable, Extraction, SourceError, extract_table, read_table

HERE = Span("test.arc", 1, 1, 1, 2)


def table(arguments: Sequence[Sort], result: Sort, function: Callable[..., Value]) -> Table:
    """A spec's table `f`, filled in by a function."""
    entries = tuple((a, function(*a)) for a in itertools.product(*(tuple(values(s)) for s in arguments)))
    return Table("f", tuple(arguments), result, entries, (HERE,) * len(entries), None, HERE)


def write(tree: Path, code: str, **headers: str) -> None:
    """Write `x.c`, and headers: `linux_b` is include/linux/b.h."""
    named = {"x.c": code} | {f"include/{name.replace('_', '/', 1)}.h": text for name, text in headers.items()}
    for name, text in named.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")


def read(tree: Path, code: str, **headers: str) -> CTable:
    """The array `t` of a C file."""
    write(tree, code, **headers)
    return read_table(Folder(tree), "x.c", "t")


def refuse(tree: Path, file: str = "x.c", name: str = "t") -> tuple[Diagnostic, ...]:
    """The diagnostics with which an array is refused."""
    with pytest.raises(SourceError) as error:
        read_table(Folder(tree), file, name)
    return error.value.diagnostics


def extract(tree: Path, code: str, *enums: str, **headers: str) -> Extraction:
    """The spec of the table `t` of a C file. It can always be loaded."""
    write(tree, code, **headers)
    found = extract_table(Folder(tree), "x.c", "t", enums)
    loaded(found)
    return found


def loaded(extraction: Extraction) -> Model:
    """The model of an extracted spec."""
    return model_of(Source("extracted.arc", extraction.spec))


def said(extraction: Extraction, table: str = "t") -> dict[tuple[str, ...], str]:
    """The cells of one table of a spec."""
    return {cell.key: cell.value for cell in extraction.cells if cell.table == table}
