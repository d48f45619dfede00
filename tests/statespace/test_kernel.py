"""Where the kernel comes from, and that everything goes on without it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.statespace import kernel
from verifier.statespace.building import build

ROOT = Path(__file__).parent.parent.parent

SHOW = """
from tests.statespace.families import devices
from verifier.statespace.space import explored
space = explored(devices(2), {})
print(space.search.engine, space.states)
"""


def shown(cache, **changes):
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), **changes}
    command = [sys.executable, "-c", SHOW]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


needs_compiler = pytest.mark.skipif(kernel.library() is None, reason="there is no C compiler")


@needs_compiler
def test_the_kernel_is_built_once_into_the_cache(tmp_path):
    assert shown(tmp_path) == "kernel 1008\n"
    (built,) = tmp_path.glob("arcproof/kernel-*.so")
    written = built.stat().st_mtime_ns
    assert shown(tmp_path, PATH="") == "kernel 1008\n"
    assert built.stat().st_mtime_ns == written


def test_without_a_compiler_generated_python_does_the_same(tmp_path):
    assert shown(tmp_path, PATH="", CC="") == "generated Python 1008\n"
    assert list(tmp_path.rglob("*.so")) == []


def test_the_kernel_can_be_turned_off(tmp_path):
    assert shown(tmp_path, ARCPROOF_NO_KERNEL="1") == "generated Python 1008\n"


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "arcproof").write_text("in the way")
    assert shown(tmp_path) == "generated Python 1008\n"


@needs_compiler
def test_the_kernel_has_no_warnings(tmp_path):
    flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
    command = [os.environ.get("CC") or "cc", *kernel.FLAGS[:2], *flags, str(kernel.SOURCE)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_compiler_that_fails_is_reported(tmp_path, monkeypatch):
    compiler = tmp_path / "broken"
    compiler.write_text("#!/bin/sh\necho no such flag >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    with pytest.raises(RuntimeError, match="no such flag"):
        build(tmp_path / "out" / "kernel.so")
    assert list((tmp_path / "out").iterdir()) == []
