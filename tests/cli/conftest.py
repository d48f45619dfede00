"""Running the command inside the test's process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from verifier.cli.main import run

SPECS = Path(__file__).parent / "specs"


@dataclass(frozen=True)
class Outcome:
    """What the command did."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory of one's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def arcproof(folder: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """The command, run in the folder."""

    def command(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = run(arguments)
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return command


@pytest.fixture
def specs(folder: Path) -> Callable[..., Path]:
    """Copy specs of this directory into the folder, below `spec/`."""

    def copy(*names: str) -> Path:
        (folder / "spec").mkdir(exist_ok=True)
        for name in names:
            shutil.copy(SPECS / f"{name}.arc", folder / "spec")
        return folder / "spec"

    return copy
