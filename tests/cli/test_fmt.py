"""`arcproof fmt`: which files are changed, and what the exit code says."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from verifier.cli.main import run

UGLY = "machine m\nvar x : bool\n\n\n\nrule r{x'=true}\n"
GOOD = "machine m\nvar x: bool\n\nrule r { x' = true }\n"


def test_a_file_is_laid_out_and_then_left_alone(arcproof, folder: Path) -> None:
    path = folder / "m.arc"
    path.write_text(UGLY)
    path.chmod(0o640)
    assert (arcproof("fmt", "m.arc").out, path.read_text()) == ("m.arc changed\n", GOOD)
    assert path.stat().st_mode & 0o777 == 0o640
    before = path.stat()
    assert arcproof("fmt", "m.arc").out == ""
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert os.listdir(folder) == ["m.arc"]


def test_a_link_stays_a_link(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(UGLY)
    (folder / "link.arc").symlink_to("m.arc")
    assert arcproof("fmt", "link.arc").code == 0
    assert (folder / "link.arc").is_symlink()
    assert (folder / "m.arc").read_text() == GOOD


def test_check_shows_the_difference_and_changes_nothing(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text(UGLY)
    (folder / "n.arc").write_text(GOOD)
    result = arcproof("fmt", "--check", ".")
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines()[0] == "./m.arc would change"
    assert "-rule r{x'=true}" in result.out
    assert "+rule r { x' = true }" in result.out
    assert "n.arc" not in result.out
    assert (folder / "m.arc").read_text() == UGLY
    assert arcproof("fmt", "--check", "n.arc").code == 0


def test_a_difference_shows_no_control_characters(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_text("machine m\nvar x : bool # \x1b[31m\n")
    assert "\x1b" not in arcproof("fmt", "--check", "m.arc").out


def test_a_file_with_errors_is_left_alone_and_the_others_are_not(arcproof, folder: Path) -> None:
    (folder / "a.arc").write_text("machine a\nvar x bool\n")
    (folder / "m.arc").write_text(UGLY)
    result = arcproof("fmt", "a.arc", "m.arc")
    assert result.code == 2
    assert "a.arc:2" in result.err
    assert (folder / "a.arc").read_text() == "machine a\nvar x bool\n"
    assert (folder / "m.arc").read_text() == GOOD
    assert arcproof("fmt", "--check", "a.arc", "m.arc").code == 2


def test_a_mark_at_the_beginning_and_foreign_line_ends_are_a_difference(arcproof, folder: Path) -> None:
    (folder / "m.arc").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert arcproof("fmt", "--check", "m.arc").code == 1
    assert arcproof("fmt", "m.arc").code == 0
    assert (folder / "m.arc").read_bytes() == GOOD.encode()


def test_what_is_not_there_is_2(arcproof, folder: Path) -> None:
    assert arcproof("fmt", "nothing.arc").code == 2
    assert arcproof("fmt").code == 2


@pytest.mark.parametrize(
    ("given", "arguments", "code", "out"),
    [
        (UGLY.encode(), [], 0, GOOD),
        (GOOD.encode(), ["--check"], 0, ""),
        (b"machine m \xff", [], 2, ""),
        (b"machine", [], 2, ""),
    ],
)
def test_a_dash_is_standard_input(
    given: bytes, arguments: list[str], code: int, out: str, monkeypatch: pytest.MonkeyPatch, capfd
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert run(["fmt", "-", *arguments]) == code
    assert capfd.readouterr().out == out
