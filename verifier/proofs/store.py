"""Certificates on disk, one file for each question. Nothing in the folder is believed: what cannot be read is passed
over, and what can is judged by the checker."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.model.canonical import question_digest
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.terms import Term
from verifier.version import __version__

Json = Mapping[str, Any]

FORMAT = "arcproof.certificate/1"

MAX_ENTRY = 16_000_000
"""The largest file that is written or read, in bytes."""

MAX_BYTES = 200_000_000
"""How much the folder may hold after `prune`."""

LEFT_BEHIND = 3600.0
"""The seconds after which a file that is still being written counts as left behind by a process that has died."""

_ENTRY = re.compile(r"[0-9a-f]{64}\.json")
_UNFINISHED = re.compile(r"[0-9a-f]{64}\.[A-Za-z0-9_]+\.part")


class Unusable(Exception):
    """There is an entry, and it cannot be used. The message says why."""


@dataclass(frozen=True)
class Store:
    """Certificates in a folder, which need not exist yet. Any number of processes may use it at once."""

    folder: Path
    most: int = MAX_BYTES

    def has(self, key: str) -> bool:
        """Return True iff there is an entry, perhaps an unusable one."""
        return os.path.lexists(self._path(key))

    def get(self, key: str) -> Json | None:
        """Return what is kept under the key; None iff there is nothing. Raises Unusable."""
        path = self._path(key)
        try:
            content = _content(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise Unusable(f"{path}: {getattr(error, 'strerror', None) or error}") from error
        try:
            entry = json.loads(content)
            head = entry["format"], entry["arcproof"], entry["key"]
            found: Json = entry["certificate"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise Unusable(f"{path}: it is damaged") from error
        if head != (FORMAT, __version__, key):
            raise Unusable(f"{path}: it is an entry of another kind, or of another question")
        with contextlib.suppress(OSError):
            os.utime(path)  # what is used stays
        return found

    def put(self, key: str, certificate: Json) -> None:
        """Keep the certificate under the key, unless it is too large. Raises OSError where nothing can be written."""
        import tempfile  # loads much; a run that keeps nothing does without

        entry = {"format": FORMAT, "arcproof": __version__, "key": key, "certificate": certificate}
        content = json.dumps(entry, separators=(",", ":")).encode()
        if len(content) > MAX_ENTRY:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".part", f"{key}.", self.folder)
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.replace(name, self._path(key))
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def prune(self) -> None:
        """Remove the entries that were not used for longest until the rest holds at most `most` bytes, and what dead
        processes have left behind. Nothing else in the folder is touched."""
        entries = sorted(self._files(_ENTRY), key=lambda e: (-e[0], e[2]))
        old = time.time() - LEFT_BEHIND
        doomed = [path for written, _, path in self._files(_UNFINISHED) if written < old]
        total = 0
        for _, size, path in entries:
            total += size
            if total > self.most:
                doomed.append(path)
        for path in doomed:
            with contextlib.suppress(OSError):  # another process may have been faster
                os.unlink(path)

    def _files(self, name: re.Pattern[str]) -> Iterator[tuple[float, int, str]]:
        """Yield when it was last used, the size and the path of each file of such a name."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as found:
            for entry in found:
                if name.fullmatch(entry.name):
                    with contextlib.suppress(OSError):
                        about = entry.stat(follow_symlinks=False)
                        yield about.st_mtime, about.st_size, entry.path

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def key(model: Model, claim: Claim, assuming: Term, engine: str | None, witnessed: bool) -> str:
    """Return the key of a question: the claim on the model restricted by `assuming`; put to one engine, or to all
    (None); whether a proof needs a run on which the premise comes true. The version of arcproof is part of it."""
    import hashlib  # loads OpenSSL; a run without a store does without

    parts = (FORMAT, __version__, question_digest(model, claim, assuming), engine, witnessed)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _content(path: Path) -> bytes:
    """Return the bytes of a regular file of bearable size; links are not followed. Raises OSError, ValueError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("it is not a regular file")
        content = file.read(MAX_ENTRY + 1)
    if len(content) > MAX_ENTRY:
        raise ValueError(f"it has more than {MAX_ENTRY:,} bytes")
    return content


def default_folder(environment: Mapping[str, str]) -> Path | None:
    """Return the folder that ARCPROOF_CACHE_DIR names, else `arcproof` among the user's caches; None iff neither is
    known. XDG_CACHE_HOME counts if it is an absolute path, as its specification says."""
    if named := environment.get("ARCPROOF_CACHE_DIR"):
        return Path(named)
    caches = Path(environment.get("XDG_CACHE_HOME", ""))
    if caches.is_absolute():
        return caches / "arcproof"
    home = Path(environment.get("HOME", ""))
    return home / ".cache" / "arcproof" if home.is_absolute() else None
