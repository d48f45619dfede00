"""`arcproof config show`."""

from __future__ import annotations

from pathlib import Path

import pytest

CONFIG = 'config-version = 1\npolicy = "impl"\nfail-on = "risky"\n'


def test_without_a_file_the_defaults_are_shown(arcproof) -> None:
    result = arcproof("config", "show", "--origin")
    assert (result.code, result.err) == (0, "")
    assert all(line.endswith("  default") for line in result.out.splitlines())
    assert result.out.splitlines()[0].split() == ["policy", "uapi@1", "default"]


def test_the_origin_of_each_value_is_shown(arcproof, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".git").mkdir()
    (folder / "arcproof.toml").write_text(CONFIG)
    (folder / "spec").mkdir()
    monkeypatch.chdir(folder / "spec")
    monkeypatch.setenv("ARCPROOF_UNDECIDED", "warn")
    lines = arcproof("config", "show", "--origin").out.splitlines()
    shown = {key: (value, " ".join(origin)) for key, value, *origin in (line.split() for line in lines[:4])}
    assert shown["policy"] == ("impl@1", "arcproof.toml:2")
    assert shown["fail-on"] == ("risky", "arcproof.toml:3")
    assert shown["undecided"] == ("warn", "environment ARCPROOF_UNDECIDED")
    assert arcproof("config", "show").out.splitlines()[0].split() == ["policy", "impl@1"]


def test_a_configuration_outside_the_repository_does_not_count(
    arcproof, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "arcproof.toml").write_text(CONFIG)
    (folder / "repository" / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder / "repository")
    assert "uapi@1" in arcproof("config", "show").out


def test_a_file_can_be_named(arcproof, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "other.toml").write_text(CONFIG)
    (folder / "third.toml").write_text(CONFIG.replace("impl", "safety"))
    assert "impl@1" in arcproof("config", "show", "--config", "other.toml").out
    monkeypatch.setenv("ARCPROOF_CONFIG", str(folder / "third.toml"))
    assert "safety@1" in arcproof("config", "show").out
    assert "impl@1" in arcproof("config", "show", "--config", "other.toml").out
    assert arcproof("config", "show", "--config", "none.toml").code == 2


def test_errors_are_told_with_their_places(arcproof, folder: Path) -> None:
    (folder / "arcproof.toml").write_text(CONFIG + "polisy = 1\n")
    result = arcproof("config", "show")
    assert (result.code, result.out) == (2, "")
    assert "error[ARC941]: there is no key `polisy`\n --> arcproof.toml:4:1\n" in result.err
    assert "help: did you mean `policy`?" in result.err


def test_a_wrong_value_in_the_environment_is_an_error(arcproof, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCPROOF_FAIL_ON", "braking")
    result = arcproof("config", "show")
    assert result.code == 2
    assert "ARCPROOF_FAIL_ON is `braking`" in result.err
