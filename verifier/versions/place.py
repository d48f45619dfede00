"""Where a git repository keeps its things. Its configuration has no say in this."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from verifier.versions.refusal import VersionError


@dataclass(frozen=True)
class Place:
    """The folders of a repository: the top of the work tree (None iff it is bare), the git directory of this work
    tree, and the one that all its work trees share."""

    top: Path | None
    own: Path
    common: Path


def find_place(path: Path) -> Place:
    """Return the repository that `path`, a file or folder, lies in: the nearest one above it.

    `core.worktree`, which a stranger's configuration could point anywhere, is not honoured: the work tree is the
    folder that holds `.git`. Raises VersionError with ARC920 iff there is none.
    """
    start = path.resolve()
    for folder in (start, *start.parents):
        if (own := _git_directory(folder / ".git")) is not None:
            return Place(folder, own, _common(own))
        if _is_git_directory(folder) and (folder / "objects").is_dir():
            return Place(None, folder, folder)
    raise VersionError.because(
        "ARC920", f"{path} is not in a git repository", "name a folder of a clone, or compare files by their paths"
    )


def _git_directory(link: Path) -> Path | None:
    """Return the git directory that `.git` is, or names."""
    try:
        if link.is_file() and (text := os.fsdecode(link.read_bytes()[:4096])).startswith("gitdir:"):
            link = (link.parent / text.removeprefix("gitdir:").strip()).resolve()
    except OSError:
        return None
    return link.resolve() if _is_git_directory(link) else None


def _is_git_directory(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and ((folder / "refs").is_dir() or (folder / "commondir").is_file())


def _common(own: Path) -> Path:
    shared = own / "commondir"
    return (own / os.fsdecode(shared.read_bytes()).strip()).resolve() if shared.is_file() else own
