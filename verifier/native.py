"""Shared objects made of C sources of the package, loaded through ctypes.

They have no Python in them, so one serves every version of it. They come with the package where that was built with a
compiler at hand. Where it was not, each is built on first use into the user's cache folder, if there is a compiler.
Otherwise, or with ARCPROOF_NO_KERNEL=1 in the environment, Python does the same work, more slowly.

The build of the package loads this file alone: it needs the standard library only.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from sysconfig import get_platform

FLAGS = ("-O2", "-std=c11", "-shared", "-fPIC", "-pthread")

PACKAGE = Path(__file__).parent

REASON = 200
"""The most characters of what a compiler or loader says that are passed on."""


def half_of_memory() -> int:
    """Return half of the machine's memory in bytes: what a search takes at most, unless another limit is asked for."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def built(source: str) -> Path:
    """Return where the shared object stands that was built with the package: beside its source."""
    return PACKAGE / Path(source).with_name(f"_{Path(source).stem}.so")


def build(source: Path, target: Path) -> None:
    """Compile a source. Raises OSError or RuntimeError where that cannot be done."""
    compiler = next((c for c in (os.environ.get("CC"), "cc", "gcc", "clang") if c and shutil.which(c)), None)
    if compiler is None:
        raise FileNotFoundError("there is no C compiler")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        command = [compiler, *FLAGS, "-o", str(made), str(source)]
        if (result := subprocess.run(command, capture_output=True, text=True)).returncode != 0:
            raise RuntimeError(result.stderr)
        made.replace(target)  # at once, so that another process sees all of it or nothing


def loaded(source: str, *headers: str, declare: Callable[[ctypes.CDLL], None] = lambda _: None) -> ctypes.CDLL | str:
    """Return the shared object of a source, with what its functions take and return declared; or why there is none.

    `declare` raises AttributeError where a function is missing. `headers` are the other files of the source.
    """
    if os.environ.get("ARCPROOF_NO_KERNEL"):
        return "ARCPROOF_NO_KERNEL is set"
    reason = ""
    places: list[Callable[[], Path]] = [lambda: built(source), lambda: _cached(source, headers)]
    for path in places:
        try:
            library = ctypes.CDLL(str(path()))
            declare(library)
            return library
        except AttributeError:
            reason = "the shared object is of another version"
        except (OSError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:REASON]
    return reason


def _cached(source: str, headers: Sequence[str]) -> Path:
    """Return the shared object in the cache, built there if need be. Raises OSError, RuntimeError."""
    text = b"".join((PACKAGE / part).read_bytes() for part in (source, *headers))
    name = hashlib.sha256(text + " ".join(FLAGS).encode() + get_platform().encode()).hexdigest()[:24]
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(base) / "arcproof" / f"{Path(source).stem}-{name}.so"
    if not path.exists():
        build(PACKAGE / source, path)
    return path
