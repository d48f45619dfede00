"""The levels of a search, kept outside it: for traces, and as a checkpoint from which a killed run goes on."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import weakref
import zlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

MEMORY = 1 << 25
"""Levels larger than this together stand in a temporary file."""

HEADER = 512
"""The bytes of the line before the states of a level."""


class Levels:
    """The states of each level, as words, the first level first."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(MEMORY)  # noqa: SIM115 (it lives as long as this object)
        self._ends = [0]

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def size(self) -> int:
        """How many bytes the levels take."""
        return self._ends[-1]

    def append(self, blocks: Iterable[array[int]]) -> None:
        """Add a level."""
        self._file.seek(self._ends[-1])
        for block in blocks:
            self._file.write(block.tobytes())
        self._ends.append(self._file.tell())

    def read(self, level: int) -> array[int]:
        """Return the states of a level."""
        self._file.seek(self._ends[level])
        return array("Q", self._file.read(self._ends[level + 1] - self._ends[level]))


class Mismatch(ValueError):
    """The folder has the levels of another machine."""


@dataclass(frozen=True)
class Progress:
    """What was counted before the states of level number `level` were expanded."""

    machine: str
    level: int
    transitions: int
    dead: int


def _locked(handle: int, kind: int) -> bool:
    """Lock a folder until the handle is closed or its process ends, however it does; False where another process has
    it, or the file system knows no locks."""
    try:
        fcntl.flock(handle, kind)
    except OSError:
        return False
    return True


class Checkpoint:
    """A folder with one file a level. A file appears at once and whole, and has a checksum.

    What runs that were killed left unfinished is gone, unless a run goes on in the folder just now.
    """

    def __init__(self, folder: str | os.PathLike[str], machine: str) -> None:
        self.folder = Path(folder) / machine[:32]
        self.machine = machine
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)
        weakref.finalize(self, os.close, handle)
        if _locked(handle, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for left in self.folder.glob("level-*.*"):
                left.unlink(missing_ok=True)
        _locked(handle, fcntl.LOCK_SH)

    def save(self, progress: Progress, blocks: Iterable[array[int]]) -> None:
        """Write the states of a level that are about to be expanded."""
        target = self._file(progress.level)
        unfinished = target.with_suffix(f".{os.getpid()}")
        words = checksum = 0
        with unfinished.open("wb") as file:
            file.write(bytes(HEADER))
            for block in blocks:
                file.write(block)
                words, checksum = words + len(block), zlib.crc32(block, checksum)
            header = {**asdict(progress), "words": words, "checksum": checksum}
            file.seek(0)
            file.write(json.dumps(header).encode().ljust(HEADER - 1) + b"\n")
        unfinished.replace(target)

    def load(self) -> Iterator[tuple[Progress, array[int]]]:
        """Yield the levels from the first on, up to one that is missing or damaged. Raises Mismatch."""
        level = 0
        while (found := self._read(level)) is not None:
            yield found
            level += 1

    def _file(self, level: int) -> Path:
        return self.folder / f"level-{level:06}"

    def _read(self, level: int) -> tuple[Progress, array[int]] | None:
        states = array("Q")
        try:
            with self._file(level).open("rb") as file:
                header = json.loads(file.readline())
                progress = Progress(**{k: header[k] for k in Progress.__dataclass_fields__})
                states.fromfile(file, header["words"])
            whole = header["checksum"] == zlib.crc32(states)
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            return None
        if progress.machine != self.machine:
            raise Mismatch(f"{self.folder} has the states of another machine")
        return (progress, states) if whole and progress.level == level else None
