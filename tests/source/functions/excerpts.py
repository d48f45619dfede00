"""Small C functions made for one test, and what is read out of them."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from verifier.diagnostics import Diagnostic, Source
from verifier.files import Folder
from verifier.model.model import Model
from verifier.pipeline import model_of
from verifier.source import SourceError
from verifier.source.extraction import Extraction
from verifier.source.functions import extract_function

STATES = """
enum door { DOOR_OPEN, DOOR_SHUT, DOOR_LOCKED };
struct thing { enum door state; int flags; int users; };
"""

Relation = set[tuple[str, str]]


def extract(tree: Path, code: str, function: str = "f", enums: tuple[str, ...] = (), **more: Any) -> Extraction:
    """The extraction of a function, in a file that declares `enum door` and `struct thing` first. Its spec is read."""
    (tree / "x.c").write_text(STATES + textwrap.dedent(code), encoding="utf-8")
    found = extract_function(Folder(tree), "x.c", function, enums, **more)
    model(found)
    return found


def refuse(tree: Path, code: str, function: str = "f", **more: Any) -> tuple[Diagnostic, ...]:
    """The diagnostics with which a function is refused."""
    (tree / "x.c").write_text(STATES + textwrap.dedent(code), encoding="utf-8")
    with pytest.raises(SourceError) as error:
        extract_function(Folder(tree), "x.c", function, **more)
    return error.value.diagnostics


def model(found: Extraction) -> Model:
    """The model of an extraction's spec."""
    return model_of(Source("x.arc", found.spec))


def values(found: Extraction, table: str = "allowed") -> dict[tuple[str, ...], str]:
    """The cells of a table."""
    return {c.key: c.value for c in found.cells if c.table == table}


def allowed(found: Extraction) -> Relation:
    """The pairs that are allowed whatever else holds; nothing may have been left open."""
    assert found.complete, found.gaps
    table = "allowed" if values(found) else "always_allowed"
    return {(a, b) for (a, b), value in values(found, table).items() if value == "true"}


def line_of(code: str, text: str) -> int:
    """The line of the file on which a text of the excerpt stands."""
    whole = STATES + textwrap.dedent(code)
    assert whole.count(text) == 1, f"{text} is not unique"
    return whole[: whole.index(text)].count("\n") + 1


def place(found: Extraction, old: str, new: str) -> int:
    """The C line of a cell."""
    return next(c.place.line for c in found.cells if c.key == (old, new))
