"""Files of one version of a tree, read by path, wherever they are kept."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Protocol


class Files(Protocol):
    """Read access to the files of a tree. Paths are relative, with `/`, and never leave the tree."""

    @property
    def label(self) -> str:
        """What a message calls this tree: a folder, or a revision with its commit's id."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none, it is not a regular file, or it lies outside."""

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all regular files, sorted."""


class Folder:
    """The files below a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def label(self) -> str:
        """The folder as the user named it."""
        return str(self.root)

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, see `Files.read`. A link that leads out of the folder is no file of it."""
        whole = self.root / path
        try:
            if PurePosixPath(path).is_absolute() or not whole.resolve().is_relative_to(self.root.resolve()):
                return None
            return whole.read_bytes() if whole.is_file() else None
        except (OSError, RuntimeError):  # a circle of links is the latter
            return None

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all regular files, see `Files.paths`."""
        return tuple(sorted(p.relative_to(self.root).as_posix() for p in self.root.rglob("*") if p.is_file()))
