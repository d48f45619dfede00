"""Where the kernel comes from, and that everything goes on without it."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import native
from verifier.native import PACKAGE, build
from verifier.statespace import kernel

ROOT = Path(__file__).parent.parent.parent

SHOW = """
from tests.statespace.families import devices
from verifier.statespace.space import explored
space = explored(devices(2), {})
print(space.search.engine, space.states)
"""

MISSING = "generated Python (the kernel is missing: {}) 1008\n"


def shown(cache, **changes):
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), **changes}
    command = [sys.executable, "-c", SHOW]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


needs_compiler = pytest.mark.skipif(kernel.library() is None, reason="there is no C compiler")


@needs_compiler
def test_the_kernel_is_built_once_into_the_cache(tmp_path):
    assert shown(tmp_path) == "the C kernel 1008\n"
    (built,) = tmp_path.glob("arcproof/kernel-*.so")
    written = built.stat().st_mtime_ns
    assert shown(tmp_path, PATH="") == "the C kernel 1008\n"
    assert built.stat().st_mtime_ns == written


def test_without_a_compiler_generated_python_does_the_same(tmp_path):
    assert shown(tmp_path, PATH="", CC="") == MISSING.format("there is no C compiler")
    assert list(tmp_path.rglob("*.so")) == []


def test_the_kernel_can_be_turned_off(tmp_path):
    assert shown(tmp_path, ARCPROOF_NO_KERNEL="1") == MISSING.format("ARCPROOF_NO_KERNEL is set")


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "arcproof").write_text("in the way")
    told = shown(tmp_path)
    assert told.startswith("generated Python (the kernel is missing: ")
    assert "File exists" in told


@needs_compiler
def test_the_kernel_has_no_warnings(tmp_path):
    flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
    command = [os.environ.get("CC") or "cc", *native.FLAGS[:2], *flags, str(PACKAGE / kernel.SOURCES[0])]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_compiler_that_fails_is_reported(tmp_path, monkeypatch):
    compiler = tmp_path / "broken"
    compiler.write_text("#!/bin/sh\necho no such flag >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    with pytest.raises(RuntimeError, match="no such flag"):
        build(PACKAGE / kernel.SOURCES[0], tmp_path / "out" / "kernel.so")
    assert list((tmp_path / "out").iterdir()) == []


@needs_compiler
def test_a_shared_object_of_another_version_is_not_used(tmp_path, monkeypatch):
    other = tmp_path / "other.c"
    other.write_text("int advance(void) { return 0; }\n")
    command = [os.environ.get("CC") or "cc", *native.FLAGS, "-o", str(tmp_path / "other.so"), str(other)]
    subprocess.run(command, check=True)
    monkeypatch.setattr(native, "built", lambda _: tmp_path / "other.so")
    assert isinstance(kernel._found.__wrapped__(), ctypes.CDLL)
    monkeypatch.setattr(native, "_cached", lambda *_: tmp_path / "other.so")
    assert kernel._found.__wrapped__() == "the shared object is of another version"
