"""The corpus of specs: what each file is, and what is expected of it."""

from __future__ import annotations

import re
from pathlib import Path

from verifier.diagnostics import Diagnostic, Source, SpecError
from verifier.elaborate import elaborate
from verifier.model.model import Model
from verifier.syntax import parse, read_source

CORPUS = Path(__file__).parent.parent / "corpus"
VALID = sorted((CORPUS / "valid").glob("*.arc"))
INVALID = sorted((CORPUS / "invalid").glob("*.arc"))

_EXPECTED = re.compile(r"^#! (.*)$", re.MULTILINE)


def model(text: str) -> Model:
    """The model of a spec's text. Raises SpecError."""
    source = Source("spec.arc", text)
    return elaborate(parse(source), source)


def load(path: Path) -> Model:
    """The model of a file. Raises SpecError."""
    source = read_source(str(path))
    return elaborate(parse(source), source)


def errors(path: Path) -> SpecError:
    """The errors of a file that has some."""
    try:
        load(path)
    except SpecError as error:
        return error
    raise AssertionError(f"{path.name} has no errors")


def shown(diagnostic: Diagnostic) -> str:
    """A diagnostic as the comments at the end of a corpus file state it."""
    assert diagnostic.span is not None
    return f"{diagnostic.span.line}:{diagnostic.span.column} {diagnostic.code} {diagnostic.message}"


def expected(path: Path) -> list[str]:
    """What the comments at the end of a corpus file state."""
    return _EXPECTED.findall(path.read_bytes().decode("utf-8", "replace"))
