"""The wheel that is built from the tree works alone, outside the clone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SPEC = "machine m\nvar x: bool = true\nrule keep { x' = x }\nproperty p always x\n"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, and return what it prints. Nothing of the clone is on its path."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    result = subprocess.run([str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the back end that is installed: nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    build = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    run(sys.executable, "-c", build, cwd=ROOT)
    (found,) = folder.glob("arcproof-*.whl")
    return found


def test_the_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = (p for p in (ROOT / "verifier").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    assert {p.relative_to(ROOT).as_posix() for p in files} <= names
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert not any(n.startswith(("tests/", "spec/")) for n in names)


def test_the_wheel_checks_a_spec_outside_the_clone(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The dependencies are those of this environment; the editable installation of the clone itself is not.
    (site / "dependencies.pth").write_text(f"{Path(pytest.__file__).parent.parent}\n")
    (tmp_path / "my.arc").write_text(SPEC)
    shown = run(python, "-m", "verifier", "check", "my.arc", cwd=tmp_path)
    assert "PROVED" in shown
    where = run(python, "-c", "import verifier; print(verifier.__file__)", cwd=tmp_path)
    assert where.startswith(str(site))
