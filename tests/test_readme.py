"""The README's example is what the command really prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.cli.main import run

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first block of the README in that language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def masked(text: str) -> str:
    """The text without times, and without cvc5's version: the lock may move on."""
    return re.sub(r"cvc5 [\d.]+", "cvc5", re.sub(r"\d+\.\d\d s", "TIME", text))


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The README's spec, in the working directory."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "device.arc"
    path.write_text(block("arc"), encoding="utf-8")
    return path


def test_the_example_prints_what_the_readme_shows(spec: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["check", spec.name]) == 1
    assert masked(capfd.readouterr().out) == masked(block("text"))


def test_the_python_example_runs(spec: Path, capfd: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python"), "README.md", "exec"), {})
    assert capfd.readouterr().out == "stopped_is_silent PROVED\n"


def test_each_file_that_the_readme_links_to_exists() -> None:
    root = Path(__file__).parent.parent
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [link for link in links if not (root / link).exists()] == []
