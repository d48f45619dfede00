"""Compiling the kernel. Only the standard library is needed, for the build of the package loads this file alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("kernel.c")

BUILT = "_kernel.so"
"""The name of the shared object beside this file, where the package was built with it."""

FLAGS = ("-O2", "-std=c11", "-shared", "-fPIC", "-pthread")


def build(target: Path) -> None:
    """Compile the kernel. Raises OSError or RuntimeError where that cannot be done."""
    compiler = next((c for c in (os.environ.get("CC"), "cc", "gcc", "clang") if c and shutil.which(c)), None)
    if compiler is None:
        raise FileNotFoundError("there is no C compiler")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / BUILT
        command = [compiler, *FLAGS, "-o", str(made), str(SOURCE)]
        if (result := subprocess.run(command, capture_output=True, text=True)).returncode != 0:
            raise RuntimeError(result.stderr)
        made.replace(target)  # at once, so that another process sees all of it or nothing
