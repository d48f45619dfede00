"""arcproof as another project has it: installed, with its command and its plugin, outside the clone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

Run = Callable[..., subprocess.CompletedProcess[str]]

GOOD = """machine good
  "A light with a counter."
enum Light { RED, GREEN, AMBER }
var light: Light = RED
var n: int 0..3 = 0
rule go
  when light == RED
  { light' = GREEN  n' = if n < 3 then n + 1 else 0 }
rule slow
  when light == GREEN
  { light' = AMBER }
rule stop
  when light == AMBER
  { light' = RED }
property returns
  light == RED leads to light == GREEN
property stays
  always light in {RED, GREEN, AMBER}
property leaves_red
  always light == RED
  expect violated
"""

FAILING = """machine failing
enum Light { RED, GREEN }
var light: Light = RED
rule go
  when light == RED
  { light' = GREEN }
property never_green
  "the light stays as it is"
  never light == GREEN
"""

# `it` goes where `mark` has gone before, so it stops nowhere else; that takes the closure of `next` to say.
UNDECIDED = """machine undecided
opaque Thing
fun next(Thing): Thing
param first: Thing
var it: Thing = first
var mark: Thing = first
var leading: bool = true
rule lead
  when leading
  { mark' = next(mark) }
rule turn { leading' = false }
rule follow
  when not leading and it != mark
  { it' = next(it) }
property arrives
  never not leading and it != mark and next(it) == it
"""

BROKEN = """machine broken
var x: bool = true
rule r { x' = }
property p
  always x
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """An environment in which the clone's wheel is installed, and the home folder is empty."""
    folder = tmp_path_factory.mktemp("installed")
    build = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    command = folder / "bin" / "arcproof"
    command.parent.mkdir()
    script = "from verifier.cli.main import main\n\nif __name__ == '__main__':\n    main()\n"
    command.write_text(f"#!{sys.executable}\n{script}")
    command.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "GIT", "PRE_COMMIT", "GITHUB"))}
    return {
        **kept,
        "HOME": str(folder),
        "PATH": os.pathsep.join([str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(folder / "site"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


@pytest.fixture
def run(installed: Mapping[str, str], tmp_path: Path) -> Run:
    """Run a command in an empty folder of one's own, which is the test's `tmp_path`, with `env` beside the rest."""

    def command(*words: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(w) for w in words], cwd=tmp_path, env={**installed, **(env or {})}, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip

    return command


@pytest.fixture
def repository(run: Run, tmp_path: Path) -> Path:
    """An empty git repository in the test's folder."""
    assert run("git", "init", "-q", "-b", "main").returncode == 0
    for key, value in (("user.name", "A"), ("user.email", "a@example.org"), ("commit.gpgsign", "false")):
        assert run("git", "config", key, value).returncode == 0
    return tmp_path


@pytest.fixture
def commit(run: Run, repository: Path) -> Callable[..., str]:
    """Write files into the repository (None removes one), commit everything, and return the commit."""

    def committed(**files: str | None) -> str:
        for name, text in files.items():
            path = repository / "spec" / f"{name}.arc"
            path.parent.mkdir(exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        assert run("git", "add", "-A").returncode == 0
        made = run("git", "commit", "-q", "--allow-empty", "-m", "a change")
        assert made.returncode == 0, made.stderr
        return run("git", "rev-parse", "HEAD").stdout.strip()

    return committed
