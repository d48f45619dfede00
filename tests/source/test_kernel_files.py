"""Where the kernel's files come from: a named tree, a source package, or nowhere."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from tests import kernel

VERSION = "0.0"
VARIABLE = "ARCPROOF_KERNEL_TREE_0_0"


def test_an_absent_kernel_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"NO KERNEL .* nothing was checked"):
        kernel.kernel_tree(VERSION)


def test_an_absent_kernel_is_a_failure_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"install linux-source-0\.0"):
        kernel.kernel_tree(VERSION)


def test_a_named_tree_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert kernel.kernel_tree(VERSION) == tmp_path


def archive(path: Path, names: tuple[str, ...]) -> None:
    """Write a source package with some files, each of which holds its own name."""
    with tarfile.open(path, "w:xz") as members:
        for name in names:
            info = tarfile.TarInfo(f"linux-source-{VERSION}/{name}")
            info.size = len(name)
            members.addfile(info, io.BytesIO(name.encode()))


def test_a_source_package_is_unpacked_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kernel, "ARCHIVE", str(tmp_path / "linux-{}.tar.xz"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    archive(tmp_path / f"linux-{VERSION}.tar.xz", ("Makefile", *kernel.FILES, "virt/Makefile"))
    tree = kernel.kernel_tree(VERSION)
    assert sorted(p.relative_to(tree).as_posix() for p in tree.rglob("*") if p.is_file()) == sorted(kernel.FILES)
    (tree / kernel.FILES[0]).write_text("kept", encoding="utf-8")
    assert (kernel.kernel_tree(VERSION) / kernel.FILES[0]).read_text(encoding="utf-8") == "kept"


def test_a_source_package_without_a_file_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kernel, "ARCHIVE", str(tmp_path / "linux-{}.tar.xz"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    archive(tmp_path / f"linux-{VERSION}.tar.xz", kernel.FILES[1:])
    with pytest.raises(pytest.fail.Exception, match=kernel.FILES[0]):
        kernel.kernel_tree(VERSION)
