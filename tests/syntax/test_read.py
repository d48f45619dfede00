"""Reading a spec's file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier.diagnostics import Diagnostic, SpecError
from verifier.syntax import read_source
from verifier.syntax.limits import MAX_BYTES


def refusal(path: Path | str) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        read_source(str(path))
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def write(folder: Path, data: bytes) -> Path:
    path = folder / "s.arc"
    path.write_bytes(data)
    return path


def test_the_text_and_the_path_as_given_are_returned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "machine \u00e9\r\n".encode())
    monkeypatch.chdir(tmp_path)
    source = read_source("s.arc")
    assert (source.path, source.text) == ("s.arc", "machine \u00e9\r\n")


def test_a_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    assert read_source(str(write(tmp_path, b"\xef\xbb\xbfmachine m"))).text == "machine m"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    found = refusal(tmp_path / "none.arc")
    assert found.code == "ARC901"
    assert "none.arc" in found.message


def test_a_path_with_a_nul_is_not_a_file() -> None:
    assert refusal("a\0b").code == "ARC901"


def test_a_folder_is_not_a_spec(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "ARC902"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.arc")
    assert refusal(tmp_path / "pipe.arc").code == "ARC902"


def test_a_device_is_not_read() -> None:
    assert refusal("/dev/zero").code == "ARC902"


def test_a_wrong_byte_is_shown_with_its_place(tmp_path: Path) -> None:
    found = refusal(write(tmp_path, "machine m\n# \u00e9 ".encode() + b"\xff"))
    assert (found.code, found.message) == ("ARC903", "byte 0xff is not UTF-8")
    assert found.span is not None
    assert (found.span.line, found.span.column) == (2, 5)


def test_a_nul_is_shown_with_its_place(tmp_path: Path) -> None:
    found = refusal(write(tmp_path, b"machine m\n  \0"))
    assert found.code == "ARC904"
    assert found.span is not None
    assert (found.span.line, found.span.column) == (2, 3)


def test_a_file_may_have_the_largest_size_and_no_byte_more(tmp_path: Path) -> None:
    assert len(read_source(str(write(tmp_path, b" " * MAX_BYTES))).text) == MAX_BYTES
    assert refusal(write(tmp_path, b" " * (MAX_BYTES + 1))).code == "ARC905"
