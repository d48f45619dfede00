"""The hooks, run by pre-commit itself. They find arcproof where the test has installed it: pre-commit would fetch it
and its dependencies from an index, which a test does not."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.meeting.conftest import BROKEN, FAILING, GOOD, ROOT, UNDECIDED, Run

HOOKS = ROOT / ".pre-commit-hooks.yaml"

Commit = Callable[..., str]
Try = Callable[..., subprocess.CompletedProcess[str]]


def hook(name: str) -> dict[str, Any]:
    """One hook, to be run with what is installed."""
    (found,) = (h for h in yaml.safe_load(HOOKS.read_text()) if h["id"] == name)
    return {**found, "language": "system"}


@pytest.fixture
def configured(repository: Path, run: Run) -> Path:
    """A repository with all hooks, installed for commits and pushes."""
    hooks = [hook(name) for name in ("arcproof-fmt", "arcproof-check", "arcproof-gate")]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    installed = run("pre-commit", "install", "--hook-type", "pre-commit", "--hook-type", "pre-push")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return repository


@pytest.fixture
def try_commit(configured: Path, run: Run) -> Try:
    """Write specs, and try to commit them."""

    def tried(**files: str) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            (configured / "spec").mkdir(exist_ok=True)
            (configured / "spec" / f"{name}.arc").write_text(text)
        assert run("git", "add", "-A").returncode == 0
        return run("git", "commit", "-m", "a change")

    return tried


def first_line(shown: str, name: str) -> str:
    """The first line of a failed hook's output."""
    lines = shown.split(f"{name}.")[1].splitlines()
    ended = next(n for n, line in enumerate(lines) if line.startswith(("- exit code", "- duration"))) + 1
    return next(line for line in lines[ended:] if line and not line.startswith("- "))


def test_the_manifest_and_the_example_are_valid(run: Run) -> None:
    assert run("pre-commit", "validate-manifest", HOOKS).returncode == 0
    assert run("pre-commit", "validate-config", ROOT / "docs" / "ci" / "pre-commit-config.yaml").returncode == 0


def test_the_example_names_the_hooks_that_there_are() -> None:
    example = yaml.safe_load((ROOT / "docs" / "ci" / "pre-commit-config.yaml").read_text())
    named = {h["id"] for repo in example["repos"] for h in repo["hooks"]}
    assert named == {h["id"] for h in yaml.safe_load(HOOKS.read_text())}


def test_good_specs_are_committed(try_commit: Try, run: Run) -> None:
    result = try_commit(good=GOOD)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "arcproof check" in result.stdout + result.stderr
    assert run("git", "log", "--format=%s").stdout == "a change\n"


@pytest.mark.parametrize(
    ("text", "code", "first"),
    [
        (FAILING, 1, "FAILED  5 properties, 3 proved, 1 refuted as expected, 1 failed"),
        (BROKEN, 2, "COULD NOT CHECK  4 properties, 3 proved, 1 refuted as expected, 1 spec not readable"),
    ],
)
def test_a_bad_spec_is_not_committed_and_the_class_comes_first(
    try_commit: Try, run: Run, text: str, code: int, first: str
) -> None:
    result = try_commit(good=GOOD, bad=text)
    shown = result.stdout + result.stderr
    assert result.returncode == 1
    assert f"- exit code: {code}" in shown
    assert first_line(shown, "arcproof check") == first
    assert "spec/bad.arc" in shown
    assert run("git", "log").returncode != 0


def test_what_stays_undecided_is_left_to_the_gate(try_commit: Try) -> None:
    result = try_commit(undecided=UNDECIDED)
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_the_specs_that_change_are_checked(try_commit: Try, commit: Commit, run: Run, configured: Path) -> None:
    assert run("git", "commit", "--allow-empty", "-n", "-m", "first").returncode == 0
    (configured / "spec").mkdir()
    (configured / "spec" / "failing.arc").write_text(FAILING)
    run("git", "add", "-A")
    assert run("git", "commit", "-n", "-m", "a failing one").returncode == 0
    assert try_commit(good=GOOD).returncode == 0


def test_another_layout_is_told(try_commit: Try) -> None:
    result = try_commit(good=GOOD.replace("\n  when", " when"))
    assert result.returncode == 1
    assert "- hook id: arcproof-fmt" in result.stdout + result.stderr


@pytest.fixture
def push(configured: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Commit specs (None removes one) without the hooks, and push them with the hooks. The first push is made, of
    two good specs."""
    remote = tmp_path_factory.mktemp("remote")
    assert run("git", "init", "-q", "--bare", "-b", "main", remote).returncode == 0
    assert run("git", "remote", "add", "origin", remote).returncode == 0

    def pushed(**files: str | None) -> subprocess.CompletedProcess[str]:
        (configured / "spec").mkdir(exist_ok=True)
        for name, text in files.items():
            path = configured / "spec" / f"{name}.arc"
            path.unlink() if text is None else path.write_text(text)
        assert run("git", "add", "-A").returncode == 0
        assert run("git", "commit", "-q", "-n", "-m", "a change").returncode == 0
        return run("git", "push", "-u", "origin", "HEAD:main")

    first = pushed(good=GOOD, kept=GOOD.replace("machine good", "machine kept"))
    assert first.returncode == 0, first.stdout + first.stderr
    return pushed


def test_an_equivalent_change_is_pushed(push: Callable[..., Any]) -> None:
    result = push(good=GOOD.replace("light == AMBER\n", "not (light in {RED, GREEN})\n"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_breaking_change_is_not_pushed_and_the_class_comes_first(push: Callable[..., Any]) -> None:
    result = push(good=GOOD.replace("light == AMBER\n", "light == AMBER and n > 1\n"))
    shown = result.stdout + result.stderr
    assert result.returncode == 1
    assert "- exit code: 1" in shown
    assert first_line(shown, "arcproof gate").startswith("GATE FAILED")
    assert "ARC302" in shown


def test_a_deleted_spec_is_seen(push: Callable[..., Any]) -> None:
    result = push(good=None)
    shown = result.stdout + result.stderr
    assert result.returncode == 1
    assert "ARC102" in shown


def test_what_cannot_be_read_is_not_pushed(push: Callable[..., Any]) -> None:
    result = push(broken=BROKEN)
    shown = result.stdout + result.stderr
    assert result.returncode == 1
    assert "- exit code: 2" in shown
    assert first_line(shown, "arcproof gate").startswith("COULD NOT CHECK")


def test_what_stays_undecided_is_not_pushed(push: Callable[..., Any]) -> None:
    result = push(undecided=UNDECIDED)
    shown = result.stdout + result.stderr
    assert result.returncode == 1
    assert "- exit code: 3" in shown
    assert first_line(shown, "arcproof gate").startswith("UNDECIDED")
