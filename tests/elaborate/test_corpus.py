"""Every file of the corpus gives exactly the diagnostics it states, and every code is shown by a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.elaborate.corpus import INVALID, VALID, errors, expected, load, shown
from verifier.diagnostics import CODES
from verifier.diagnostics.render import render
from verifier.model.printer import show

# A text file of the corpus cannot be missing, or be a folder; one of a megabyte, or a C file, stands elsewhere.
NOT_SHOWN_BY_A_SPEC = re.compile(r"ARC06\d|ARC90[125]|ARC9[2-9]\d")


class TextFile(SingleFileSnapshotExtension):
    """One golden a file, as text."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Goldens as one text file each."""
    return snapshot.use_extension(TextFile)


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_valid_file_elaborates(path: Path) -> None:
    assert load(path).name


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_invalid_file_gives_exactly_the_stated_diagnostics(path: Path) -> None:
    assert [shown(d) for d in errors(path).diagnostics] == expected(path)


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_rendered_diagnostics(path: Path, golden: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    error = errors(Path(path.name))
    assert render(error.diagnostics, error.sources) == golden


@pytest.mark.parametrize("code", [c for c in CODES if not NOT_SHOWN_BY_A_SPEC.fullmatch(c)])
def test_code_is_shown_by_a_file_named_after_it(code: str) -> None:
    files = [p for p in INVALID if p.name.startswith(code)]
    assert files
    assert all(any(f" {code} " in line for line in expected(p)) for p in files)


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_model_of_a_valid_file(path: Path, golden: SnapshotAssertion) -> None:
    model = load(path)
    lines = [f"init {show(t)}" for t in model.init] + [f"assume {show(t)}" for t in model.assumptions]
    for rule in model.rules:
        parameters = ", ".join(f"{p.name}: {p.sort}" for p in rule.parameters)
        changes = ", ".join(rule.changes)
        lines += [f"rule {rule.name}({parameters}) changes {changes}", f"  when {show(rule.guard)}"]
        lines += [f"  {show(c)}" for c in rule.constraints]
    for found in model.properties:
        lines += [f"property {found.name}: {found.text}", f"  {type(found.claim).__name__}"]
        parts = ((n, getattr(found.claim, n)) for n in type(found.claim).__dataclass_fields__)
        lines += [f"    {n}: {show(v) if hasattr(v, 'sort') else v}" for n, v in parts]
    assert "\n".join(lines) + "\n" == golden
